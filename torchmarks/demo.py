"""The main job from beginning to end: a made-up class is graded in a scratch course.

It shows what an instructor will see, and that it works on this machine.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from torchmarks.classroom import Student, hand_ins, submit
from torchmarks.conventions import REPORT_TYPE
from torchmarks.course import Chapter, chapters
from torchmarks.errors import CourseError
from torchmarks.grading.gather import Course
from torchmarks.grading.lanes import LocalLanes, cores
from torchmarks.grading.progress import watcher
from torchmarks.grading.run import Wish, run

LOG = ".demo.log"


@dataclass(frozen=True)
class Row:
    """One line of the closing table."""

    student: str
    assignment: str
    score: float | None
    points: float
    misunderstood: tuple[str, ...]


def demo(course: Path, into: Path, *, unsafe: bool = False) -> bool:
    """Grade a made-up class in the scratch folder `into`, and print what came of it.

    Returns whether every submission was graded.
    """
    console = Console()
    started = time.monotonic()
    course = course.resolve()
    chosen = chapters(course)
    for chapter in chosen:
        chapter.exercises  # noqa: B018 (a broken notebook is told before anything is written)
        if not (course / "release" / chapter.assignment).is_dir():
            raise CourseError(f"{chapter.assignment} is not released yet: run torchmarks release.")
    scratch = prepare(course, into.resolve())
    handed_in = hand_ins(chosen)
    for chapter, authors in handed_in:
        for student in authors:
            submit(chapter, student, scratch)
    console.print(
        f"A class hands in {sum(len(authors) for _, authors in handed_in)} notebooks. "
        "Each is graded in a sandbox, its tests outside of it: this takes some minutes."
    )
    if unsafe:
        with (scratch / "nbgrader_config.py").open("a") as file:
            file.write("\nc.IsolatedExecute.unsafe_no_sandbox = True\n")
    most = max(len(authors) for _, authors in handed_in)
    with grader(scratch, most) as grade:
        for chapter, _ in handed_in:
            with console.status(f"{chapter.assignment}: making the assignment …"):
                nbgrader(scratch, "generate_assignment", chapter.assignment)
            grade(chapter.assignment)
            with console.status(f"{chapter.assignment}: writing feedback …"):
                nbgrader(scratch, "generate_feedback", chapter.assignment)
            console.print(f"{chapter.assignment}: graded, feedback written.")
    nbgrader(scratch, "export", "--to", "grades.csv")
    rows = list(results(scratch, handed_in))
    console.print(table(rows))
    graded = sum(row.score is not None for row in rows)
    folder = os.path.relpath(scratch)
    jupyter = os.path.relpath(Path(sys.executable).parent / "jupyter", scratch)
    console.print(
        f"{graded} of {len(rows)} submissions graded in {time.monotonic() - started:.0f} s.\n"
        f"Feedback   {folder}/feedback/<student>/<assignment>/\n"
        f"Gradebook  {folder}/gradebook.db, as a table in {folder}/grades.csv\n"
        f"Formgrader cd {folder} && {jupyter} lab --LabApp.default_url=/formgrader",
        highlight=False,
        soft_wrap=True,
    )
    return graded == len(rows)


def prepare(course: Path, scratch: Path) -> Path:
    """A fresh copy of the course in `scratch`; raises `CourseError` if it holds anything else."""
    marker = scratch / ".made-by-torchmarks-demo"
    if scratch.exists() and any(scratch.iterdir()) and not marker.exists():
        raise CourseError(f"{scratch} is not empty and was not made by this command: name another.")
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        marker.touch()
        shutil.copytree(course / "source", scratch / "source")
        shutil.copytree(
            course / "tests", scratch / "tests", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(course / "nbgrader_config.py", scratch)
    except OSError as error:
        raise CourseError(f"{scratch} cannot be written: {error.strerror}.") from None
    return scratch


@contextmanager
def grader(scratch: Path, most: int) -> Iterator[Callable[[str], None]]:
    """Grades one assignment after the other, as `torchmarks grade` does, in the same processes.

    No assignment has more than `most` submissions.
    """
    with ExitStack() as stack:
        stack.enter_context(chdir(scratch))
        course = stack.enter_context(closing(Course(scratch)))
        lanes = stack.enter_context(closing(LocalLanes(min(cores(), most), course.start_sandbox)))

        def grade(assignment: str) -> None:
            told = watcher(assignment, as_json=False)
            try:
                run(course, Wish(assignment), lambda _: lanes, told)
            finally:
                told.stop()

        yield grade


def nbgrader(scratch: Path, *arguments: str) -> None:
    """Run an nbgrader command in the scratch course, its log kept in `.demo.log`."""
    scripts = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": scripts + os.pathsep + os.environ.get("PATH", "")}
    with (scratch / LOG).open("a") as log:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=scratch,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise CourseError(f"nbgrader {arguments[0]} failed: see {log.name}.")


def results(scratch: Path, handed_in: list[tuple[Chapter, list[Student]]]) -> Iterator[Row]:
    """What the gradebook and the autograded notebooks say of each submission."""
    with (scratch / "grades.csv").open(newline="") as file:
        scores = {(r["student_id"], r["assignment"]): r for r in csv.DictReader(file)}
    for chapter, authors in handed_in:
        for student in authors:
            graded = scratch / "autograded" / student.name / chapter.assignment / chapter.path.name
            points = sum(exercise.points for exercise in chapter.exercises)
            if not graded.exists():
                yield Row(student.name, chapter.assignment, None, points, ("not graded",))
                continue
            score = float(scores[student.name, chapter.assignment]["score"])
            yield Row(student.name, chapter.assignment, score, points, misunderstood(graded))


def misunderstood(graded: Path) -> tuple[str, ...]:
    """What went wrong in each exercise of an autograded notebook, as the reports have it."""
    found = []
    for report in reports(graded):
        if report["state"] == "not attempted":
            found.append(f"{report['exercise']}: not attempted")
        elif report["state"] == "failed":
            failed = [check for check in report["checks"] if check["state"] == "failed"]
            causes = [check["cause"] or check["sentence"] for check in failed]
            told = [check["cause"] for check in failed if check["cause"]] or causes
            found.append(f"{report['exercise']}: {told[0]}")
    if found and all(line.endswith(": not attempted") for line in found):
        return ("nothing attempted",) if len(found) > 1 else tuple(found)
    return tuple(found)


def reports(graded: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    """The reports in the outputs of an autograded notebook."""
    for cell in json.loads(graded.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            report = output.get("data", {}).get(REPORT_TYPE)
            if report:
                yield report


def table(rows: list[Row]) -> Table:
    """The rows for a terminal; marks stand to the right of a bar of ten places."""
    shown = Table(title="What the class handed in", title_justify="left", show_lines=True)
    shown.add_column("student")
    shown.add_column("chapter")
    shown.add_column("marks", justify="right", no_wrap=True)
    shown.add_column("what was misunderstood", overflow="fold")
    for row in rows:
        if row.score is None:
            marks = "not graded"
        else:
            filled = round(10 * row.score / row.points)
            marks = f"{'█' * filled}{'·' * (10 - filled)} {row.score:5.2f}/{row.points:g}"
        shown.add_row(row.student, row.assignment, marks, "\n".join(row.misunderstood))
    return shown
