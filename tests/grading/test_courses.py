"""Courses that lie elsewhere, or hold what a plain one does not: nothing of theirs is harmed."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.grading.results import gradebook
from tests.grading.running import grade, run
from tests.small_course import RIGHT, SOLUTION, WRONG, make_small_course, submit
from torchmarks import notebooks
from torchmarks.grading import worker
from torchmarks.grading.gather import Course
from torchmarks.grading.rows import enter, make_gradebook, open_gradebook, writing
from torchmarks.grading.tasks import Bundle, Task, pack, unpack
from torchmarks.release import release

ELSEWHERE = """
c.CourseDirectory.submitted_directory = "{elsewhere}/submitted"
c.CourseDirectory.autograded_directory = "{elsewhere}/autograded"
c.CourseDirectory.source_directory = "{elsewhere}/source"
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    *(step for step in c.Autograde.autograde_preprocessors[1:]),
]
"""
FEW = """
from functools import partial

from torchmarks.isolation.arrivals import set_aside

c.Autograde.pre_convert_hook = partial(set_aside, max_files=10)
"""
NOSY = """def mean_square(x):
    try:
        open({place!r}, "w").close()
    except OSError:
        pass
    return (x ** 2).mean()"""


def litter(folder: Path) -> None:
    """Put beside a notebook one of each that must not be there, and some that may."""
    (folder / "timestamp.txt").write_text("2030-01-01 10:00:00 UTC")
    (folder / "jupyter_config.py").write_text("c = 1")
    (folder / "odd\n").mkdir()
    (folder / "odd\n" / "a.txt").touch()
    (folder / "/".join(["deep"] * 45)).mkdir(parents=True)
    (folder / "/".join(["long" * 50] * 8)).mkdir(parents=True)
    (folder / "many").mkdir()
    for number in range(30):
        (folder / "many" / str(number)).write_text("x" * number)
    (folder / "few").mkdir()
    (folder / "few" / "a.txt").write_text("a")
    (folder / "good").symlink_to("few/a.txt")
    (folder / "through").symlink_to("many/3")
    (folder / "up").symlink_to("../../other")
    os.mkfifo(folder / "pipe")


@pytest.mark.slow
def test_a_dry_run_grades_what_is_left_when_all_else_is_set_aside(plain: Path):
    with (plain / "nbgrader_config.py").open("a") as file:
        file.write(FEW)
    litter(submit(plain, "ada", RIGHT).parent)
    elsewhere = submit(plain, "alan", RIGHT).parent.rename(plain / "elsewhere")
    (plain / "submitted" / "alan" / "01-small").symlink_to(elsewhere)
    before = sorted((plain / "submitted").rglob("*"))
    with closing(Course(plain)) as course:
        bundle = course.bundle("01-small")
        for student, left in (
            ("ada", {"small.ipynb", "timestamp.txt", "deep", "long" * 50, "few", "good"}),
            ("alan", set[str]()),
        ):
            assert not course.is_clear(bundle, student)
            dry = course.task(bundle, student, "*", {}, moves=False)
            assert sorted((plain / "submitted").rglob("*")) == before
            real = course.task(bundle, student, "*", {})
            assert course.is_clear(bundle, student)
            assert (dry.files, dry.digest) == (real.files, real.digest)
            unpack(real.files, plain / "there" / student)
            assert {path.name for path in (plain / "there" / student).glob("*")} == left
            before = sorted((plain / "submitted").rglob("*"))


STRUCTURED = """
c.CourseDirectory.directory_structure = "courses/{nbgrader_step}/{student_id}/{assignment_id}"
"""
ABSOLUTE = """
for step in ("source", "submitted", "release", "autograded"):
    c.CourseDirectory[f"{step}_directory"] = f"COURSE/courses/{step}"
