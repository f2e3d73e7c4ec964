"""The sandbox confines, leaves nothing behind, holds to its limits, and refuses where it cannot."""

import os
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.isolation.grading import Course, error, grade, printed, student, unlocked
from torchmarks.errors import CourseError
from torchmarks.isolation import bubblewrap as command
from torchmarks.isolation import sandbox as module
from torchmarks.isolation.bubblewrap import SandboxMissing
from torchmarks.isolation.doctor import examine
from torchmarks.isolation.sandbox import Limits, Sandbox, pack
from torchmarks.isolation.selftest import confinement
from torchmarks.isolation.workplace import Workplace

FEW = Limits(memory=300 * 2**20, disk=20 * 2**20, processes=40)
RIGHT = student("def double(x):\n    return 2 * x")
CHECK = grade("assert double(21) == 42")
HOG = (
    "import os, time\nfor _ in range(30):\n"
    "    if not os.fork():\n"
    "        block = bytearray(os.urandom(2**20) * 60)\n"
    "        time.sleep(60)\n"
    "time.sleep(20)"
)


def test_every_way_out_is_refused(place: Workplace, tmp_path: Path):
    (tmp_path / "gradebook.db").write_text("secret")
    found = confinement(place.sandbox, tmp_path)
    assert [a.what for a in found.attempts if not a.refused] == []
    assert len(found.attempts) >= 11
    found.demand()


def test_the_self_test_notices_a_sandbox_that_does_not_confine(tmp_path: Path):
    (tmp_path / "gradebook.db").write_text("secret")
    open_door = Sandbox.start(unsafe=True)
    try:
        found = confinement(open_door, tmp_path)
    finally:
        open_door.close()
    reached = {a.what for a in found.attempts if not a.refused}
    assert {"network", "course folder", "gradebook", "foreign process"} <= reached
    with pytest.raises(CourseError, match="does not confine"):
        found.demand()


def test_what_a_submission_leaves_is_gone_before_the_next(course: Course):
    leave = student(
        "import os, subprocess, pathlib\n"
        "for folder in ('/tmp', '/dev/shm', '/home/student', '.'):\n"
        "    pathlib.Path(folder, 'left').write_text('x')\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    if not os.fork():\n"
        "        import time\n"
        "        while True: time.sleep(1)\n"
        "    os._exit(0)\n"
        "!ipcmk -M 4096 -p 0666 >/dev/null; ipcs -m | wc -l\n"
    )
    look = student(
        "import pathlib\n"
        "print([f for f in ('/tmp', '/dev/shm', '/home/student', '.')\n"
        "       if pathlib.Path(f, 'left').exists()])\n"
        "!ipcs -m | grep -c 4096\n"
        "print(sum(e.name.isdigit() for e in pathlib.Path('/proc').iterdir()))"
    )
    before = printed(course.grade(look)[0])
    assert before.splitlines()[:2] == ["[]", "0"]
    assert error(course.grade(leave)[0]) == ""
    assert printed(course.grade(look)[0]) == before


def test_files_come_along_and_links_are_not_followed(place: Workplace, tmp_path: Path):
    folder = tmp_path / "submission"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "table.csv").write_text("1,2")
    (folder / "leak").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to("/etc")
    graded = Course(place, folder).grade(
        student("import os\nprint(open('data/table.csv').read(), sorted(os.listdir('.')))")
    )
    assert printed(graded[0]) == "1,2 ['data']\n"
    assert sorted(pack(folder, 10**6)[1]) == [
        "elsewhere is no regular file",
        "leak is no regular file",
    ]
    assert pack(folder, 2)[1][0] == "data/table.csv is too large"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = bytearray(2 * 10**9)", "MemoryError"),
        ("open('/tmp/flood', 'wb').write(bytes(10**8))", "OSError"),
        (HOG, "memory"),
        ("import os\nwhile True:\n    os.fork()", "processes"),
        ("import os\nos.kill(os.getpid(), 11)", "SIGSEGV"),
        ("import os\nos._exit(0)", "ended Python"),
    ],
)
def test_a_cell_that_takes_too_much_is_stopped_and_told(course: Course, source: str, told: str):
    graded = course.grade(RIGHT, CHECK, student(source), student("print('on')"), CHECK, limits=FEW)
    if told in ("MemoryError", "OSError", "SIGSEGV", "ended Python"):
        assert told in error(graded[2])
    else:  # the kernel's own count may come before the supervisor's
        assert told in error(graded[2]) or "BlockingIOError" in error(graded[2])
    assert printed(graded[3]) == "on\n"
    assert graded.said == ["", ""]


def test_a_supervisor_that_is_told_of_many_deaths_still_watches(course: Course):
    many = (
        "import os, time\n"
        "for _ in range(400):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        os.fork()\n"  # an orphan, of which process 1 hears
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "time.sleep(1)\n"
    )
    graded = course.grade(RIGHT, CHECK, student(many + HOG), CHECK, limits=FEW)
    assert "memory" in error(graded[2])
    assert graded.said == ["", ""]


#: Keeps much, and tells how many megabytes all processes of the room have a while later.
KEEPS = """\
kept = 0
def keep{0}():
    global kept
    import pathlib, re, time
    kept = bytearray(b'x' * (200 << 20))
    time.sleep(0.6)
    found = 0
    for process in pathlib.Path('/proc').iterdir():
        try:
            found += int(re.search('Pss_Anon: *([0-9]+)', (process / 'smaps_rollup').read_text())[1])
        except OSError:
            pass
    return found / 1024
"""


