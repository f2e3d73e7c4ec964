"""The driver's end of the grounds of one notebook, and which of its submissions may begin on them.

A submission may as far as each of its cells either is the instructor's, unchanged and in its place,
or only defines (`inert.py`); and as long as no cell of the instructor's uses what the student's
define. Then the order of the two makes no difference: the instructor's cells have run before the
submission came, and what they showed is what they show.
"""

from __future__ import annotations

import copy
import io
import re
import socket
import tarfile
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.inert import BUILT_IN, LOOKS_AROUND, definitions, use
from torchmarks.isolation.jobs import Job, Result
from torchmarks.isolation.names import imported
from torchmarks.isolation.plan import Kind, Step
from torchmarks.isolation.sandbox import Room, Sandbox

#: Seconds that a cell may take where the settings give no limit.
_HOUR = 3600.0
#: Seconds to start a process on a ground.
_ENTRY = 20.0
#: Submissions in a row that cannot begin before none is tried any more.
_MOST_FAILURES = 5
#: What a submission may bring along besides the files of the source, unseen by any cell.
_UNSEEN = frozenset({"timestamp.txt"})
#: Words of what sees other files than those of the source, or is one for each submission.
_KEEPS_OFF = re.compile(
    r"\b(listdir|scandir|iterdir|walk|r?glob|exists|is_file|is_dir"
    r"|async|asyncio|await|builtins|displayhook|excepthook|getpass|mmap|stderr|stdin|stdout)\b"
)


class GroundGone(Exception):
    """A submission cannot begin on its ground after all."""


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


@dataclass
class Groundwork:
    """The grounds of one notebook."""

    steps: tuple[Step, ...]
    #: Numbers of these cells where all run, by their places.
    numbers: tuple[int, ...]
    files: dict[str, bytes]
    environment: dict[str, str]
    #: Outputs of the cells that have run, and grounds, both by their places in `steps`.
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    grounds: dict[int, Channel] = field(default_factory=dict)
    #: What was drawn, by fingerprints of the figures.
    pictures: dict[str, bytes] = field(default_factory=dict)
    #: How many submissions in a row could not begin.
    failures: int = 0

    @classmethod
    def lay(cls, sandbox: Sandbox, job: Job, solutions: Container[int]) -> Groundwork:
        """Run the instructor's own notebook, but for its `solutions`, by their positions."""
        numbers = _numbers(job.plan.steps)
        kept = [s for s in job.plan.steps if s.position not in solutions]
        work = cls(
            tuple(kept),
            tuple(numbers[step.position] for step in kept),
            _files(job.files),
            job.environment,
        )
        if not sandbox.unsafe and not job.shell:
            work._lay(sandbox, job)
        return work

    @property
    def is_complete(self) -> bool:
        """Whether all of the cells have run."""
        return all(p in self.outputs for p, s in enumerate(self.steps) if s.kind is not Kind.GRADE)

    def close(self) -> None:
        """Let go of the grounds."""
        for ground in self.grounds.values():
            ground.close()

    def know(self, cells: list[str]) -> None:
        """Let sessions that begin on these grounds know cells of the release, and the pictures."""
        for ground in self.grounds.values():
            with suppress(ChannelError):  # told when something is to begin there
                ground.send(
                    {"cells": cells, "pictures": list(self.pictures)}, list(self.pictures.values())
                )

    def fit(self, job: Job) -> Fit | None:
        """How far a submission stands on these grounds; None if not at all."""
        if self.failures >= _MOST_FAILURES:  # what keeps them off is no student's annotation
            return None
        if job.shell or job.environment != self.environment or not self._has_files(job.files):
            return None
        return _Walk(self, job.plan.steps).fit()

    def enter(self, entry: Entry, room: Room, connection: socket.socket, *, begins: bool) -> None:
        """Let a process begin on a ground, as a session or as a snapshot; raises `GroundGone`."""
        order = {
            "room": room.order,
            "definitions": entry.definitions,
            "count": entry.count,
            "begins": begins,
        }
        if not room.spaces:
            raise GroundGone
        try:
            self.grounds[entry.place].send(
                order, descriptors=[connection.fileno(), *room.spaces], seconds=5.0
            )
        except ChannelError:
            raise GroundGone from None

    def _lay(self, sandbox: Sandbox, job: Job) -> None:
        seconds = job.timeout if job.timeout and job.timeout > 0 else _HOUR
        waiting: dict[int, Channel] = {}
        doors: list[socket.socket] = []
        for place, step in enumerate(self.steps):
            if step.asks:
                ours, door = socket.socketpair()
                waiting[place] = Channel(ours)
                doors.append(door)
        numbers = {place: number for number, place in enumerate(waiting)}
        ours, theirs = socket.socketpair()
        report = Channel(ours)
        order = {"environment": self.environment, "seconds": seconds, **asdict(job.limits)}
        try:
            sandbox.order({"lay": True, **order}, job.files, [theirs, *doors])
            with suppress(ChannelError):  # a cell has ended it; what is there is good
                self._run_all(report, waiting, numbers, seconds + _ENTRY)
                report.send({"end": True}, seconds=5.0)
                drawn = report.receive(_ENTRY)
                self.pictures = dict(zip(drawn.header["drawn"], drawn.blobs, strict=True))
        finally:
            for channel in (report, *waiting.values()):
                channel.close()

    def _run_all(
        self, report: Channel, waiting: dict[int, Channel], doors: dict[int, int], seconds: float
    ) -> None:
        """Let the cells run, as far as forks of them share nothing."""
        for place, step in enumerate(self.steps):
            # One at a time: no ground knows of a cell that its submissions do not have.
            if step.asks:
                told = {"door": doors[place], "imports": list(step.imports)}
                report.send(told, seconds=5.0)
                if "refused" in report.receive(seconds).header:
                    return
                self.grounds[place] = waiting.pop(place)
            if step.kind is not Kind.GRADE:
                if not _may_run_before(step.source):
                    return
                report.send({"source": step.source, "count": self.numbers[place]}, seconds=5.0)
                ran = report.receive(seconds).header
                if "refused" in ran:
                    return
                self.outputs[place] = ran["outputs"]

    def _has_files(self, packed: bytes) -> bool:
        theirs = _files(packed)
        return (
            all(theirs.get(name) == content for name, content in self.files.items())
            and theirs.keys() - self.files.keys() <= _UNSEEN
        )


