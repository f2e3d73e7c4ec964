"""A worker's side: nbgrader itself grades one submission, in a course that holds nothing else.

The course lies in a scratch folder: settings and sources of the real one, a gradebook of one
assignment and one student, one submission. So all that nbgrader does is done by nbgrader, and a
worker needs no disk in common with anyone. The sandbox and the grader stay warm between tasks.
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ExecutePreprocessor
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine
from traitlets.config import Config
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader
from traitlets.utils.importstring import import_item

from torchmarks.grading.log import TaskLog
from torchmarks.grading.quick import make_nbgrader_quick
from torchmarks.grading.reports import told
from torchmarks.grading.rows import add_rows, make_gradebook, of_student
from torchmarks.grading.tasks import DIRECTORIES, Bundle, Graded, Task, pack, remove, unpack
from torchmarks.isolation.clock import SPENT, spent
from torchmarks.isolation.configuration import configure
from torchmarks.isolation.execute import IsolatedExecute
from torchmarks.isolation.workplace import Doors, has_died, use

#: nbgrader changes the working folder and the environment, which a process has once.
_ONE_AT_A_TIME = threading.Lock()
#: A gradebook of the assignment and no student, of which each submission gets a copy.
_TEMPLATE = ".gradebook-of-nobody.db"


@dataclass
class _Place:
    """The scratch course that this process keeps, and whose it is."""

    digest: str = ""
    folder: Path | None = None
    config: Config | None = None
    #: Where it is made.
    within: Path | None = None


_PLACE = _Place()


class WorkplaceDied(Exception):
    """The sandbox or the grader of this process is gone, and nothing came of the task."""


def begin(folder: Path, doors: Doors) -> None:
    """In a process of the driver's machine: use its workplace, and end when it ends.

    The driver may be killed, and cannot clear its folder then.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver ends this process
    use(doors)
    _PLACE.within = folder
    driver = parent_process()

    def wait() -> None:
        if driver is not None:
            driver.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def grade(bundle: Bundle, task: Task) -> Graded:
    """Grade one submission; never raises for anything that is in it."""
    with _ONE_AT_A_TIME:
        started, before = time.perf_counter(), dict(SPENT)
        graded = Graded(task.student)
        try:
            folder, config = _course(bundle)
        except Exception as error:
            graded.failure = f"the course cannot be set up: {type(error).__name__}: {error}"
            return graded
        log = TaskLog(str(folder), bundle.root)
        try:
            _grade(folder, config, bundle, task, graded, log)
        except (NbGraderException, SystemExit) as error:
            graded.failure = log.reason or str(error) or "nbgrader gave no reason"
        except Exception as error:
            graded.failure = f"{type(error).__name__}: {error}"
        if graded.failure and has_died():
            raise WorkplaceDied
        graded.log = log.text
        graded.repaired = tuple(log.warnings(task.student))
        graded.seconds |= {phase: s - before.get(phase, 0.0) for phase, s in SPENT.items()}
        graded.seconds["all"] = time.perf_counter() - started
        return graded


def _grade(
    folder: Path, config: Config, bundle: Bundle, task: Task, graded: Graded, log: TaskLog
) -> None:
    app = NbGrader()
    app.update_config(config)
    directory = CourseDirectory(parent=app, root=str(folder))
    directory.assignment_id, directory.student_id = bundle.assignment, _literal(task.student)
    directory.notebook_id = task.notebook
    gradebook = folder / "gradebook.db"
    directory.db_url = f"sqlite:///{gradebook}"
    submitted, autograded = (
        Path(directory.format_path(step, task.student, bundle.assignment))
        for step in (directory.submitted_directory, directory.autograded_directory)
    )
    with spent("files"):
        for kept in (submitted, autograded):
            remove(kept)
        unpack(task.files, submitted)
        for age, name in enumerate(reversed(task.by_age)):
            path = submitted / name
            if path.is_file() and not path.is_symlink():
                os.utime(path, (time.time() - age, time.time() - age))
    with spent("gradebook"):
        shutil.copyfile(folder / _TEMPLATE, gradebook)
        add_rows(gradebook, task.rows)
    converter = Autograde(coursedir=directory, parent=app)
    converter.log = log
    app.log = log
    with log.listening():
        converter.start()
    with spent("gradebook"):
        engine = create_engine(directory.db_url)
        graded.rows = of_student(engine, task.student)
        engine.dispose()
    graded.verdicts, graded.reasons = told(autograded)
    with spent("files"):
        graded.files = pack(autograded)
        remove(submitted)
        remove(autograded)


def _course(bundle: Bundle) -> tuple[Path, Config]:
    """The scratch course of the bundle, made at the first task, and its settings."""
    _prepare()
    if _PLACE.folder is None or _PLACE.config is None or _PLACE.digest != bundle.digest:
        _leave()
        _PLACE.folder = Path(tempfile.mkdtemp(prefix="torchmarks-grade-", dir=_PLACE.within))
        unpack(bundle.course, _PLACE.folder)
        make_gradebook(_PLACE.folder / _TEMPLATE, bundle.rows)
        _PLACE.digest, _PLACE.config = bundle.digest, _settings(bundle, _PLACE.folder)
    return _PLACE.folder, _PLACE.config


@cache
def _prepare() -> None:
    atexit.register(_leave)
    make_nbgrader_quick()


def _leave() -> None:
    """Forget the scratch course, and what was imported from it: another may have other hooks."""
    folder, _PLACE.folder, _PLACE.config = _PLACE.folder, None, None
    if folder is None:
        return
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}"):
            del sys.modules[name]
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]
    importlib.invalidate_caches()
    remove(folder)


def _settings(bundle: Bundle, folder: Path) -> Config:
    # As nbgrader finds them: in the course's folder, which is also where its modules are.
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    config = Config()
    configure(config)  # also where the course does not ask for it
    for name in bundle.settings:
        path = folder / name
        loader = JSONFileConfigLoader if path.suffix == ".json" else PyFileConfigLoader
        config.merge(loader(path.name, str(path.parent)).load_config())
    # Here all lies in this folder, wherever the course has it.
    for name in ("root", "db_url", "directory_structure", *DIRECTORIES):
        config.CourseDirectory.pop(name, None)
    steps = [
        import_item(step) if isinstance(step, str) else step
        for step in config.Autograde.autograde_preprocessors
    ]
    config.Autograde.autograde_preprocessors = [
        IsolatedExecute if _runs_unprotected(step) else step for step in steps
    ]
    if steps and config.Autograde.get("sanitize_preprocessors", True):
        # A notebook is checked after the last step, and not after each. nbconvert needs a last one.
        config.Exporter.setdefault("optimistic_validation", True)
    return config


def _runs_unprotected(step: Any) -> bool:
    """Whether a step would run a notebook where it stands."""
    runs = isinstance(step, type) and issubclass(step, ExecutePreprocessor)
    return runs and not issubclass(step, IsolatedExecute)


def _literal(student: str) -> str:
    """nbgrader takes the name of a student for a pattern."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in student)
