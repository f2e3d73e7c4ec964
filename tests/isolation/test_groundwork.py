"""Submissions that begin on grounds get what they would get if all of their cells ran."""

from __future__ import annotations

import os
import random
import signal
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.isolation.grading import Cell, Course, Graded, error, grade, printed, student, unlocked
from tests.isolation.wires import pair
from torchmarks.isolation import selftest
from torchmarks.isolation.channel import Closed
from torchmarks.isolation.groundwork import Groundwork
from torchmarks.isolation.sandbox import SandboxDied
from torchmarks.isolation.workplace import Workplace

BEGIN = unlocked("import torch\nfrom torch import Tensor\nx = 1\nprint('x is', x)\nx + 41")
MIDDLE = unlocked("x = 10\nprint('x is', x)")
END = unlocked("print('end')")
FIRST = "def first(y: Tensor) -> Tensor:\n    return y + x"
SECOND = "from torch import Tensor\n\ndef second(y: 'Tensor'):\n    return first(y) * x"
#: Each grade cell sees the `x` of its own place.
ASKS_FIRST = grade("print(first(torch.ones(1)))\nassert first(1) == 2")
ASKS_SECOND = grade("print(second(1))\nassert second(1) == 110")


def notebook(first: str = FIRST, second: str = SECOND, *more: Cell) -> tuple[Cell, ...]:
    """The course's notebook, with these solutions."""
    return (
        *(BEGIN, student(first, FIRST), ASKS_FIRST, MIDDLE),
        *(student(second, SECOND), ASKS_SECOND, END, *more),
    )


@pytest.fixture(scope="module")
def place() -> Iterator[Workplace]:
    """A workplace for all tests here."""
    place = Workplace.start(None, unsafe=False)
    yield place
    place.close()


@pytest.fixture
def course(place: Workplace, tmp_path: Path) -> Course:
    """A course with an empty folder."""
    return Course(place, tmp_path)


@pytest.fixture
def lay(course: Course) -> Iterator[Callable[..., Groundwork]]:
    """Lays grounds, and lets go of them in the end."""
    laid: list[Groundwork] = []

    def lay(*cells: Cell) -> Groundwork:
        laid.append(course.lay(*cells))
        return laid[-1]

    yield lay
    for work in laid:
        work.close()


@pytest.fixture
def work(lay: Callable[..., Groundwork]) -> Groundwork:
    """The grounds of the course's notebook."""
    return lay(*notebook())


def code(text: str) -> str:
    """An indented text as a cell."""
    return textwrap.dedent(text).strip()


def told(graded: Graded) -> list[object]:
    """All that matters of the results."""
    return [
        (r.outputs, r.ok, r.count, r.report, r.timed_out) for _, r in sorted(graded.results.items())
    ]


def test_all_of_an_honest_submission_stands_on_grounds(course: Course, work: Groundwork):
    assert work.is_complete
    fit = work.fit(course.job(*notebook()))
    assert fit is not None
    assert fit.begin is None
    assert [entry.index for entry in fit.entries] == [2, 5]
    on_grounds = course.grade(*notebook(), work=work)
    assert on_grounds.said == ["", ""]
    assert printed(on_grounds[0]) == "x is 1\n"
    assert [on_grounds[n].count for n in (0, 1, 3, 4, 6)] == [1, 2, 3, 4, 5]
    assert told(on_grounds) == told(course.grade(*notebook()))


#: Submissions, and the cell from which their sessions run all. -1: none has to, None: no ground fits.
PARTLY: dict[str, tuple[tuple[Cell, ...], int | None]] = {
    "shows something": (notebook(FIRST + "\nprint(x)"), None),
    "shows something later": (notebook(FIRST, SECOND + "\nprint(x)"), 2),
    "binds a name of the instructor's": (notebook("x = 3\n" + FIRST), None),
    "binds it later": (notebook(FIRST, "def x(): pass\n" + SECOND), 2),
    "redefines an import": (notebook("from torch.nn import Module as Tensor\n" + FIRST), -1),
    "has an annotation that nobody knows": (notebook(FIRST.replace("Tensor", "Tensr")), None),
    "is no Python": (notebook(FIRST, "def second(:"), 2),
    "ends Python": (notebook(FIRST, SECOND + "\nimport os\nos._exit(3)"), 2),
    "crashes": (notebook(FIRST, SECOND + "\nimport ctypes\nctypes.string_at(0)"), 2),
    "stops itself and its parent": (
        notebook(
            FIRST, SECOND, student("import os\nfor p in os.getppid(), os.getpid(): os.kill(p, 19)")
        ),
        5,
    ),
    "never ends": (notebook(FIRST, SECOND + "\nwhile True: pass"), 2),
    "has a cell of its own": (notebook(FIRST, SECOND, student("print(second(1))")), 5),
    "has an empty cell": (notebook(FIRST, SECOND, student("")), -1),
    "lacks a cell": (tuple(c for c in notebook() if c is not MIDDLE), 2),
    "has another order": ((MIDDLE, *(c for c in notebook() if c is not MIDDLE)), None),
}


