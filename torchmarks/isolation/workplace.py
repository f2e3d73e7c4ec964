"""A workplace: a warm sandbox that was seen to confine, and a warm grader beside it."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from pathlib import Path

from torchmarks.catalogue import CATALOGUE_VARIABLE
from torchmarks.isolation.clock import spent
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.sandbox import Sandbox, shows
from torchmarks.isolation.selftest import confinement


class Workplace:
    """A warm sandbox and a warm grader, which grade one submission after the other."""

    def __init__(self, hidden: Path | None, unsafe: bool) -> None:
        self.grader = Grader()
        self._confined: set[Path] = set()
        try:
            self.sandbox = Sandbox(hidden, unsafe=unsafe)
        except BaseException:
            self.grader.close()
            raise

    def demand_confinement(self, course: Path) -> None:
        """Let the sandbox prove, once for each course, that nothing gets out of it."""
        if not self.sandbox.unsafe and course not in self._confined:
            with spent("self-test"):
                confinement(self.sandbox, course).demand()
            self._confined.add(course)

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
            found = _KEPT.workplace = Workplace(hidden, unsafe)
        _KEPT.key = key
        atexit.register(found.close)
    found.demand_confinement(course)
    return found


def _catalogue() -> tuple[object, ...]:
    """Which known mistakes the grader has read: a formgrader runs for days while these change."""
    folder = os.environ.get(CATALOGUE_VARIABLE)
    files = sorted(Path(folder, "mistakes").glob("*.py")) if folder else []
    return (folder, *((file.name, file.stat().st_mtime_ns) for file in files))