"""


@pytest.mark.slow
def test_a_course_with_folders_elsewhere_is_graded_isolated_and_keeps_them(tmp_path: Path):
    course, elsewhere = make_small_course(tmp_path / "course"), tmp_path / "elsewhere"
    release(course)
    submit(course, "ada", NOSY.format(place=str(tmp_path / "came_out")))
    submit(course, "alan", WRONG)
    table = tmp_path / "table.csv"
    table.write_text("1,2\n")
    (course / "source" / "01-small" / "table.csv").symlink_to(table)
    elsewhere.mkdir()
    for step in ("submitted", "source"):
        (course / step).rename(elsewhere / step)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(ELSEWHERE.format(elsewhere=elsewhere))
    run(course, "nbgrader", "generate_assignment", "--force", "01-small")
    before = pack(elsewhere / "submitted")
    grade(course, "--dry-run")
    assert "ada: 4 of 4" in grade(course)
    assert pack(elsewhere / "submitted") == before
    found = {path.name for path in (elsewhere / "autograded" / "ada" / "01-small").iterdir()}
    assert found >= {"small.ipynb", "table.csv"}
    assert not (tmp_path / "came_out").exists()
    assert {row[0] for row in gradebook(course)["student"]} == {"ada", "alan"}


@pytest.mark.slow
def test_the_instructors_solution_is_in_no_session_though_somebody_has_the_same(tmp_path: Path):
    course = make_small_course(tmp_path / "course")
    release(course)
    submit(course, "ada", SOLUTION)
    looks = 'print([cell for cell in get_ipython()._plain if "def mean_square" in cell])'
    submit(course, "blaise", f"{looks}\n\n{WRONG}")
    run(course, "nbgrader", "generate_assignment", "--force", "01-small")
    assert "ada: 4 of 4" in grade(course, "--jobs", "1")
    (path,) = (course / "autograded" / "blaise" / "01-small").glob("*.ipynb")
    shown = [o.get("text") for c in notebooks.read(path).cells for o in c.get("outputs", ())]
    assert "[]\n" in shown


@pytest.mark.slow
def test_settings_that_cannot_be_read_elsewhere_are_told(tmp_path: Path):
    course = make_small_course(tmp_path / "course")
    release(course)
    submit(course, "ada", RIGHT)
    run(course, "nbgrader", "generate_assignment", "--force", "01-small")
    (course / "due.txt").write_text("tomorrow")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("\nopen('due.txt')\n")
    told = grade(course, status=1)
    assert "the course cannot be set up: FileNotFoundError" in told
    assert "Traceback" not in told


@pytest.fixture
def plain(tmp_path: Path, monkeypatch) -> Path:
    """A small course of which nobody has handed in anything yet."""
    course = make_small_course(tmp_path / "course")
    run(course, "nbgrader", "generate_assignment", "01-small")
    # What a course does to the process in which it is read.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCHMARKS_CATALOGUE", "")
    return course


@pytest.mark.slow
def test_of_a_notebook_that_is_too_large_no_more_is_read_than_tells_it(plain: Path):
    with (plain / "nbgrader_config.py").open("a") as file:
        file.write("\nc.SubmissionExporter.max_bytes = 1_000_000\n")
    os.truncate(submit(plain, "ada", RIGHT), 200_000_000)
    submit(plain, "bob", RIGHT)
    with closing(Course(plain)) as course:
        bundle = course.bundle("01-small")
        tracemalloc.start()
        task = course.task(bundle, "ada", "*", {})
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 5_000_000
        unpack(task.files, plain / "there")
        assert (plain / "there" / "small.ipynb").stat().st_size == 1_000_001
        unpack(course.task(bundle, "bob", "*", {}).files, plain / "whole")
    whole = plain / "submitted" / "bob" / "01-small" / "small.ipynb"
    assert (plain / "whole" / "small.ipynb").read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_a_submission_without_a_notebook_is_cleared_like_others(plain: Path):
    path = submit(plain, "ada", RIGHT)
    path.unlink()
    data = path.with_name("data.bin")
    data.touch()
    os.truncate(data, 101_000_000)
    path.with_name("hosts").symlink_to("/etc/hosts")
    path.with_name("notes.txt").write_text("sorry")
    with closing(Course(plain)) as course:
        bundle = course.bundle("01-small")
        for moves in (False, True):
            task = course.task(bundle, "ada", "*", {}, moves=moves)
            there = plain / f"there-{moves}"
            unpack(task.files, there)
            assert [entry.name for entry in there.iterdir()] == ["notes.txt"]
            assert data.exists() is not moves
    assert {entry.name for entry in path.parent.iterdir()} == {"notes.txt"}


@pytest.mark.slow
@pytest.mark.parametrize("way", [STRUCTURED, ABSOLUTE], ids=["structured", "absolute"])
def test_what_lies_in_a_steps_folder_is_no_module_of_the_course(plain: Path, way: str):
    submit(plain, "ada", RIGHT).with_name("helper.py").write_text("x = 1")
    autograded = plain / "courses" / "autograded" / "ada" / "01-small"
    autograded.mkdir(parents=True)
    (autograded / "helper.py").write_text("x = 1")
    for step in ("source", "submitted", "release"):
        (plain / step).rename(plain / "courses" / step)
    (plain / "courses" / "ours").mkdir()
    (plain / "courses" / "ours" / "hooks.py").write_text("x = 2")
    (plain / "penalties.py").write_text("x = 3")
    with (plain / "nbgrader_config.py").open("a") as file:
        file.write(way.replace("COURSE", str(plain)))
    with closing(Course(plain)) as course:
        assert course.students("01-small") == ["ada"]
        unpack(course.bundle("01-small").course, plain / "there")
    found = {str(path.relative_to(plain / "there")) for path in (plain / "there").rglob("*.py")}
    tests = {f"tests/{kind}/small.py" for kind in ("alternatives", "mistakes")}
    assert found == {"nbgrader_config.py", "penalties.py", "courses/ours/hooks.py", *tests}


@pytest.mark.slow
def test_the_students_folders_may_come_before_the_steps(plain: Path):
    folder = submit(plain, "ada", RIGHT).parent
    (folder / "helper.py").write_text("x = 1")
    (plain / "ada").mkdir()
    folder.parent.rename(plain / "ada" / "submitted")
    (plain / "ada" / "hooks.py").write_text("x = 2")
    with (plain / "nbgrader_config.py").open("a") as file:
        structure = "{student_id}/{nbgrader_step}/{assignment_id}"
        file.write(f"\nc.CourseDirectory.directory_structure = {structure!r}\n")
    with closing(Course(plain)) as course:
        unpack(course.bundle("01-small").course, plain / "there")
    assert (plain / "there" / "ada" / "hooks.py").exists()
    assert not (plain / "there" / "ada" / "submitted").exists()


def test_a_submission_is_entered_whole_or_not_at_all(tmp_path: Path):
    path = tmp_path / "gradebook.db"
    make_gradebook(path, {})
    engine = open_gradebook(f"sqlite:///{path}")
    ada = {"id": "ada", "first_name": None, "last_name": None, "email": None}
    ada["lms_user_id"] = None

    def cut_off() -> None:
        with writing(engine) as connection:
            enter(connection, {}, {"student": [ada]})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from student")).scalar() == 0
    with writing(engine) as connection:
        enter(connection, {}, {"student": [ada]})
    with engine.connect() as connection:
        assert connection.execute(text("select id from student")).scalar() == "ada"
    engine.dispose()


def test_a_notebook_that_cannot_be_read_is_sent_empty():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        notebook = Path(folder, "small.ipynb")
        notebook.write_text("{}")
        notebook.chmod(0)
        packed = Path(folder, "packed")
        packed.touch()
        packed.chmod(0o666)
        child = os.fork()
        if not child:  # root reads whatever there is
            if os.getuid() == 0:
                os.setuid(65534)
            packed.write_bytes(pack(Path(folder), empty_if_unreadable=True))
            os._exit(0)
        os.waitpid(child, 0)
        unpack(packed.read_bytes(), Path(folder, "there"))
        assert Path(folder, "there", "small.ipynb").read_text() == ""


def test_a_worker_forgets_the_modules_of_a_course_that_it_leaves(tmp_path: Path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path / "old"))
    for name, penalty in (("old", 1), ("new", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "penalties_of_it.py").write_text(f"penalty = {penalty}")
    monkeypatch.setattr(worker, "_PLACE", worker._Place(folder=tmp_path / "old"))
    assert importlib.import_module("penalties_of_it").penalty == 1
    worker._leave()
    assert not (tmp_path / "old").exists()
    monkeypatch.syspath_prepend(str(tmp_path / "new"))
    assert importlib.import_module("penalties_of_it").penalty == 2
    del sys.modules["penalties_of_it"]


def test_a_worker_without_room_for_a_course_leaves_the_folder_it_stands_in(
    tmp_path: Path, monkeypatch
):
    (tmp_path / "kept").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worker, "_prepare", lambda: None)  # nbgrader is shared with other tests
    monkeypatch.setattr(worker, "_PLACE", worker._Place(within=tmp_path / "missing"))
    bundle = Bundle("01", b"", (), {}, "digest", str(tmp_path))
    graded = worker.grade(bundle, Task("ada", "*", b"", {}, ""))
    assert "cannot be set up: FileNotFoundError" in graded.failure
    worker._leave()  # as at the end of the process
    assert (tmp_path / "kept").exists()