@pytest.mark.parametrize("name", PARTLY)
def test_a_submission_that_does_more_than_define(name: str, course: Course, work: Groundwork):
    cells, begin = PARTLY[name]
    fit = work.fit(course.job(*cells))
    assert begin == (None if fit is None else -1 if fit.begin is None else fit.begin.index)
    on_grounds = course.grade(*cells, work=work, timeout=3.0)
    assert told(on_grounds) == told(course.grade(*cells, timeout=3.0))


#: The instructor's cells, `...` for the student's and None for the tests; what the student has there.
INTERPLAY: dict[str, tuple[list[Any], list[str]]] = {
    "a function of the instructor's reads a global": (
        ["scale = 2\ndef show(): print(scale)", ..., "show()", None],
        ["scale = 3"],
    ),
    "a built-in that such a function uses": (
        ["def total(x): print(sum(x))", ..., "total([1, 2])", None],
        ["def sum(x): return 0"],
    ),
    "an import that is bound anew later": (
        ["import torch.nn.functional as F", ..., "F = 3", ..., None],
        ["import torch.nn.functional as F", "def f(): return F"],
    ),
    "an import in a function": (
        ["def g():\n    import numpy as np", ..., "import numpy as np", None],
        ["def f(x: np.ndarray = 0): return 1"],
    ),
    "an annotation that calls": (
        ["x = 1", ..., None],
        ["class A:\n    def __class_getitem__(cls, x): print('called')\ndef f(y: A[1]): pass"],
    ),
    "a class for a module": (
        ["import math", ..., ..., None],
        ["class math:\n    @staticmethod\n    def go(): print('called')", "X = math.go()"],
    ),
    "a built-in type of another meaning": (
        ["list = [1]", ..., "del list", None],
        ["def f(x: list[int] = 0): return 1"],
    ),
    "a module that is changed": (["import math", ..., "math.tau = 3", None], ["X = math.tau"]),
    "what a later cell asks of the compiler": (
        ["import torch", ..., "from __future__ import annotations", None],
        ["def f(x: torch.nobody = 0): return 1"],
    ),
    "a warning of the compiler": (["x = 1", ..., None], ["def f(x=0): return x is 1"]),
    "the cells that ran before": (["x = 1", ..., None, ...], ["X = 3", "print(In[2])"]),
    "the loop that tasks run in": (
        ["x = 1", ..., None],
        [
            "def f():\n    import asyncio\n    async def five(): return 5\n"
            "    return asyncio.get_event_loop().run_until_complete(five())"
        ],
    ),
}


@pytest.mark.parametrize("name", INTERPLAY)
def test_what_one_side_does_to_the_other_is_as_if_all_ran(
    name: str, course: Course, lay: Callable[..., Groundwork]
):
    instructors, students = INTERPLAY[name]
    asks = grade("print(f())" if "def f(" in "".join(students) else "print(X)")
    theirs = iter(students)
    cells = [
        asks
        if source is None
        else student(next(theirs), "X = 1\ndef f(): X")
        if source is ...
        else unlocked(source)
        for source in instructors
    ]
    on_grounds = course.grade(*cells, work=lay(*cells))
    assert told(on_grounds) == told(course.grade(*cells))


def test_definitions_that_fail_are_run_where_they_stand(course: Course, work: Groundwork):
    cells = notebook(FIRST.replace("y: Tensor", "y: Tensor[1]"))
    assert work.fit(course.job(*cells)) is not None
    on_grounds = course.grade(*cells, work=work)
    assert error(on_grounds[1]).startswith("TypeError")
    assert told(on_grounds) == told(course.grade(*cells))


def test_random_numbers_are_those_of_the_instructors_seed_or_nobodys(
    course: Course, lay: Callable[..., Groundwork]
):
    seeds = "import torch, numpy, random\ntorch.manual_seed({0}), numpy.random.seed({0})"
    asks = grade("print(draw())")
    draw = student(
        "def draw():\n    return torch.rand(1).item(), numpy.random.rand(), random.random()"
    )
    cells = unlocked(seeds.format(7) + "; random.seed(7)"), draw, asks
    free = unlocked("import torch, numpy, random"), draw, asks
    seeded, unseeded = lay(*cells), lay(*free)
    first, second = (printed(course.grade(*cells, work=seeded)[2]) for _ in range(2))
    assert first == second == printed(course.grade(*cells)[2])
    assert eval(first)[2] == random.Random(7).random()
    # Who seeds torch's alone seeds no other.
    torchs = unlocked("import torch, numpy, random\ntorch.manual_seed(0)"), draw, asks
    work = lay(*torchs)
    drawn = [eval(printed(course.grade(*torchs, work=work)[2])) for _ in range(2)]
    assert drawn[0][0] == drawn[1][0]
    assert drawn[0][1] != drawn[1][1]
    others = [eval(printed(course.grade(*free, work=unseeded)[2])) for _ in range(2)]
    assert others[0][1:] != others[1][1:]


@pytest.mark.parametrize(
    "leaves",
    [
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "open('left.txt', 'w').write('x')",
        "left = open('/tmp/left.txt', 'w')",
        "import subprocess\nleft = subprocess.Popen(['sleep', '60'])",
        "import os\nos.chdir('/tmp')",
        "import asyncio\nleft = asyncio.create_task(asyncio.sleep(60))",
        "import os\nprint(os.listdir('.'))",
        "1 / 0",
        "import os\nos._exit(0)",
        "print(first.__name__)",
        "import mmap\nleft = mmap.mmap(-1, 8)",
        "left = open('/etc/ld.so.cache', 'rb')",
        "open('/tmp/left', 'w').close()",
        "import os\nopen(os.path.expanduser('~/left'), 'w').close()",
        "import asyncio\nleft = asyncio.Queue()",
        "import builtins\nbuiltins.input = lambda prompt='': '3'",
        "left = bytearray(3 * 2**30)",
    ],
)
def test_no_ground_is_laid_beyond_a_cell_that_forks_would_share(
    course: Course, lay: Callable[..., Groundwork], leaves: str
):
    cells = (*notebook()[:3], unlocked(leaves), *notebook()[3:])
    work = lay(*cells)
    assert len(work.grounds) == 1
    assert told(course.grade(*cells, work=work)) == told(course.grade(*cells))


def test_files_of_the_course_are_there_and_others_keep_a_submission_off(
    course: Course, lay: Callable[..., Groundwork], tmp_path: Path
):
    data = tmp_path / "data.txt"
    data.write_text("of the course")
    cells = (unlocked("text = open('data.txt').read()\nprint(text)"), *notebook())
    work = lay(*cells)
    assert len(work.grounds) == 2
    (tmp_path / "timestamp.txt").write_text("now")
    assert work.fit(course.job(*cells)) is not None
    assert told(course.grade(*cells, work=work)) == told(course.grade(*cells))
    for name, content in (("data.txt", "of the student"), ("torch.py", "")):
        (tmp_path / name).write_text(content)
        assert work.fit(course.job(*cells)) is None
        data.write_text("of the course")


def test_a_module_beside_the_notebook_keeps_nobody_off(
    course: Course, lay: Callable[..., Groundwork], tmp_path: Path
):
    (tmp_path / "helper.py").write_text("three = 3")
    cells = (
        unlocked("import helper"),
        student("def f(): return helper.three"),
        grade("print(f())"),
    )
    work = lay(*cells)
    assert len(work.grounds) == 1
    assert told(course.grade(*cells, work=work)) == told(course.grade(*cells))


def test_a_ground_knows_no_cell_that_comes_after_it(course: Course, lay: Callable[..., Groundwork]):
    dig = """
        def finds(pattern):
            import re
            with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
                for line in maps:
                    addresses, rights, *_ = line.split()
                    if rights.startswith("rw"):
                        begin, end = (int(address, 16) for address in addresses.split("-"))
                        memory.seek(begin)
                        if re.search(pattern, memory.read(end - begin)):
                            return True
            return False
    """
    # With brackets, or the pattern itself would be found.
    asks = grade("assert finds(rb'x [+] 41')\nassert not finds(rb'of a lat[e]r cell')")
    cells = (BEGIN, student(code(dig)), asks, unlocked("x = 'of a later cell'"))
    work = lay(*cells)
    assert work.is_complete
    assert work.fit(course.job(*cells[:3])) is not None
    assert course.grade(*cells[:3], work=work).said == [""]


