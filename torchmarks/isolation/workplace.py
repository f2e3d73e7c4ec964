"""A workplace: a warm sandbox that was seen to confine, and a warm grader beside it."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from pathlib import Path

from torchmarks.conventions import CATALOGUE_VARIABLE
from torchmarks.errors import CourseError
from torchmarks.isolation.bubblewrap import shows
from torchmarks.isolation.clock import spent
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.groundwork import Groundwork
from torchmarks.isolation.sandbox import Sandbox
from torchmarks.isolation.selftest import confinement

#: Notebooks of other assignments whose grounds are kept, each in as many processes as it has
#: trusted cells.
_MOST_OTHERS = 4


@dataclass(frozen=True)
class Doors:
    """Where a sandbox and a grader are reached that another process has started.

    A grader serves any number of processes, a sandbox one: in some places the submissions of one
    sandbox could see each other's processes.
    """

    sandbox: Path
    grader: Path


class Workplace:
    """A warm sandbox and a warm grader, which grade one submission after the other."""

    def __init__(self, sandbox: Sandbox, grader: Grader) -> None:
        self.sandbox, self.grader = sandbox, grader
        self._confined: set[Path] = set()
        #: By the instructor's notebooks: when each was changed last, and its grounds.
        self._groundworks: dict[Path, tuple[int, Groundwork]] = {}

    @classmethod
    def start(cls, hidden: Path | None, unsafe: bool) -> Workplace:
        """Start both; raises `SandboxMissing`."""
        grader = Grader.start()
        try:
            return cls(Sandbox.start(hidden, unsafe=unsafe), grader)
        except BaseException:
            grader.close()
            raise

    @classmethod
    def reach(cls, doors: Doors, unsafe: bool) -> Workplace:
        """One that another process has started; raises `OSError` where there is none."""
        sandbox = Sandbox.reach(doors.sandbox, unsafe=unsafe)
        try:
            return cls(sandbox, Grader.reach(doors.grader))
        except OSError:
            sandbox.close()
            raise

    def demand_confinement(self, course: Path) -> None:
        """Let the sandbox prove, once for each course, that nothing gets out of it."""
        if not self.sandbox.unsafe and course not in self._confined:
            with spent("self-test"):
                confinement(self.sandbox, course).demand()
            self._confined.add(course)

    def keep(self, notebook: Path, work: Groundwork) -> None:
        """Keep the grounds of an instructor's notebook, instead of those before it was changed."""
        # A submission needs all notebooks of its assignment in turn; a formgrader runs for days.
        others = [kept for kept in self._groundworks if kept.parent != notebook.parent]
        surplus = others[: max(0, len(others) - _MOST_OTHERS)]
        for gone in {notebook, *surplus} & self._groundworks.keys():
            self._groundworks.pop(gone)[1].close()
        self._groundworks[notebook] = _changed(notebook), work

    def groundwork(self, notebook: Path) -> Groundwork | None:
        """The grounds of a notebook as it is now, if any were laid."""
        changed, work = self._groundworks.get(notebook, (0, None))
        return work if changed == _changed(notebook) else None

    def close(self) -> None:
        """End both."""
        for _, work in self._groundworks.values():
            work.close()
        self.sandbox.close()
        self.grader.close()

    @property
    def alive(self) -> bool:
        """Whether both still serve."""
        return self.sandbox.alive and self.grader.alive


@dataclass
class _Kept:
    """The one workplace of this process, and what it was made for."""

    key: tuple[object, ...] = ()
    workplace: Workplace | None = None
    doors: Doors | None = None
    #: Whether there was nobody behind the doors.
    gone: bool = False


_KEPT = _Kept()


class WorkplaceGone(CourseError):
    """What another process has started for this one is gone: the submission is graded again."""

    def __init__(self) -> None:
        super().__init__("The sandbox or the grader of this process is gone. Start grading again.")


def workplace(course: Path, unsafe: bool) -> Workplace:
    """The process's workplace: made at first, and anew when it died or the settings are others.

    It takes seconds to start, and nbgrader makes every object anew for each notebook.
    """
    # Most courses lie where no sandbox shows anything, and can share one.
    hidden = course if shows(course) else None
    key = (hidden, unsafe, os.getpid(), *_catalogue())
    found = _KEPT.workplace
    if found is None or not found.alive or key != _KEPT.key:
        if found is not None and key[2] == _KEPT.key[2]:
            found.close()
        with spent("sandbox start"):
            # Where another process has started one, only that one knows what it has to hide.
            found = _KEPT.workplace = (
                _reached(_KEPT.doors, unsafe) if _KEPT.doors else Workplace.start(hidden, unsafe)
            )
        _KEPT.key = key
        atexit.register(found.close)
    found.demand_confinement(course)
    return found


def use(doors: Doors) -> None:
    """Let this process use the workplace behind these doors, and no other."""
    _KEPT.doors = doors


def has_died() -> bool:
    """Whether the process had a workplace, and that is gone."""
    return _KEPT.gone or (_KEPT.workplace is not None and not _KEPT.workplace.alive)


def _reached(doors: Doors, unsafe: bool) -> Workplace:
    try:
        return Workplace.reach(doors, unsafe)
    except OSError:
        _KEPT.gone = True
        raise WorkplaceGone from None


def _catalogue() -> tuple[object, ...]:
    """Which known mistakes the grader has read: a formgrader runs for days while these change."""
    folder = os.environ.get(CATALOGUE_VARIABLE)
    files = sorted(Path(folder, "mistakes").glob("*.py")) if folder else []
    return (folder, *((file.name, _changed(file)) for file in files))


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns
