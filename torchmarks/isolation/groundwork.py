"""The driver's end of the grounds of one notebook: lays them, and lets submissions begin there."""

from __future__ import annotations

import io
import re
import socket
import tarfile
from collections.abc import Container
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.fitting import Entry, Fit, Laid, Walk, numbers
from torchmarks.isolation.inert import use
from torchmarks.isolation.jobs import Job
from torchmarks.isolation.parts import parts_in
from torchmarks.isolation.plan import Kind
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


@dataclass
class Groundwork(Laid):
    """The grounds of one notebook."""

    files: dict[str, bytes]
    environment: dict[str, str]
    #: Of torch, those that need no import in what begins here.
    parts: frozenset[str]
    #: What was drawn, by fingerprints of the figures.
    pictures: dict[str, bytes] = field(default_factory=dict, init=False)
    #: How many submissions in a row could not begin.
    failures: int = field(default=0, init=False)

    @classmethod
    def lay(cls, sandbox: Sandbox, job: Job, solutions: Container[int]) -> Groundwork:
        """Run the instructor's own notebook, but for its `solutions`, by their positions."""
        number = numbers(job.plan.steps)
        kept = [s for s in job.plan.steps if s.position not in solutions]
        # What a demonstration uses is there from then on: only what a test may lead to counts.
        asked = (s for s in job.plan.steps if s.position in solutions or s.kind is Kind.GRADE)
        work = cls(
            tuple(kept),
            tuple(number[step.position] for step in kept),
            _files(job.files),
            job.environment,
            parts_in(step.source for step in asked),
        )
        if not sandbox.unsafe and not job.shell:
            sandbox.warm(work.parts)
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
        own = {step.source for step in self.steps}
        if not parts_in(s.source for s in job.plan.steps if s.source not in own) <= self.parts:
            return None  # its checks would wait for an import, each within its time limit
        return Walk(self, job.plan.steps).fit()

    def enter(self, entry: Entry, room: Room, connection: socket.socket, *, begins: bool) -> None:
        """Let a process begin on a ground, as a session or as a snapshot; raises `GroundGone`."""
        if not room.spaces:
            raise GroundGone
        order = {
            "room": room.order,
            "definitions": entry.definitions,
            "count": entry.count,
            "begins": begins,
        }
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
        door_of = {place: door for door, place in enumerate(waiting)}
        ours, theirs = socket.socketpair()
        report = Channel(ours)
        order = {"environment": self.environment, "seconds": seconds, **asdict(job.limits)}
        try:
            sandbox.order({"lay": True, **order}, job.files, [theirs, *doors])
            with suppress(ChannelError):  # a cell has ended it; what is there is good
                self._run_all(report, waiting, door_of, seconds + _ENTRY)
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


def _may_run_before(source: str) -> bool:
    return use(source) is not None and not _KEEPS_OFF.search(source)


def _files(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {entry.name: archive.extractfile(entry) for entry in archive}
        return {name: file.read() for name, file in files.items() if file is not None}