class _Walk:
    """Goes through a submission's cells as far as they stand on the grounds."""

    def __init__(self, work: Groundwork, steps: tuple[Step, ...]) -> None:
        self._work = work
        self._steps = steps
        self._numbers = _numbers(steps)
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
        place, number = 0, 0
        entries: list[Entry] = []
        for index, step in enumerate(self._steps):
            ground = self._work.steps[place] if place < len(self._work.steps) else None
            if ground is not None and _same(step, ground):
                if not self._takes(step, place):
                    break
                if step.asks:
                    definitions = tuple(self._definitions)
                    entries.append(Entry(index, step, place, definitions, number + 1))
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
        if done is None or (step.asks and place not in self._work.grounds):
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
        outputs, number = self._work.outputs.get(place), self._numbers[step.position]
        if outputs is None or number != self._work.numbers[place]:
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


def _may_run_before(source: str) -> bool:
    return use(source) is not None and not _KEEPS_OFF.search(source)


def _same(step: Step, ground: Step) -> bool:
    return (step.kind, step.source, step.grade_id) == (ground.kind, ground.source, ground.grade_id)


def _numbers(steps: Iterable[Step]) -> dict[int, int]:
    """Numbers of cells when all have run, by their positions; a blank one has the last one's."""
    numbers, last = {}, 0
    for step in steps:
        if step.kind is not Kind.GRADE and step.source and not step.source.isspace():
            last += 1
        numbers[step.position] = last
    return numbers


def _files(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {entry.name: archive.extractfile(entry) for entry in archive}
        return {name: file.read() for name, file in files.items() if file is not None}
