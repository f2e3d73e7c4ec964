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
import tempfile
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy.exc import SQLAlchemyError
from traitlets.utils.importstring import import_item

from torchmarks.errors import CourseError
from torchmarks.grading.reasons import of_a_file, of_the_gradebook
from torchmarks.grading.rows import digest, of_assignment, of_class, open_gradebook
from torchmarks.grading.tasks import DIRECTORIES, Bundle, Rows, Task, outline, pack, pack_named
from torchmarks.isolation.arrivals import clear, is_clear, set_aside
from torchmarks.isolation.execute import IsolatedExecute
from torchmarks.isolation.repair import SubmissionExporter
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
        self.engine = open_gradebook(app.coursedir.db_url)

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
            raise CourseError(f"The course cannot be read: {of_a_file(error)}.") from None
        versions = [importlib.metadata.version(name) for name in _VERSIONS]
        told = hashlib.sha256("\0".join([digest(rows), *versions, sys.version]).encode())
        told.update(course)
        return Bundle(assignment, course, tuple(settings), rows, told.hexdigest(), str(self.root))

    def class_rows(self, bundle: Bundle) -> dict[str, Rows]:
        """What the gradebook holds of each student's submission."""
        try:
            with self.engine.connect() as connection:
                return of_class(connection, bundle.assignment)
        except SQLAlchemyError as error:
            raise CourseError(of_the_gradebook(error, bundle.assignment)) from None

    def is_clear(self, bundle: Bundle, student: str) -> bool:
        """Whether nothing of a submission is to be set aside."""
        source = self.source(bundle.assignment)
        return is_clear(self.submitted(student, bundle.assignment), source, **self._limits)

    def task(
        self, bundle: Bundle, student: str, notebook: str, rows: Rows, *, moves: bool = True
    ) -> Task:
        """All of one submission; `rows` is what the gradebook holds of it. Raises `OSError`.

        What must be set aside is moved, or only left out.
        """
        folder = self.submitted(student, bundle.assignment)
        files = self._files(folder, bundle, moves or self.is_clear(bundle, student))
        notebooks = sorted(folder.glob("*.ipynb"), key=lambda n: (n.lstat().st_mtime, n.name))
        # An extension changes a penalty, and so the marks.
        submissions = rows.get("submitted_assignment", ())
        extensions = [str(row["extension"]) for row in submissions if row["extension"]]
        told = hashlib.sha256()
        for part in (bundle.digest.encode(), notebook.encode(), *map(str.encode, extensions)):
            told.update(part + b"\0")
        told.update(files)
        by_age = tuple(n.name for n in notebooks)
        return Task(student, notebook, files, rows, told.hexdigest(), by_age)

    def _files(self, folder: Path, bundle: Bundle, moves: bool) -> bytes:
        most = self._most_of_a_notebook
        if moves:
            self._clear(folder, bundle.assignment)
            return pack(folder, empty_if_unreadable=True, most_of_a_notebook=most)
        with tempfile.TemporaryDirectory(prefix="torchmarks-dry-") as scratch:
            copy = Path(scratch, *folder.parts[-2:])
            copy.parent.mkdir()
            outline(folder, copy)
            self._clear(copy, bundle.assignment)
            left = {path.relative_to(copy) for path in copy.rglob("*")}
        return pack(folder, empty_if_unreadable=True, only=left, most_of_a_notebook=most)

    def _clear(self, folder: Path, assignment: str) -> None:
        """Set aside what nbgrader must not see, whatever hook the course has.

        A task holds no link that leads out.
        """
        try:
            clear(folder, self.source(assignment), **self._limits)
        except Exception as error:
            reason = f"a file in it cannot be moved ({error}): chmod -R u+rwX {folder.parent}"
            raise PermissionError(errno.EACCES, reason, str(folder)) from None

    @property
    def _limits(self) -> dict[str, int]:
        """What the course has changed of the hook's own limits."""
        hook = self.converter.pre_convert_hook
        ours = isinstance(hook, partial) and hook.func is set_aside
        return dict(hook.keywords) if ours else {}

    @cached_property
    def _most_of_a_notebook(self) -> int | None:
        """Bytes by which a worker's exporter sees that it is too large to be read."""
        config = self.converter.config
        exporter = config.Autograde.get("exporter_class", SubmissionExporter)
        exporter = import_item(exporter) if isinstance(exporter, str) else exporter
        if not issubclass(exporter, SubmissionExporter):
            return None  # the course's own, which may have no limit
        return int(exporter(config=config).max_bytes) + 1

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
        taken = self._steps()
        for folder in [self.root, *self.root.iterdir()]:
            if folder.name.startswith(".") or folder.name in _NOT_MODULES:
                continue
            if not folder.is_dir() or any((folder / sign).exists() for sign in _ENVIRONMENT):
                continue
            for directory, below, names in os.walk(folder):
                here = Path(directory)
                if here.resolve() in taken or here == self.root:
                    below.clear()
                if here.resolve() not in taken:
                    found = (here / name for name in names if name.endswith(".py"))
                    yield from ((str(path.relative_to(self.root)), path) for path in found)

    def _steps(self) -> set[Path]:
        """The folders of all steps, however the course names them."""
        parts = Path(self.directory.directory_structure).parts
        ends = [n for n, part in enumerate(parts, 1) if "{nbgrader_step}" in part]
        # What is below that is a student's, or an assignment's.
        structure = os.path.join(*parts[: ends[-1] if ends else len(parts)])
        found = set()
        for name in DIRECTORIES:
            step = glob.escape(getattr(self.directory, name))
            pattern = structure.format(nbgrader_step=step, student_id="*", assignment_id="*")
            found |= {Path(path).resolve() for path in glob.glob(pattern, root_dir=self.root)}
        return found

    def _folder(self, step: str, student: str, assignment: str) -> Path:
        return Path(self.directory.format_path(step, student, assignment))
