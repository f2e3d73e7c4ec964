"""A class of six, honest and broken, and the commands that grade it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from tests.small_course import RIGHT, WRONG, make_small_course, submit
from torchmarks import notebooks

ENDLESS = "def mean_square(x):\n    while True:\n        pass"
DUE = "2029-01-01 10:00:00"
LATE = "2030-01-01 10:00:00 UTC"
SETTINGS = """
from datetime import datetime
from nbgrader.plugins import LateSubmissionPlugin


class Penalty(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0


c.AssignLatePenalties.plugin_class = Penalty
"""


def command(course: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def run(course: Path, *arguments: str, status: int | None = 0) -> str:
    done = subprocess.run(
        command(course, *arguments),
        cwd=course,
        env=os.environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=400,
    )
    assert status is None or done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def grade(course: Path, *options: str, status: int = 0) -> str:
    return run(
        course, "torchmarks.cli", "grade", "01-small", "--jobs", "2", *options, status=status
    )


def hand_in(folder: Path) -> Path:
    """A course with a class's submissions, and nothing graded yet."""
    course = make_small_course(folder)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(SETTINGS)
    (course / "source" / "01-small" / "data.csv").write_text("1,2\n")
    run(course, "nbgrader", "generate_assignment", "01-small")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as db:
        db.update_or_create_assignment("01-small", duedate=DUE)
    for student, solution in (
        ("ada", RIGHT), ("alan", WRONG), ("evariste", None), ("kurt", ENDLESS),
    ):  # fmt: skip
        path = submit(course, student, solution)
        if student == "alan":
            path.with_name("timestamp.txt").write_text(LATE)
            path.with_name("data.csv").write_text("changed\n")
    cut = submit(course, "emmy", WRONG)
    notebook = notebooks.read(cut)
    notebook.cells = notebook.cells[:-1]
    notebooks.write(notebook, cut)
    submit(course, "georg", WRONG).write_text("{ no notebook")
    return course
