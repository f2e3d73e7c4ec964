"""What may befall a run from outside: nothing is lost, and it is told in a sentence."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from tests.grading.results import autograded, gradebook
from tests.grading.running import grade

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
