"""Courses that lie elsewhere, or hold what a plain one does not: nothing of theirs is harmed."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.grading.results import gradebook
from tests.grading.running import grade, run
from tests.small_course import RIGHT, SOLUTION, WRONG, make_small_course, submit
from torchmarks import notebooks
from torchmarks.grading import worker
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
NOSY = """def mean_square(x):
    try:
        open({place!r}, "w").close()
    except OSError:
        pass
    return (x ** 2).mean()"""


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
