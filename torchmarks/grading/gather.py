"""The driver's reading: what is to be graded, packed so that a worker needs nothing else."""

from __future__ import annotations

import errno
import glob
import hashlib
import importlib.metadata
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from torchmarks.errors import CourseError
from torchmarks.grading.rows import digest, of_assignment, of_class, open_gradebook
from torchmarks.grading.tasks import DIRECTORIES, Bundle, Rows, Task, pack, pack_named
from torchmarks.isolation.arrivals import clear_path, set_aside
from torchmarks.isolation.execute import IsolatedExecute
from torchmarks.isolation.sandbox import Sandbox

SETTINGS = ("nbgrader_config.py", "nbgrader_config.json")
#: Folders in which no module of the course lies.
_NOT_MODULES = ("build", "dist", "downloaded", "node_modules")
#: What lies in a folder that holds a Python of its own.
_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")
#: Packages whose other version may give other marks.
_VERSIONS = ("torch", "numpy", "nbgrader", "ipython", "torchmarks")


class Course:
    """An nbgrader course directory, as its settings describe it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder.resolve()
        if not any((self.root / name).is_file() for name in SETTINGS):
            raise CourseError(
                f"{self.root} is no nbgrader course: it has no nbgrader_config.py. "
                "Go to the course's folder, or name it: torchmarks --course FOLDER grade …"
            )
        os.chdir(self.root)
        app = NbGrader()
        app.initialize([], root=str(self.root))
        app.log.setLevel(logging.WARNING)
        self.directory: CourseDirectory = app.coursedir
        self.converter = Autograde(coursedir=app.coursedir, parent=app)
        self.engine: Engine = open_gradebook(app.coursedir.db_url)

    def start_sandbox(self, door: Path) -> Sandbox:
        """Start a sandbox for this course, without waiting for it."""
        unsafe = IsolatedExecute(parent=self.converter).unsafe_no_sandbox
        return Sandbox.start(self.root, unsafe=unsafe, door=door, wait=False)

    def close(self) -> None:
        """Close the gradebook."""
        self.engine.dispose()

    def submitted(self, student: str, assignment: str) -> Path:
        """Folder of what a student has handed in."""
        return self._folder(self.directory.submitted_directory, student, assignment)

    def autograded(self, student: str, assignment: str) -> Path:
        """Folder of what came of it."""
        return self._folder(self.directory.autograded_directory, student, assignment)

    def source(self, assignment: str) -> Path:
        """Folder of the instructor's notebooks."""
        return self._folder(self.directory.source_directory, ".", assignment)

    def students(self, assignment: str, only: str = "*") -> list[str]:
        """Who has handed it in, in the order of their names."""
        step = self.directory.submitted_directory
        pattern = self.directory.format_path(
            step, "(?P<student>.*)", re.escape(assignment), escape=True
        )
        excluded = self.directory.student_id_exclude.split(",")
        students = []
        for folder in sorted(glob.glob(self.directory.format_path(step, only, assignment))):
            found = re.fullmatch(pattern, folder)
            if found and os.path.isdir(folder) and found["student"] not in excluded:
                students.append(found["student"])
        return students

    def bundle(self, assignment: str) -> Bundle:
        """What all tasks of the assignment have in common."""
        try:
            with self.engine.connect() as connection:
                rows = of_assignment(connection, assignment)
        except SQLAlchemyError as error:
            raise CourseError(of_the_gradebook(error, assignment)) from None
        settings = self._settings()
        try:
            course = pack_named(dict(self._modules()) | self._source(assignment) | settings)
        except OSError as error:
            raise CourseError(f"{error.filename} cannot be read: {error.strerror}.") from None
        versions = [importlib.metadata.version(name) for name in _VERSIONS]
        told = hashlib.sha256("\0".join([digest(rows), *versions, sys.version]).encode())
        told.update(course)
        return Bundle(assignment, course, tuple(settings), rows, told.hexdigest(), str(self.root))

    def class_rows(self, bundle: Bundle) -> dict[str, Rows]:
        """What the gradebook holds of each student's submission."""
        with self.engine.connect() as connection:
            return of_class(connection, bundle.assignment)

    def task(self, bundle: Bundle, student: str, notebook: str, rows: Rows) -> Task:
        """All of one submission; `rows` is what the gradebook holds of it. Raises `OSError`."""
        folder = self.submitted(student, bundle.assignment)
        self._clear(folder, student, bundle.assignment)
        files = pack(folder, empty_if_unreadable=True)
        notebooks = sorted(folder.glob("*.ipynb"), key=lambda n: (n.lstat().st_mtime, n.name))
        # An extension changes a penalty, and so the marks.
        submissions = rows.get("submitted_assignment", ())
        extensions = [str(row["extension"]) for row in submissions if row["extension"]]
        parts = [bundle.digest.encode(), notebook.encode(), *map(str.encode, extensions)]
        told = hashlib.sha256(b"\0".join([*parts, files])).hexdigest()
        return Task(student, notebook, files, rows, told, tuple(n.name for n in notebooks))

    def _clear(self, folder: Path, student: str, assignment: str) -> None:
        """What nbgrader does before it reads a submission, with the course's own hook."""
        clear_path(folder, self.source(assignment))
        hook = self.converter.pre_convert_hook
        # Its limits may have been changed; and a task holds no link that leads out, whoever asks.
        hook = hook if getattr(hook, "func", hook) is set_aside else set_aside
        notebooks = [str(path) for path in folder.glob("*.ipynb")]
        if notebooks:
            hook(assignment, student, notebooks)
            if not notebooks:
                reason = f"a file in it cannot be moved: chmod -R u+rwX {folder.parent}"
                raise PermissionError(errno.EACCES, reason, str(folder))

    def _settings(self) -> dict[str, Path]:
        """Files with settings by the name that they get in a bundle; the course's own come last."""
        elsewhere = [Path(folder, name) for folder in jupyter_config_path() for name in SETTINGS]
        found = [path for path in reversed(elsewhere) if path.is_file()]
        named = {f".settings/{n}/{path.name}": path for n, path in enumerate(found)}
        own = {name: self.root / name for name in SETTINGS if (self.root / name).is_file()}
        return named | own

    def _source(self, assignment: str) -> dict[str, Path]:
        """The assignment's source, by names as nbgrader has them where nothing else is set."""
        source = self.source(assignment)
        found = (Path(path) for path in find_all_files(str(source), self.directory.ignore))
        return {f"source/{assignment}/{path.relative_to(source)}": path for path in found}

    def _modules(self) -> Iterator[tuple[str, Path]]:
        """What the course has of Python: hooks, plugins, mistakes."""
        taken = {Path(getattr(self.directory, name)).parts[0] for name in DIRECTORIES}
        for folder in [self.root, *self.root.iterdir()]:
            if folder.name.startswith(".") or folder.name in {*taken, *_NOT_MODULES}:
                continue
            if folder.is_dir() and not any((folder / sign).exists() for sign in _ENVIRONMENT):
                found = folder.glob("*.py") if folder == self.root else folder.rglob("*.py")
                yield from ((str(path.relative_to(self.root)), path) for path in found)

    def _folder(self, step: str, student: str, assignment: str) -> Path:
        return Path(self.directory.format_path(step, student, assignment))


def of_the_gradebook(error: SQLAlchemyError, assignment: str) -> str:
    """What an error of the gradebook means, and what mends it."""
    reason = str(getattr(error, "orig", error)).splitlines()[0]
    if "no such table" in reason or "does not exist" in reason:
        return f"The gradebook is empty: nbgrader generate_assignment {assignment}"
    if "locked" in reason:
        return "The gradebook is locked by another program: close it, and start again."
    return f"The gradebook cannot be read ({reason}): nbgrader db upgrade may mend it."
