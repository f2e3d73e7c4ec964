"""Calls that ran out of time in the first run of a cell, and are not waited for in the second."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from torchmarks.calls import NoAnswer
from torchmarks.isolation.parcels import CannotTravel, Reference, parcel
from torchmarks.isolation.records import record


class Hopeless:
    """Knows calls by fingerprints of function and arguments; `earlier` are the first run's."""

    def __init__(self, earlier: Iterable[str] = ()) -> None:
        self._earlier = frozenset(earlier)
        self.found: list[str] = []

    def knows(self, *call: Any) -> bool:
        """Whether this call ran out of time before."""
        return bool(self._earlier) and fingerprint(call) in self._earlier

    def note(self, *call: Any) -> None:
        """Remember that this call ran out of time."""
        found = fingerprint(call)
        if found:
            self.found.append(found)


def fingerprint(call: tuple[Any, ...]) -> str:
    """The same for the same call in each run of a cell; empty if that cannot be told."""
    try:
        return hashlib.sha256(parcel(call, _by_name)).hexdigest()
    except (CannotTravel, NoAnswer):
        return ""  # it is put once more


def _by_name(value: Any) -> Reference | None:
    """An object of the session by its name: its number is another one in the next run."""
    found = record(value)
    if found is None:
        return None
    if not found.name:
        raise CannotTravel
    return (-1, found.name)
