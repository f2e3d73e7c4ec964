"""What may befall a run from outside: nothing is lost, and it is told in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.grading.results import autograded, gradebook
from tests.grading.test_grade import course, grade, graded, handed_in, run  # noqa: F401 (fixtures)

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


def below(process: int) -> dict[int, str]:
    """All processes below one, with their command lines."""
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(status[1])
                commands[int(entry.name)] = (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue
    found, grown = {process}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return {pid: commands[pid] for pid in found}


@pytest.mark.parametrize("victim", ["zygote", "grader"])
def test_a_sandbox_or_grader_that_is_killed_costs_nothing(
    course: Path,  # noqa: F811
    graded: Path,  # noqa: F811
    victim: str,
):
    driver = started(course, "--jobs", "1")
    killed = [pid for pid, line in below(driver.pid).items() if f"isolation.{victim}" in line]
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    told, _ = driver.communicate(timeout=200)
    assert driver.returncode == 0, told
    assert gradebook(course) == gradebook(graded)
    assert autograded(course) == autograded(graded)


def test_nobody_who_reads_meanwhile_sees_half_of_anything(course: Path):  # noqa: F811
    wrong: list[str] = []
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


def impatient(course: Path) -> list[str]:  # noqa: F811
    """Our command, which waits for a locked gradebook for a second."""
    code = (
        "import torchmarks.grading.rows as rows; rows.PATIENCE = 1\n"
        "from torchmarks.cli import main\n"
        "raise SystemExit(main(['grade', '01-small', '--student', 'a*', '--jobs', '1']))"
    )
    return [sys.executable, "-c", code]


def test_a_gradebook_that_somebody_has_locked_is_waited_for_and_told(
    course: Path,  # noqa: F811
    graded: Path,  # noqa: F811
):
    lock = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    done = subprocess.run(
        impatient(course), cwd=course, capture_output=True, text=True, timeout=200
    )
    told = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1
    assert "not graded: The gradebook is locked by another program" in told
    assert "Traceback" not in told
    assert not list((course / "autograded").glob("*/*"))
    # Let go while it waits.
    threading.Timer(25.0, lambda: None).cancel()
    release = threading.Thread(target=lambda: (time.sleep(1), lock.execute("ROLLBACK")))
    lock.close()
    release = None
    grade(course)
    assert gradebook(course) == gradebook(graded)
    assert autograded(course) == autograded(graded)


def small_disk(folder: Path, megabytes: int, within: Callable[[], str]) -> str: ...
