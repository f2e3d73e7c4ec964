"""The one writer: files and rows of a submission take the place of the old ones, or nothing does.

The order is: new files beside the old ones, rows in a transaction, the files' change of places, the
transaction's end, the note that it is done. Whatever ends the program in between, the note is
missing, and so the submission is graded again.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from torchmarks.errors import CourseError
from torchmarks.grading.gather import Course, of_the_gradebook
from torchmarks.grading.rows import enter, writing
from torchmarks.grading.tasks import Bundle, Graded, Task, make_writable, remove, unpack

#: Notes on what was graded, in the course's folder.
NOTES = ".torchmarks/graded"


class Writer:
    """Writes what came of submissions of one assignment."""

    def __init__(self, course: Course, bundle: Bundle) -> None:
        self._course = course
        self._bundle = bundle
        self._notes = course.root / NOTES / bundle.assignment
        for student in course.students(bundle.assignment):
            _repair(course.autograded(student, bundle.assignment))

    def is_done(self, task: Task) -> bool:
        """Whether this very submission was graded with this very course, and that still stands."""
        try:
            noted = json.loads(self._note(task).read_text("utf-8"))["digest"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        stands = self._course.autograded(task.student, self._bundle.assignment).is_dir()
        return bool(noted == task.digest and stands and task.rows.get("grade"))

    def write(self, task: Task, graded: Graded) -> None:
        """Write it; raises `CourseError` where the disk or the gradebook takes nothing."""
        folder = self._course.autograded(task.student, self._bundle.assignment)
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
                self._forget(task)
                if folder.exists():
                    folder.rename(old)
                fresh.rename(folder)
                moved = True
            self._course.converter.set_permissions(self._bundle.assignment, task.student)
            remove(old)
            self._remember(task)
        except OSError as error:
            _repair(folder)
            with suppress(OSError):  # there is something else in it
                folder.parent.rmdir()
            raise CourseError(f"{folder} cannot be written: {error.strerror}.") from None
        except SQLAlchemyError as error:
            # The transaction is rolled back; so are the files.
            if moved:
                remove(folder)
            _repair(folder)
            raise CourseError(of_the_gradebook(error, self._bundle.assignment)) from None

    def _note(self, task: Task) -> Path:
        # Of its latest grading, whichever notebooks that was for: the digest tells.
        return self._notes / f"{task.student}.json"

    def _remember(self, task: Task) -> None:
        note = self._note(task)
        note.parent.mkdir(parents=True, exist_ok=True)
        fresh = note.with_suffix(".new")
        fresh.write_text(json.dumps({"digest": task.digest}), "utf-8")
        fresh.replace(note)

    def _forget(self, task: Task) -> None:
        self._note(task).unlink(missing_ok=True)


def _beside(folder: Path) -> tuple[Path, Path]:
    """Where new files wait, and where old ones go; nbgrader does not look at hidden folders."""
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")


def _repair(folder: Path) -> None:
    """Finish or undo a change of places that was cut off."""
    fresh, old = _beside(folder)
    if old.is_dir() and not folder.is_dir():
        old.rename(folder)
    remove(old)
    remove(fresh)
