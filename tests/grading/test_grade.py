"""`torchmarks grade`: what nbgrader does, in parallel, and nothing lost whatever ends it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Base, Gradebook
from sqlalchemy import event, text

from tests.grading.gradebooks import ASSIGNMENT, rows_of
from tests.grading.results import autograded, gradebook
from tests.grading.running import DUE, command, grade, run
from tests.small_course import RIGHT, make_small_course, submit
from torchmarks import notebooks
from torchmarks.grading import rows

pytestmark = pytest.mark.slow


def test_it_does_what_nbgrader_does(course: Path, graded: Path):
    run(course, "nbgrader", "autograde", "01-small")
    assert gradebook(graded) == gradebook(course)
    assert len(gradebook(graded)["grade"]) == 6
    assert autograded(graded) == autograded(course)
    written = [path.stat().st_mtime for path in graded.glob("autograded/*/01-small/*")]
    assert min(written) > time.time() - 24 * 3600


def test_it_tells_what_came_of_it(graded: Path):
    told = (graded / "told").read_text()
    assert "ada: 4 of 4" in told
    assert "6 graded" in told
    assert "Traceback" not in told
    log = (graded / ".torchmarks" / "logs" / "01-small" / "georg.log").read_text()
    assert str(graded) in log
    assert "torchmarks-grade-" not in log


def test_only_what_is_missing_or_changed_is_graded(graded: Path, tmp_path: Path):
    course = Path(shutil.copytree(graded, tmp_path / "course"))
    told = grade(course)
    assert "6 graded before and unchanged" in told
    shutil.rmtree(course / "submitted" / "evariste")
    submit(course, "evariste", RIGHT)
    shutil.rmtree(course / "autograded" / "alan" / "01-small")
    told = grade(course)
    assert "4 graded before and unchanged" in told
    assert "evariste: 4 of 4" in told
    assert "alan: " in told


def test_one_notebook_of_two_is_graded_alone(tmp_path: Path):
    course = make_small_course(tmp_path / "course")
    first = course / "source" / "01-small" / "small.ipynb"
    other = notebooks.read(first)
    for cell in other.cells:
        cell.source = cell.source.replace("mean_square", "second_moment")
    notebooks.write(notebooks.canonical(other), first.with_name("other.ipynb"))
    run(course, "nbgrader", "generate_assignment", "01-small")
    submit(course, "ada", RIGHT)
    assert "ada: 4 of 8" in grade(course, "--notebook", "small")
    assert set(autograded(course)) == {"ada/01-small/small.ipynb"}
    small = autograded(course)["ada/01-small/small.ipynb"]
    grade(course)
    assert autograded(course)["ada/01-small/small.ipynb"] == small
    assert set(autograded(course)) == {"ada/01-small/small.ipynb", "ada/01-small/other.ipynb"}


def test_a_dry_run_shows_whose_marks_change_and_a_persons_marks_survive(
    graded: Path, tmp_path: Path
):
    course = Path(shutil.copytree(graded, tmp_path / "course"))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as db:
        (ada,) = db.find_submission_notebook("small", "01-small", "ada").grades
        ada.manual_score, ada.extra_credit = 2.5, 0.5
        (comment,) = db.find_submission_notebook("small", "01-small", "ada").comments
        comment.manual_comment = "Come and see me."
        db.db.commit()
    source = course / "source" / "01-small" / "small.ipynb"
    source.write_text(source.read_text().replace("expect=14 / 3", "expect=14 / 4"))
    run(course, "nbgrader", "generate_assignment", "--force", "01-small")
    before = gradebook(course), autograded(course)
    told = grade(course, "--dry-run")
    assert (gradebook(course), autograded(course)) == before
    assert "mean_square-marks" in told
    assert "4 → 3" in told
    assert "notebooks and gradebook are as they were" in told
    grade(course)
    (grade_of_ada,) = [row for row in gradebook(course)["grade"] if row[0] == "ada"]
    assert grade_of_ada[2:] == (3.0, 2.5, 0.5, 1)
    assert ("ada", "mean_square", None, "Come and see me.") in gradebook(course)["comment"]


def test_killed_at_any_moment_it_goes_on_where_it_was(course: Path, graded: Path):
    for seconds in (6.0, 9.0, 11.0):
        driver = subprocess.Popen(
            command(course, "torchmarks.cli", "grade", "01-small", "--jobs", "2"),
            cwd=course,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(seconds)
        driver.kill()
        driver.wait()
    grade(course)
    assert gradebook(course) == gradebook(graded)
    assert autograded(course) == autograded(graded)
    assert not list(course.glob("autograded/*/.*"))
    deadline = time.monotonic() + 20
    while _processes_in(course) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _processes_in(course) == []


def _processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")).is_relative_to(folder):
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_submission_that_kills_its_worker_twice_is_set_aside(course: Path):
    hook = (
        "\ndef deadly(assignment, student, notebooks):\n"
        "    import os, signal\n"
        "    if any('/kurt/' in notebook for notebook in notebooks):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n\n\n"
        "c.Autograde.pre_convert_hook = deadly\n"
    )
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(hook)
    told = grade(course, "--json", status=1)
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    failures = {e["student"]: e["failure"] for e in events if e["event"] == "submission"}
    assert "killed twice" in failures.pop("kurt")
    assert set(failures.values()) == {""}
    assert events[-1]["failed"] == ["kurt"]


def test_an_interrupt_ends_it_at_once_and_says_so(course: Path):
    driver = subprocess.Popen(
        command(course, "torchmarks.cli", "grade", "01-small", "--jobs", "2", "--json"),
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell's background job, in which tests may run, ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert driver.stdout is not None
    assert '"begin"' in driver.stdout.readline()
    time.sleep(3)
    driver.send_signal(signal.SIGINT)
    told, _ = driver.communicate(timeout=30)
    assert driver.returncode == 130
    assert told.strip().endswith("torchmarks: stopped.")
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["02-none"], "02-none is not in the gradebook: nbgrader generate_assignment 02-none"),
        (["01-small", "--student", "nobody"], "nobody has handed in 01-small"),
        (["01-small", "--jobs", "0"], "--jobs needs a number of processes"),
        (["01-small", "--notebook", "big"], "01-small has no notebook big: it has small."),
    ],
)
def test_a_mistake_in_the_command_is_told_in_a_sentence(
    course: Path, arguments: list[str], sentence: str
):
    told = run(course, "torchmarks.cli", "grade", *arguments, status=2)
    assert sentence in told
    assert "Traceback" not in told


def test_a_folder_without_a_course_is_told(tmp_path: Path):
    told = run(tmp_path, "torchmarks.cli", "grade", "01-small", status=2)
    assert "no nbgrader course" in told


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database in a server of its own, on loopback."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        pytest.skip("there is no PostgreSQL server: apt install postgresql")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="torchmarks-postgresql-"))
    # The server refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [*user, str(programs[-1] / program), *arguments],
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )

    data = str(folder / "data")
    call("initdb", "-D", data, "-U", "grader", "--auth", "trust")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    call("pg_ctl", "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def test_a_class_is_graded_into_postgresql(
    handed_in: Path, graded: Path, postgresql: str, tmp_path
):
    course = Path(shutil.copytree(handed_in, tmp_path / "course"))
    (course / "gradebook.db").unlink()
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {postgresql!r}\n")
    run(course, "nbgrader", "generate_assignment", "--force", "01-small")
    with Gradebook(postgresql) as db:
        db.update_or_create_assignment("01-small", duedate=DUE)
    grade(course)
    assert gradebook(course, postgresql) == gradebook(graded)
    assert autograded(course) == autograded(graded)
    assert not (course / "gradebook.db").exists()


def test_a_grade_that_a_person_enters_in_postgresql_meanwhile_is_kept(postgresql: str):
    tables, ours = Base.metadata.tables, rows_of(3, 1.0, ids="ours")
    theirs = {**rows_of(3, None, ids="theirs")["grade"][1], "notebook_id": "ours"}
    engine, other = rows.open_gradebook(postgresql), rows.open_gradebook(postgresql)
    Base.metadata.create_all(engine)
    with rows.writing(engine) as connection:
        for name, found in ASSIGNMENT.items():
            connection.execute(tables[name].insert(), found)
        submission = ("student", "submitted_assignment", "submitted_notebook")
        rows.enter(connection, {}, {name: ours[name] for name in submission})
    quicker: list[str] = []

    def be_quicker(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("INSERT INTO grade") and not quicker:
            quicker.append(statement)
            with other.begin() as person:
                person.execute(tables["grade"].insert(), {**theirs, "manual_score": 3.5})

    event.listen(engine, "before_cursor_execute", be_quicker)
    with rows.writing(engine) as connection:
        rows.enter(connection, {}, ours)
    query = "select id, auto_score, manual_score, needs_manual_grade from grade order by cell_id"
    with engine.connect() as connection:
        entered = connection.execute(text(query)).all()
    for one in (engine, other):
        one.dispose()
    assert entered == [
        ("ours-0", 1.0, None, False),
        ("theirs-1", 1.0, 3.5, True),
        ("ours-2", 1.0, None, False),
    ]
