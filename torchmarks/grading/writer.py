"""The one writer: files and rows of a submission take the place of the old ones, or nothing does.

The order is: new files beside the old ones, rows in a transaction, a note of what these rows are,
the files' change of places, the transaction's end, the note that it is done. What ends the program
in between is seen by the next writer, which puts files and rows together again: new files stay
where the gradebook has their rows, and the old ones come back where it has not. Without the note
that it is done the submission is graded again.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from torchmarks.errors import CourseError
from torchmarks.grading.gather import Course
from torchmarks.grading.reasons import of_the_gradebook
from torchmarks.grading.rows import enter, writing, written
from torchmarks.grading.tasks import Bundle, Graded, Rows, Task, make_writable, remove, unpack

#: Notes on what was graded, in the course's folder.
NOTES = ".torchmarks/graded"


class Writer:
    """Writes what came of submissions of one assignment."""

    def __init__(self, course: Course, bundle: Bundle) -> None:
        self._course = course
        self._bundle = bundle
        self._notes = course.root / NOTES / bundle.assignment
        there: dict[str, Rows] = {}
        for student in course.students(bundle.assignment):
            undo = False
            expected = self._noted(student).get("expected")
            fresh, _ = _beside(self._folder(student))
            if expected and not fresh.exists():
                # They have changed places: did the transaction end?
                there = there or course.class_rows(bundle)
                undo = expected != written(there.get(student, {}))
            try:
                self._put_right(student, undo=undo)
            except OSError as error:
                raise CourseError(
                    f"{error.filename} cannot be written: {error.strerror}."
                ) from None

    def is_done(self, task: Task) -> bool:
        """Whether this very submission was graded with this very course, and that still stands."""
        noted = self._noted(task.student)
        if noted.get("digest") != task.digest or not task.rows.get("grade"):
            return False
        folder, files = self._folder(task.student), noted.get("files", [])
        return bool(files) and all(os.path.lexists(folder / name) for name in files)

    def write(self, task: Task, graded: Graded) -> None:
        """Write it; raises `CourseError` where the disk or the gradebook takes nothing."""
        folder = self._folder(task.student)
        fresh, old = _beside(folder)
        moved = False
        try:
            remove(fresh)
            folder.parent.mkdir(parents=True, exist_ok=True)
            if task.notebook != "*" and folder.is_dir():
                shutil.copytree(folder, fresh, symlinks=True)
                make_writable(fresh)
            fresh.mkdir(exist_ok=True)
            unpack(graded.files, fresh)
            with writing(self._course.engine) as connection:
                enter(connection, task.rows, graded.rows)
                self._remember(task, {"expected": written(graded.rows)})
                if folder.exists():
                    folder.rename(old)
                fresh.rename(folder)
                moved = True
            self._course.converter.set_permissions(self._bundle.assignment, task.student)
            self._remember(task, {"digest": task.digest, "files": _names(graded.files)})
            # The last of all: until here they can come back.
            remove(old)
        except OSError as error:
            with suppress(OSError):  # the next writer does it
                self._put_right(task.student, undo=False)
                folder.parent.rmdir()  # unless there is something in it
            raise CourseError(f"{folder} cannot be written: {error.strerror}.") from None
        except SQLAlchemyError as error:
            # The transaction is rolled back; so are the files.
            with suppress(OSError):
                self._put_right(task.student, undo=moved)
            raise CourseError(of_the_gradebook(error, self._bundle.assignment)) from None

    def _put_right(self, student: str, *, undo: bool) -> None:
        """Finish or `undo` a change of places that was cut off; may itself be cut off anywhere."""
        folder = self._folder(student)
        fresh, old = _beside(folder)
        if undo and folder.is_dir():
            folder.rename(fresh)
        if old.is_dir() and not folder.is_dir():
            old.rename(folder)
        # Before new files that wait are removed: they tell that those in place are the old ones.
        if "expected" in self._noted(student):
            self._note(student).unlink()
        remove(old)
        remove(fresh)

    def _folder(self, student: str) -> Path:
        return self._course.autograded(student, self._bundle.assignment)

    def _note(self, student: str) -> Path:
        # Of its latest grading, whichever notebooks that was for: the digest tells.
        return self._notes / f"{student}.json"

    def _noted(self, student: str) -> dict[str, Any]:
        try:
            noted = json.loads(self._note(student).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def _remember(self, task: Task, noted: dict[str, Any]) -> None:
        note = self._note(task.student)
        note.parent.mkdir(parents=True, exist_ok=True)
        fresh = note.with_suffix(".new")
        fresh.write_text(json.dumps(noted), "utf-8")
        fresh.replace(note)


def _beside(folder: Path) -> tuple[Path, Path]:
    """Where new files wait, and where old ones go; nbgrader does not look at hidden folders."""
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")


def _names(files: bytes) -> list[str]:
    """Names of all files in a tar."""
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        return [entry.name for entry in archive if not entry.isdir()]
