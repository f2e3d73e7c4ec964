"""How far a submission stands on the grounds of its notebook.

As far as each of its cells either is the instructor's, unchanged and in its place, or only defines
(`inert.py`); and as long as no cell of the instructor's uses what the student's define. Then the
order of the two makes no difference: the instructor's cells have run before the submission came,
and what they showed is what they show.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from torchmarks.isolation.channel import Channel
from torchmarks.isolation.inert import BUILT_IN, LOOKS_AROUND, definitions, use
from torchmarks.isolation.jobs import Result
from torchmarks.isolation.names import imported
from torchmarks.isolation.plan import Kind, Step


@dataclass
class Laid:
    """What has run of the instructor's cells, solutions left out."""

    steps: tuple[Step, ...]
    #: Numbers of these cells where all run, by their places.
    numbers: tuple[int, ...]
    #: Outputs of the cells that have run, and grounds, both by their places in `steps`.
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict, init=False)
    grounds: dict[int, Channel] = field(default_factory=dict, init=False)


@dataclass(frozen=True)
class Entry:
    """Where a snapshot or a session begins: the ground `place`, and what is defined there."""

    index: int
    step: Step
    place: int
    #: Cells that define, with their numbers.
    definitions: tuple[tuple[int, str], ...]
    #: Number of the next cell.
    count: int


@dataclass(frozen=True)
class Fit:
    """How far a submission stands on the grounds."""

    #: Snapshots that begin there.
    entries: list[Entry]
    #: What came of the cells before `begin`, by their positions.
    results: dict[int, Result]
    #: Where the session begins, for all cells from there on; None if no cell is left.
    begin: Entry | None


class Walk:
    """Goes through a submission's cells as far as they stand on the grounds."""

    def __init__(self, laid: Laid, steps: tuple[Step, ...]) -> None:
        self._laid = laid
        self._steps = steps
        self._numbers = numbers(steps)
        #: What the instructor's cells have imported so far, and all that they have bound and read.
        self._imports: dict[str, str] = {}
        self._bound: set[str] = set()
        self._loaded: set[str] = set()
        #: Names that the student's cells bind, and those that they read when they run.
        self._theirs: set[str] = set()
        self._read: set[str] = set()
        self._definitions: list[tuple[int, str]] = []
        self._results: dict[int, Result] = {}

    def fit(self) -> Fit | None:
        """How far they stand; None if not at all."""
        place, number = 0, 0
        entries: list[Entry] = []
        for index, step in enumerate(self._steps):
            ground = self._laid.steps[place] if place < len(self._laid.steps) else None
            if ground is not None and _same(step, ground):
                if not self._takes(step, place):
                    break
                if step.asks:
                    so_far = tuple(self._definitions)
                    entries.append(Entry(index, step, place, so_far, number + 1))
                place += 1
            elif step.kind is not Kind.STUDENT or not self._defines(step):
                break
            number = self._numbers[step.position]
        else:
            return Fit(entries, self._results, None) if entries else None
        if not entries or not entries[-1].index:
            return None
        *before, last = entries
        left = [s.source for s in self._steps[last.index :] if s.kind is not Kind.GRADE]
        if any(LOOKS_AROUND.search(source) for source in left):
            return None  # it could tell in which order the cells before have run
        kept = {s.position for s in self._steps[: last.index]}
        results = {p: result for p, result in self._results.items() if p in kept}
        return Fit(before, results, last)

    def _takes(self, step: Step, place: int) -> bool:
        """Whether a cell of the instructor's does the same here as on the ground."""
        done = use(step.source)
        if done is None or (step.asks and place not in self._laid.grounds):
            return False
        if step.kind is Kind.GRADE:
            # It does not run here, but for its imports.
            imports = {n: t for n, t in done.imports.items() if n in imported(step.source)}
            bound, loaded = frozenset(imported(step.source)), frozenset[str]()
        else:
            imports, bound, loaded = done.imports, done.bound, done.loaded
            if done.changed & self._imports.keys():
                return False
        if (bound | loaded) & self._theirs:
            return False
        same = {n for n, target in imports.items() if self._imports.get(n) == target}
        if (bound - same) & self._read:
            return False
        self._bound |= bound
        self._loaded |= loaded
        kept = {n: t for n, t in self._imports.items() if n not in bound}
        self._imports = kept | imports
        if step.kind is Kind.GRADE:
            return True
        outputs, number = self._laid.outputs.get(place), self._numbers[step.position]
        if outputs is None or number != self._laid.numbers[place]:
            return False
        self._results[step.position] = Result(copy.deepcopy(outputs), count=number)
        return True

    def _defines(self, step: Step) -> bool:
        """Whether a cell of the student's only defines, whatever the ground has run."""
        found = definitions(step.source)
        if found is None:
            return False
        # A name that it imports as the instructor's cells did stands for the same as before.
        new = {n for n, t in found.imports.items() if self._imports.get(n) != t}
        if (new | found.made) & self._loaded:  # functions of the instructor's may read it
            return False
        built_in = BUILT_IN - self._bound - self._theirs
        if not found.read <= self._imports.keys() | self._theirs | built_in:
            return False
        available = self._imports | found.imports
        for name, package in found.used.items():
            if name in self._theirs or available.get(name, "").split(".")[0] != package:
                return False
        self._theirs |= new | found.made
        self._read |= found.read | found.used.keys() | found.imports.keys()
        number = self._numbers[step.position]
        self._definitions.append((number, step.source))
        self._results[step.position] = Result(count=number)
        return True


def _same(step: Step, ground: Step) -> bool:
    return (step.kind, step.source, step.grade_id) == (ground.kind, ground.source, ground.grade_id)


def numbers(steps: Iterable[Step]) -> dict[int, int]:
    """Numbers of cells when all have run, by their positions; a blank one has the last one's."""
    found, last = {}, 0
    for step in steps:
        if step.kind is not Kind.GRADE and step.source and not step.source.isspace():
            last += 1
        found[step.position] = last
    return found
