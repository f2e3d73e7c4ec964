"""What may befall a run from outside: nothing is lost, and it is told in a sentence."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbgrader.api import Gradebook

from tests.grading.results import autograded, gradebook
from tests.grading.running import DUE, LATE, grade, run
from tests.small_course import RIGHT, make_small_course, submit

pytestmark = pytest.mark.slow


def started(course: Path, *options: str) -> subprocess.Popen[str]:
    """A run of which the first submission is done, and others are under way."""
    driver = subprocess.Popen(
        [sys.executable, "-m", "torchmarks.cli", "grade", "01-small", "--json", *options],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert driver.stdout is not None
    for line in driver.stdout:
        if line.startswith('{"event": "submission"'):
            return driver
    raise AssertionError("nothing was graded")


@pytest.mark.parametrize("victim", ["zygote", "grader"])
def test_a_sandbox_or_grader_that_is_killed_costs_nothing(course: Path, graded: Path, victim: str):
    driver = started(course, "--jobs", "1")
    killed = 0
    for process in psutil.Process(driver.pid).children(recursive=True):
        # With the first one go those that it has forked.
        with contextlib.suppress(psutil.NoSuchProcess):
            if f"isolation.{victim}" in " ".join(process.cmdline()):
                process.kill()
                killed += 1
    assert killed
    told, _ = driver.communicate(timeout=200)
    assert driver.returncode == 0, told
    assert gradebook(course) == gradebook(graded)
    assert autograded(course) == autograded(graded)


def test_nobody_who_reads_meanwhile_sees_half_of_anything(course: Path):
    wrong: list[str] = []
    seen: list[str] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as db:
                    for submission in db.assignment_submissions("01-small"):
                        assert submission.score is not None
                for folder in (course / "autograded").glob("*/01-small"):
                    for path in folder.glob("*.ipynb"):
                        json.loads(path.read_text("utf-8"))
                        seen.append(path.name)
            except FileNotFoundError:
                continue  # between the listing and the reading it was replaced
            except Exception as error:
                wrong.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        grade(course)
        grade(course, "--force")
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert len(seen) > 100


def command(patience: float) -> list[str]:
    """Our command, which waits so many seconds for a locked gradebook."""
    code = (
        f"import torchmarks.grading.rows as rows; rows.PATIENCE = {patience}\n"
        "from torchmarks.cli import main\n"
        "raise SystemExit(main(['grade', '01-small', '--student', 'a*', '--jobs', '1']))"
    )
    return [sys.executable, "-c", code]


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """All that a program said."""
    told = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in told
    return told


def small_class(folder: Path) -> Path:
    """A course that `ada` has handed in as it should be, and `carl` with what must not be there."""
    course = make_small_course(folder)
    run(course, "nbgrader", "generate_assignment", "01-small")
    submit(course, "ada", RIGHT)
    beside = submit(course, "carl", RIGHT).parent
    (beside / "timestamp.txt").write_text("3o January, late")
    os.mkfifo(beside / "pipe")
    (beside / "notes.txt").symlink_to("/etc/hostname")
    (beside / "data").mkdir()
    (beside / "data" / "table.csv").write_text("1,2\n")
    return course


def outcomes(told: str) -> dict[str, dict[str, Any]]:
    """Submissions, by their students, of what a run with `--json` has told."""
    events = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return {e["student"]: e for e in events if e["event"] == "submission"}


def listed(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.lstat().st_mode for p in folder.rglob("*")}


def test_what_is_set_aside_is_told_and_a_dry_run_leaves_it_where_it_is(tmp_path: Path):
    course = small_class(tmp_path / "course")
    submitted, log = course / "submitted", course / ".torchmarks" / "logs" / "01-small" / "carl.log"
    before = listed(submitted)
    reasons = {
        "timestamp.txt": "it holds no date, so the submission counts as handed in on time",
        "pipe": "it is no file, but a pipe, a socket or a device",
        "notes.txt": "it leads out of the submission, to /etc/hostname",
    }
    sentences = {f"carl/01-small/{n} was set aside: {why}." for n, why in reasons.items()}
    dry = outcomes(grade(course, "--dry-run", "--json"))
    assert set(dry["carl"]["repaired"]) == sentences
    assert listed(submitted) == before
    real = outcomes(grade(course, "--json"))
    assert set(real["carl"]["repaired"]) == sentences
    assert real["ada"]["repaired"] == []
    assert all(sentence in log.read_text() for sentence in sentences)
    gone = before.keys() - listed(submitted).keys()
    assert gone == {f"carl/01-small/{name}" for name in reasons}
    assert {path.name for path in submitted.glob("carl/.set-aside/01-small/*")} == reasons.keys()
    assert (course / "autograded" / "carl" / "01-small" / "data" / "table.csv").exists()
    # Handed in again just as it was: that it was graded before does not keep it from being told.
    os.mkfifo(submitted / "carl" / "01-small" / "pipe")
    again = outcomes(grade(course, "--json"))
    assert again.keys() == {"carl"}
    assert "pipe was set aside" in again["carl"]["repaired"][0]


DISPUTED = """
from nbgrader.plugins import LateSubmissionPlugin