@pytest.mark.parametrize("grounds", [True, False])
def test_a_submission_has_one_limit_for_all_of_its_checks(course: Course, grounds: bool):
    cells = [unlocked("x = 1")]
    for n in range(5):
        cells.append(student(KEEPS.format(n), f"def keep{n}(): return 0.0"))
        cells.append(grade(f"print(keep{n}())"))
    work = course.lay(*cells, limits=FEW)
    with closing(work):
        assert work.fit(course.job(*cells, limits=FEW)) is not None
        graded = course.grade(*cells, work=work if grounds else None, limits=FEW)
    most = [float(text) for n in range(len(cells)) if (text := printed(graded[n]).strip())]
    # All five would have 800 more than the first; the limit and its reserve have room for two more.
    assert max(most) - most[0] < 600
    assert any(graded.said)


@pytest.mark.parametrize("grounds", [True, False])
def test_a_check_that_takes_too_much_costs_no_other(course: Course, grounds: bool):
    hog = "def hog():\n" + textwrap.indent(HOG.replace("time.sleep(20)", "time.sleep(3)"), "    ")
    cells = [
        *(unlocked("x = 1"), student(hog, "def hog(): return 0"), grade("hog()")),
        *(RIGHT, grade("print(double(21))")),
    ]
    with closing(course.lay(*cells, limits=FEW)) as work:
        assert work.fit(course.job(*cells, limits=FEW)) is not None
        graded = course.grade(*cells, work=work if grounds else None, limits=FEW)
    assert "killed" in graded.said[0]
    assert printed(graded[4]) == "42\n"


def test_a_cell_without_end_is_interrupted_and_the_rest_goes_on(course: Course):
    ignores = (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "while True:\n    try:\n        pass\n    except BaseException:\n        pass"
    )
    started = time.monotonic()
    graded = course.grade(
        RIGHT,
        student("print('so far', flush=True)\nwhile True: pass"),
        CHECK,
        student(ignores),
        student("y = double(4)"),
        grade("assert y == 8"),
        timeout=1.0,
    )
    assert graded[1].timed_out
    assert printed(graded[1]) == "so far\n"
    assert graded[3].timed_out
    assert graded.said == ["", ""]
    assert time.monotonic() - started < 60


def test_without_bubblewrap_one_sentence_says_how_to_mend_it(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    with pytest.raises(SandboxMissing) as refused:
        Sandbox.start(tmp_path)
    for word in ("apt install bubblewrap", "dnf install", "container", "macOS", "doctor", "unsafe"):
        assert word in str(refused.value)


def test_where_no_namespace_can_be_made_it_refuses(monkeypatch, tmp_path: Path):
    real = module.bubblewrap
    # What bwrap itself meets where the kernel forbids it: it ends with an error of its own.
    monkeypatch.setattr(
        module, "bubblewrap", lambda hidden: [*real(hidden)[:-1], "--ro-bind", "/none", "/x", "--"]
    )
    with pytest.raises(SandboxMissing, match="Can't find source path"):
        Sandbox.start(tmp_path)


def test_the_way_past_the_sandbox_grades_and_ends_what_it_started(tmp_path: Path):
    place = Workplace.start(None, unsafe=True)
    seconds = f"{os.getpid()}987"  # other workers may be here too
    try:
        graded = Course(place, tmp_path).grade(
            RIGHT,
            CHECK,
            student(
                f"import os, subprocess\nsubprocess.Popen(['sleep', '{seconds}'])\nprint(os.getcwd())"
            ),
        )
    finally:
        place.close()
    assert graded.said == [""]
    assert not Path(printed(graded[2]).strip()).exists()
    assert subprocess.run(["pgrep", "-f", f"sleep {seconds}"], check=False).returncode == 1


def test_an_ordinary_user_can_make_a_sandbox(tmp_path: Path):
    """As root the tests run it for nobody; else the other tests are that user's."""
    if os.getuid() != 0:
        assert Path("/proc/self/uid_map").exists()
        return
    command = [*module.bubblewrap(None)[:-1], "--", "/bin/true"]
    # Python lies in root's home on some machines, where nobody may look.
    done = subprocess.run(
        _system_only(command),
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_doctor_says_which_setting_of_the_kernel_keeps_a_sandbox_from_starting(tmp_path: Path):
    # Of a namespace of its own a process may set it.
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" -m torchmarks.cli doctor'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    setting = [line for line in done.stdout.splitlines() if "max_user_namespaces" in line]
    assert [line.split()[0] for line in setting if "sudo sysctl" in line] == ["BAD"]
    assert setting[-1].endswith("0: sudo sysctl user.max_user_namespaces=10000")
    assert "Submissions cannot be isolated here." in done.stdout


def _system_only(command: list[str]) -> list[str]:
    rest = list(command)
    for position in reversed(range(len(rest) - 2)):
        if rest[position] == "--ro-bind" and not rest[position + 1].startswith(("/usr", "/etc")):
            del rest[position : position + 3]
    return rest


def test_the_doctor_finds_everything_in_order(tmp_path: Path):
    findings = list(examine(tmp_path))
    assert [f.what for f in findings if not f.good] == []
    assert any(f.what == "out of the sandbox: gradebook" for f in findings)