def test_nothing_of_one_submission_is_met_by_the_next(
    course: Course, lay: Callable[..., Groundwork]
):
    plant = """
        def first():
            import os, sys, torch
            assert os.fstat(1).st_size == 0
            assert not hasattr(torch, "planted") and not hasattr(sys.stdout.buffer, "planted")
            torch.planted = Tensor.planted = x.append(2)
            for folder in (".", "/tmp", "/home/student", "/dev/shm"):
                assert "planted" not in os.listdir(folder)
                open(f"{folder}/planted", "w").write("x")
            sys.stdout.buffer.planted = os.write(1, b"x")
            return x
    """
    begin = unlocked("import torch\nfrom torch import Tensor\nx = [1]")
    cells = (begin, student(code(plant)), grade("assert first() == [1, 2]"))
    work = lay(*cells)
    assert work.fit(course.job(*cells)) is not None
    for _ in range(3):
        graded = course.grade(*cells, work=work)
        assert graded.said == [""]


def test_a_process_that_begins_on_a_ground_is_confined(
    course: Course, lay: Callable[..., Groundwork], tmp_path: Path
):
    # Others of the same submission are no secret: they are in its own process namespace.
    tries = selftest._TRIES.replace(
        "int(os.readlink('/proc/self'))".replace("'", '"'),
        'int(os.readlink("/proc/self"))) and not is_own(entry',
    )
    assert "is_own" in tries
    given = f"PORT, MARK, COURSE, IN_COURSE = 9, 'ground', {str(tmp_path)!r}, ['planted']\n"
    given += "HOME, IN_HOME = '/root', ['.bashrc']\nimport os, resource\n"
    given += "def space(entry):\n    return os.readlink(f'/proc/{entry}/ns/pid')\n"
    given += "def is_own(entry):\n    try: return space(entry) == space('self')\n"
    given += "    except OSError: return False\n"
    limits = "print(resource.getrlimit(resource.RLIMIT_AS)[0] > 0)\n"
    limits += "print([l for l in open('/proc/self/status') if l[:6] == 'CapEff'])\n"
    body = textwrap.indent(given + tries + limits, "    ")
    (tmp_path / "planted").write_text("")
    asks = grade("tries()")
    cells = notebook(FIRST, SECOND + "\n\ndef tries():\n" + body, asks)
    work = lay(*notebook(FIRST, SECOND, asks))
    fit = work.fit(course.job(*cells))
    assert fit is not None
    assert fit.begin is None
    lines = printed(course.grade(*cells, work=work)[7]).splitlines()
    assert len(lines) == selftest._TRIES.count("\ntried(") + 2
    assert [line for line in lines[:-2] if "\trefused" not in line] == []
    assert lines[-2] == "True"
    assert "CapEff:\\t0000000000000000" in lines[-1]


def test_a_ground_that_is_gone_is_done_without(course: Course, work: Groundwork):
    for ground in work.grounds.values():
        ground.close()
    assert course.grade(*notebook(), work=work).said == ["", ""]


def test_a_sandbox_that_dies_takes_its_grounds_along(tmp_path: Path):
    place = Workplace.start(None, unsafe=False)
    course = Course(place, tmp_path)
    work = course.lay(*notebook())
    process = place.sandbox._process._process
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(SandboxDied):
        course.grade(*notebook(), work=work)
    for ground in work.grounds.values():
        with pytest.raises(Closed):
            ground.receive(5.0)
    work.close()
    place.close()


@pytest.mark.parametrize("on_grounds", [True, False])
@pytest.mark.parametrize("while_it", ["runs cells", "is checked"])
def test_a_submission_is_not_blamed_for_the_end_of_the_sandbox(
    tmp_path: Path, on_grounds: bool, while_it: str
):
    slow = "import time\ntime.sleep(3)\n"
    if while_it == "runs cells":
        cells = notebook(FIRST, SECOND, student(slow, "pass"))
    else:
        first = FIRST.replace("    return", textwrap.indent(slow, "    ") + "    return")
        cells = notebook(first)
    with closing(Workplace.start(None, unsafe=False)) as place:
        course = Course(place, tmp_path)
        process = place.sandbox._process._process
        assert process is not None
        family = psutil.Process(process.pid).children(recursive=True)
        zygote = min((p for p in family if p.name() != "bwrap"), key=lambda p: p.create_time())
        with closing(course.lay(*cells)) as work:
            killer = threading.Timer(1.5, zygote.kill)
            killer.start()
            with pytest.raises(SandboxDied):
                course.grade(*cells, work=work if on_grounds else None)
            killer.join()