class Disputed(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        raise ValueError(f"no penalty is agreed for {student_id}")


c.AssignLatePenalties.plugin_class = Disputed
"""


def test_why_nbgrader_failed_is_told_by_the_sentence_that_helps(tmp_path: Path):
    course = small_class(tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(DISPUTED)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as db:
        db.update_or_create_assignment("01-small", duedate=DUE)
    submit(course, "bob", RIGHT).with_name("timestamp.txt").write_text(LATE)
    empty = submit(course, "dora", RIGHT)
    empty.with_name("README.txt").write_text("sorry")
    empty.unlink()
    told = outcomes(grade(course, "--json", status=1))
    assert told["bob"]["failure"] == "ValueError: no penalty is agreed for bob"
    wanted = course / "submitted" / "dora" / "01-small" / "*.ipynb"
    assert told["dora"]["failure"] == f"No notebooks were matched by '{wanted}'"
    # With such a submission nothing comes into the gradebook, which nbgrader has likewise.
    ours = gradebook(course)
    assert {row[0] for row in ours["student"]} == {"ada", "carl"}
    (course / "gradebook.db").unlink()
    shutil.rmtree(course / "submitted" / "bob")
    run(course, "nbgrader", "generate_assignment", "--force", "01-small")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as db:
        db.update_or_create_assignment("01-small", duedate=DUE)
    run(course, "nbgrader", "autograde", "--force", "01-small")
    assert gradebook(course) == ours


SPARING = """
import resource
import sys

from torchmarks.cli import main
import torchmarks.grading.command

resource.setrlimit(resource.RLIMIT_DATA, (1_200_000_000, 1_200_000_000))
sys.exit(main(["grade", "01-small", "--jobs", "1", "--json"]))
"""
GENEROUS = """
from functools import partial

from torchmarks.isolation.arrivals import set_aside

c.Autograde.pre_convert_hook = partial(set_aside, max_bytes=10**10, max_total=10**10)
c.SubmissionExporter.max_bytes = 1_000_000
"""


def test_what_does_not_fit_into_memory_costs_its_student_only(tmp_path: Path):
    course = small_class(tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(GENEROUS)
    os.truncate(submit(course, "long", RIGHT), 2_000_000_000)
    beside = submit(course, "much", RIGHT).with_name("data.bin")
    beside.touch()
    os.truncate(beside, 2_000_000_000)
    done = subprocess.run(
        [sys.executable, "-c", SPARING], cwd=course, capture_output=True, text=True, timeout=200
    )
    one_line(done)
    told = outcomes(done.stdout)
    assert done.returncode == 1
    assert {student for student in told if told[student]["failure"]} == {"much"}
    assert "does not fit into memory" in told["much"]["failure"]
    released = "The released notebook stands here, because the submitted file"
    assert told["long"]["repaired"] == [f"{released} is larger than 1 MB."]
    assert told["ada"]["score"] == told["carl"]["score"] == 4


def test_a_gradebook_that_somebody_has_locked_is_waited_for_and_told(course: Path):
    lock = sqlite3.connect(
        course / "gradebook.db", isolation_level=None, check_same_thread=False, timeout=20
    )
    # At the beginning, and in the middle.
    lock.execute("BEGIN IMMEDIATE")
    done = subprocess.run(command(1), cwd=course, capture_output=True, text=True, timeout=200)
    assert done.returncode == 2
    assert "The gradebook is locked by another program: close it" in one_line(done)
    lock.execute("ROLLBACK")
    lock.execute("PRAGMA journal_mode=WAL")
    lock.execute("BEGIN IMMEDIATE")
    done = subprocess.run(command(1), cwd=course, capture_output=True, text=True, timeout=200)
    assert done.returncode == 1
    assert "not graded: The gradebook is locked by another program" in one_line(done)
    assert not list((course / "autograded").glob("*/*"))
    release = threading.Timer(30.0, lock.execute, ["ROLLBACK"])
    release.start()
    done = subprocess.run(command(60), cwd=course, capture_output=True, text=True, timeout=200)
    release.join()
    lock.close()
    assert done.returncode == 0, one_line(done)
    assert {path.parent.name for path in course.glob("autograded/*/*")} == {"ada", "alan"}


@pytest.mark.parametrize(
    "address", ["nonsense", "sqlite://gradebook.db", "postgresql+psycopg://me:secret@here:port/db"]
)
def test_an_address_that_is_none_of_a_gradebook_is_told(tmp_path: Path, address: str):
    course = make_small_course(tmp_path / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    told = run(course, "torchmarks.cli", "grade", "01-small", status=2)
    assert "c.CourseDirectory.db_url is no address of a gradebook" in told
    assert "such as sqlite:////" in told
    assert "Traceback" not in told
    assert "secret" not in told


# At 74 Python's own sockets have room in it, and ours do not; at 90 neither.
@pytest.mark.parametrize("length", [74, 90])
def test_a_folder_for_sockets_that_is_too_long_is_told(tmp_path: Path, monkeypatch, length: int):
    course = make_small_course(tmp_path / "course")
    run(course, "nbgrader", "generate_assignment", "01-small")
    submit(course, "ada", RIGHT)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        long = Path(folder, "x" * (length - len(folder)))
        long.mkdir()
        monkeypatch.setenv("TMPDIR", str(long))
        told = grade(course, status=2)
    assert f"{long} is too long a name for the folder of temporary files" in " ".join(told.split())
    assert "Traceback" not in told


def test_a_gradebook_that_cannot_be_read_in_the_middle_is_told(tmp_path: Path):
    course = make_small_course(tmp_path / "course")
    run(course, "nbgrader", "generate_assignment", "01-small")
    submit(course, "ada", RIGHT)
    connection = sqlite3.connect(course / "gradebook.db")
    connection.execute("ALTER TABLE submitted_notebook RENAME COLUMN flagged TO marked")
    connection.close()
    told = run(course, "torchmarks.cli", "grade", "01-small", status=2)
    assert "nbgrader db upgrade may mend it" in told
    assert "Traceback" not in told


def test_a_full_disk_is_told_and_costs_nothing(course: Path, graded: Path, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    # Namespaces of its own, where an ordinary user may mount what is in memory.
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*apart, f"mount -t tmpfs tmpfs {disk}"], check=False).returncode:
        pytest.skip("no small disk can be made here")
    script = f"""
        set -e
        mount -t tmpfs -o size=3m tmpfs {disk}
        cp -a {course} {disk}/course
        cd {disk}/course
        # All but some pages: enough for a lock, and too little for a notebook.
        dd if=/dev/zero of={disk}/ballast bs=4k 2>/dev/null || true
        truncate -s -40k {disk}/ballast
        {sys.executable} -m torchmarks.cli grade 01-small --jobs 1 && exit 9
        ls -A autograded 2>/dev/null | grep -v README && exit 8
        rm {disk}/ballast
        {sys.executable} -m torchmarks.cli grade 01-small --jobs 1
        cp -a autograded gradebook.db {tmp_path}
    """
    done = subprocess.run(
        [*apart, script],
        capture_output=True,
        text=True,
        timeout=300,
    )
    told = one_line(done)
    assert done.returncode == 0, told
    assert "No space left on device" in told or "disk is full" in told
    assert gradebook(tmp_path) == gradebook(graded)
    assert autograded(tmp_path) == autograded(graded)
