"""A workplace: a warm sandbox that was seen to confine, and a warm grader beside it."""

from __future__ import annotations

import atexit
import os
from functools import lru_cache
from pathlib import Path

from torchmarks.catalogue import CATALOGUE_VARIABLE
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


@lru_cache(maxsize=1)
def _kept(hidden: Path | None, unsafe: bool, settings: tuple[str, ...]) -> Workplace:
    workplace = Workplace(hidden, unsafe)
    atexit.register(workplace.close)
    return workplace


def workplace(course: Path, unsafe: bool) -> Workplace:
    """The process's workplace: made at first, and anew when it died or the settings are others."""
    settings = (str(os.environ.get(CATALOGUE_VARIABLE)), str(os.getpid()))
    # Most courses lie where no sandbox shows anything, and can share one.
    hidden = course if shows(course) else None
    found = _kept(hidden, unsafe, settings)
    if not found.alive:
        _kept.cache_clear()
        found = _kept(hidden, unsafe, settings)
    found.demand_confinement(course)
    return found