def test_an_assignment_keeps_all_of_its_grounds_and_others_make_room(
    place: Workplace, tmp_path: Path
):
    kept = Workplace(place.sandbox, place.grader)
    works: dict[Path, Groundwork] = {}
    far_ends = []
    for assignment in range(3):
        for number in range(6):
            path = tmp_path / f"{assignment}" / f"{number}.ipynb"
            path.parent.mkdir(exist_ok=True)
            path.touch()
            works[path] = Groundwork((), (), {}, {}, frozenset())
            here, there = pair()
            works[path].grounds[0] = here
            far_ends.append(there)
            kept.keep(path, works[path])
    found = [path for path, work in works.items() if kept.groundwork(path) is work]
    assert found == list(works)[-10:]  # those of the last assignment, and four others
    assert [work.grounds[0].fileno() >= 0 for work in works.values()] == [False] * 8 + [True] * 10
    for work in works.values():
        work.close()
    for end in far_ends:
        end.close()


def test_without_a_sandbox_there_are_no_grounds(tmp_path: Path):
    place = Workplace.start(None, unsafe=True)
    course = Course(place, tmp_path)
    try:
        work = course.lay(*notebook())
        assert not work.grounds
        assert course.grade(*notebook(), work=work).said == ["", ""]
    finally:
        place.close()


#: It imports a thousand modules when it is first used.
CURVATURE = """\
def first(y: Tensor) -> Tensor:
    y = torch.as_tensor(y, dtype=torch.float)
    return torch.func.hessian(lambda z: 0.5 * (z * z).sum())(y) * y + x"""


def test_what_takes_long_to_import_is_there_or_keeps_a_submission_off(
    course: Course, lay: Callable[..., Groundwork]
):
    cells = notebook(CURVATURE)
    without = lay(*notebook())
    assert without.fit(course.job(*cells)) is None
    assert course.grade(*cells, work=without).said == ["", ""]
    work = lay(*cells)  # the instructor's own solution names it
    assert work.fit(course.job(*cells)) is not None
    assert course.grade(*cells, work=work).said == ["", ""]


def test_a_demonstration_that_imports_much_ends_no_grounds(tmp_path: Path):
    trains = unlocked(
        "w = torch.ones(1, requires_grad=True)\ntorch.optim.SGD([w], lr=0.1).zero_grad()"
    )
    cells = notebook(FIRST, SECOND, trains, grade("assert first(3) == 13"))
    with closing(Workplace.start(None, unsafe=False)) as place:  # nothing was imported there before
        course = Course(place, tmp_path)
        work = course.lay(*cells)
        place.keep(tmp_path, work)
        assert work.is_complete
        assert len(work.grounds) == 3
        fit = work.fit(course.job(*cells))
        assert fit is not None
        assert fit.begin is None
        assert course.grade(*cells, work=work).said == ["", "", ""]


def test_a_part_that_a_test_alone_names_is_there_before_its_check(tmp_path: Path):
    # Without grounds, too: a probe runs in the session, within the limit of a call.
    asks = grade("import torch\n# torch.func\nassert loaded()")
    loaded = student("def loaded():\n    import sys\n    return 'torch._dynamo' in sys.modules")
    place = Workplace.start(None, unsafe=False)
    try:
        assert Course(place, tmp_path).grade(loaded, asks).said == [""]
    finally:
        place.close()


def test_what_takes_long_to_import_keeps_off_wherever_it_stands(
    course: Course, lay: Callable[..., Groundwork]
):
    work = lay(*notebook())
    cells = notebook(FIRST, SECOND, student("print(1)"), student("def f(): return torch.optim"))
    assert work.fit(course.job(*cells)) is None


@pytest.mark.parametrize("reach", ["os.killpg(0, 9)", "os.kill(-1, 9)", "os.kill(os.getppid(), 9)"])
def test_no_code_of_a_students_reaches_the_warden(
    reach: str, course: Course, lay: Callable[..., Groundwork]
):
    kills = (
        "def first(y):\n    import os\n"
        f"    try:\n        {reach}\n    except ProcessLookupError:\n        pass\n"
        "    os.kill(os.getpid(), 11)"
    )
    asks = grade("first(0)")
    work = lay(BEGIN, student(FIRST), asks)
    cells = (BEGIN, student(kills, FIRST), asks)
    assert work.fit(course.job(*cells)) is not None
    (said,) = course.grade(*cells, work=work).said
    assert "It was killed" in said  # the warden has lived on to tell
