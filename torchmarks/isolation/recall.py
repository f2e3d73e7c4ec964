"""Answers to a cell's visible checks, which its second run takes from the first.

So each check is put to the session once, as in a notebook that runs from top to bottom: the second
run goes on with the process that has answered the first.
"""

from __future__ import annotations

import pickle
from typing import Any

from torch import Tensor

from torchmarks.calls import Outcome
from torchmarks.isolation.hopeless import fingerprint
from torchmarks.isolation.parcels import CannotTravel, Reference, parcel
from torchmarks.isolation.records import record

#: Bytes of answers that are worth carrying from one run to the next.
_MOST = 4_000_000


class Recall:
    """Outcomes of checks by fingerprints of their calls; `earlier` is what the first run packed."""

    def __init__(self, earlier: bytes = b"") -> None:
        self._earlier: list[tuple[str, bytes]] = pickle.loads(earlier) if earlier else []
        self._noted: list[tuple[str, bytes]] = []
        self._complete = True

    @property
    def goes_on(self) -> bool:
        """Whether there is a first run to go on from."""
        return bool(self._earlier)

    def take(self, *call: Any) -> Outcome | None:
        """What came of the call in the first run; each answer is given once."""
        if not self._earlier:
            return None
        wanted = fingerprint(call)
        for place, (found, outcome) in enumerate(self._earlier):
            if found == wanted:
                del self._earlier[place]
                return pickle.loads(outcome)  # type: ignore[no-any-return]
        return None

    def note(self, outcome: Outcome, *call: Any) -> None:
        """Remember what came of a call."""
        if not self._complete:
            return
        try:
            found, packed = fingerprint(call), parcel(outcome, _stays_here)
        except CannotTravel:
            found = ""
        if found:
            self._noted.append((found, packed))
        else:
            self.forget()

    def forget(self) -> None:
        """The cell asks for more than checks do: its second run begins anew."""
        self._noted, self._complete = [], False

    def packed(self) -> bytes:
        """For the second run; empty if that has nothing to go on from."""
        if not self._noted or sum(len(outcome) for _, outcome in self._noted) > _MOST:
            return b""
        return pickle.dumps(self._noted)


def _stays_here(value: Any) -> Reference | None:
    # What is linked with the session, by a handle or by its gradient, cannot be carried.
    if record(value) is not None or (isinstance(value, Tensor) and value.requires_grad):
        raise CannotTravel
    return None
