"""A workplace: a warm sandbox that was seen to confine, and a warm grader beside it."""

from __future__ import annotations

import atexit
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from torchmarks.catalogue import CATALOGUE_VARIABLE
from torchmarks.isolation.clock import spent
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.sandbox import Sandbox, shows
from torchmarks.isolation.selftest import confinement

#: Names of the doors in their folder.
_SANDBOX, _GRADER = "sandbox", "grader"


class Workplace:
    """A warm sandbox and a warm grader, which grade one submission after the other."""

    def __init__(self, sandbox: Sandbox, grader: Grader) -> None:
        self.sandbox, self.grader = sandbox, grader
        self._confined: set[Path] = set()
        #: Whether it is for this process to run the instructor's notebooks for their figures.
        self.learns = True
        self._graded: Counter[object] = Counter()

    @classmethod
    def start(cls, hidden: Path | None, unsafe: bool, doors: Path | None = None) -> Workplace:
        """Start both; others can reach them by two doors in the folder `doors`."""
        grader = Grader.start(doors / _GRADER if doors else None)
        try:
            sandbox = Sandbox.start(hidden, unsafe=unsafe, door=doors / _SANDBOX if doors else None)
        except BaseException:
            grader.close()
            raise
        return cls(sandbox, grader)

    @classmethod
    def reach(cls, doors: Path, unsafe: bool) -> Workplace:
        """One that another process has started, and that was seen to confine."""
        sandbox = Sandbox.reach(doors / _SANDBOX, unsafe=unsafe)
        return cls(sandbox, Grader.reach(doors / _GRADER))

    def demand_confinement(self, course: Path) -> None:
        """Let the sandbox prove, once for each course, that nothing gets out of it."""
        if not self.sandbox.unsafe and course not in self._confined:
            with spent("self-test"):
                confinement(self.sandbox, course).demand()
            self._confined.add(course)

    def is_worth_learning(self, notebook: Path) -> bool:
        """Whether to run the instructor's notebook now: once, when a class seems to come."""
        key = notebook, notebook.stat().st_mtime_ns
        self._graded[key] += 1
        return self.learns and self._graded[key] == 2

    def close(self) -> None:
        """End both."""
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


_KEPT = _Kept()


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
            found = _KEPT.workplace = Workplace.start(hidden, unsafe)
        _KEPT.key = key
        atexit.register(found.close)
    found.demand_confinement(course)
    return found


def _catalogue() -> tuple[object, ...]:
    """Which known mistakes the grader has read: a formgrader runs for days while these change."""
    folder = os.environ.get(CATALOGUE_VARIABLE)
    files = sorted(Path(folder, "mistakes").glob("*.py")) if folder else []
    return (folder, *((file.name, file.stat().st_mtime_ns) for file in files))
