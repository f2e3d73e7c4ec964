"""Phase one: the session runs all of the student's cells, with a snapshot for each trusted one.

When it is over, the outputs are final and only the snapshots wait. A cell that ends Python does not
end the notebook: it goes on from the latest snapshot.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from typing import Any

from torchmarks.errors import CourseError
from torchmarks.isolation.channel import (
    Channel,
    ChannelError,
    Closed,
    Late,
    Malformed,
    TooLarge,
)
from torchmarks.isolation.displays import settled
from torchmarks.isolation.fitting import Entry, Fit
from torchmarks.isolation.groundwork import GroundGone, Groundwork
from torchmarks.isolation.jobs import Job, Result, failure
from torchmarks.isolation.plan import Kind, Step
from torchmarks.isolation.sandbox import Room

#: Seconds that an interrupted cell has to stop before it is killed.
GRACE = 3.0
#: Bytes of outputs of one cell; an honest session stops by itself before.
CELL_LIMIT = 16_000_000


class CellTimedOut(Exception):
    """A cell ran out of time, and the settings want no interrupt."""

    def __init__(self, position: int) -> None:
        super().__init__(f"cell {position}")
        self.position = position


class PhaseOne:
    """Runs the student's cells of one job in a room."""

    def __init__(self, room: Room, job: Job, work: Groundwork | None, fit: Fit | None) -> None:
        self._room = room
        self._job = job
        self._work, self._fit = work, fit
        self.results = {step.position: Result() for step in job.plan.steps}
        #: By the positions of the trusted cells that they were taken for.
        self.snapshots: dict[int, Channel] = {}
        self._resume: tuple[Channel, int] | None = None
        self._session_pid = 0

    def close(self) -> None:
        """Let go of the snapshots."""
        for snapshot in self.snapshots.values():
            snapshot.close()
        if self._resume:
            self._resume[0].close()

    def run(self) -> None:
        """Run all of it; outputs are final then."""
        steps = self._job.plan.steps
        first = self._begin()
        alive = first < len(steps) and self._remember(first)
        for index, step in enumerate(steps):
            if index < first:
                continue
            if not alive:
                self._note_the_end(step)
                continue
            if step.imports:
                with contextlib.suppress(ChannelError):  # the next order tells of its end
                    self._room.session.send({"import": list(step.imports)}, seconds=5.0)
            if step.asks:
                alive = self._take_snapshot(step, index)
            if alive and step.kind is not Kind.GRADE:
                alive = self._run_cell(step) or self._go_on_without(index)
        self._settle()

    def _begin(self) -> int:
        """Let the session be there; the index of the first cell that it is to run."""
        if self._fit is None or self._work is None:
            try:
                self._await_session()
            except ChannelError:
                raise CourseError(
                    "A submission's room could not be opened: torchmarks doctor."
                ) from None
            return 0
        self.results |= self._fit.results
        begun = [(entry, self._enter(self._work, entry)) for entry in self._fit.entries]
        for entry, channel in begun:
            self._keep(entry.step, channel, entry.index)
        for _, channel in begun:
            try:
                number = _number(channel.receive(20.0).header.get("snapshot"))
                self._room.spare(number, waits=True)
            except ChannelError:
                raise GroundGone from None
        begin, unused = self._fit.begin, self._room.unused
        if begin is None or unused is None:
            return len(self._job.plan.steps)
        self._work.enter(begin, self._room, unused, begins=True)
        unused.close()
        try:
            self._await_session()
        except ChannelError:
            raise GroundGone from None
        return begin.index

    def _enter(self, work: Groundwork, entry: Entry) -> Channel:
        here, theirs = socket.socketpair()
        channel = self.snapshots[entry.step.position] = Channel(here)
        with theirs:
            work.enter(entry, self._room, theirs, begins=False)
        return channel

    def _await_session(self) -> None:
        self._session_pid = _number(self._room.session.receive(30.0).header.get("ready"))

    def _settle(self) -> None:
        results = [self.results[step.position] for step in self._job.plan.steps]
        for result, outputs in zip(results, settled(r.outputs for r in results), strict=True):
            result.outputs = outputs

    def _remember(self, index: int) -> bool:
        """Take a snapshot to go on from if a cell ends Python."""
        channel = self._fork()
        if channel is not None:
            self._resume = (channel, index)
        return channel is not None

    def _take_snapshot(self, step: Step, index: int) -> bool:
        channel = self._fork()
        if channel is None:
            return self._go_on_without(index, again=step)
        self._keep(step, channel, index)
        return True

    def _keep(self, step: Step, channel: Channel, index: int) -> None:
        self.snapshots[step.position] = channel
        # The latest snapshot is also the best one to go on from.
        if self._resume and self._resume[0] not in self.snapshots.values():
            self._resume[0].close()
        self._resume = (channel, index)

    def _fork(self) -> Channel | None:
        here, theirs = socket.socketpair()
        try:
            self._room.session.send({"snapshot": True}, descriptors=[theirs.fileno()], seconds=5.0)
            deadline = time.monotonic() + 20.0
            while True:
                told = self._room.session.receive(max(0.0, deadline - time.monotonic())).header
                if "snapshot" in told:
                    self._room.spare(_number(told["snapshot"]))
                    return Channel(here)
        except ChannelError:
            here.close()
            return None
        finally:
            theirs.close()

    def _run_cell(self, step: Step) -> bool:
        """Run a cell in the session; False if that is gone then."""
        result = self.results[step.position] = Result()
        limit = self._job.timeout if self._job.timeout and self._job.timeout > 0 else None
        deadline = None if limit is None else time.monotonic() + limit
        size = 0
        try:
            self._room.session.send({"run": step.source, "cell": step.position}, seconds=10.0)
            while True:
                left = None if deadline is None else deadline - time.monotonic()
                try:
                    frame = self._room.session.receive(left, limit=CELL_LIMIT)
                except Late:
                    if result.timed_out:
                        self._room.signal(self._session_pid, signal.SIGKILL)
                        return False
                    if not self._job.interrupt:
                        raise CellTimedOut(step.position) from None
                    result.ok, result.timed_out = False, True
                    self._room.signal(self._session_pid, signal.SIGINT)
                    deadline = time.monotonic() + GRACE
                    continue
                told = frame.header
                outputs = told.get("outputs")
                if isinstance(outputs, list):
                    size += len(str(outputs))
                    result.outputs += outputs
                if size > CELL_LIMIT:
                    raise TooLarge
                if told.get("done") == step.position:
                    result.ok = told.get("ok") is True and not result.timed_out
                    result.count = _number(told.get("count"))
                    return True
        except (TooLarge, Malformed):
            result.outputs = [failure("OutputTooLarge", "The cell shows more than it may.")]
            result.ok = False
            self._room.signal(self._session_pid, signal.SIGKILL)
            return False
        except Closed:
            result.ok = False
            result.outputs.append(self._how_it_ended())
            return False

    def _how_it_ended(self) -> dict[str, Any]:
        status, limit = self._room.how_it_ended(self._session_pid)
        if limit:
            return failure("Killed", f"The cell took more {limit} than it may and was stopped.")
        if status is not None and os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return failure("Killed", f"The cell crashed Python ({name}).")
        return failure("Exited", "The cell ended Python: take out `os._exit` and the like.")

    def _go_on_without(self, index: int, again: Step | None = None) -> bool:
        """After the end of Python: go on from the latest snapshot, without the cell that ended it.

        The cells between that snapshot and this one are run once more.
        """
        if self._resume is None:
            return False
        channel, since = self._resume
        here, theirs = socket.socketpair()
        try:
            self._room.session.close()
            self._room.session = Channel(here)
            channel.send({"become": True}, descriptors=[theirs.fileno()], seconds=5.0)
            self._session_pid = _number(self._room.session.receive(20.0).header.get("ready"))
        except ChannelError:
            return False
        finally:
            theirs.close()
        for step in self._job.plan.steps[since:index]:
            if step.kind is not Kind.GRADE and self.results[step.position].count is not None:
                kept = self.results[step.position]
                if not self._run_cell(step):
                    return False
                self.results[step.position] = kept
        return again is None or self._take_snapshot_once_more(again, index)

    def _take_snapshot_once_more(self, step: Step, index: int) -> bool:
        channel = self._fork()
        if channel is not None:
            self._keep(step, channel, index)
        return channel is not None

    def _note_the_end(self, step: Step) -> None:
        if step.kind is not Kind.GRADE:
            self.results[step.position] = Result(
                [failure("NotRun", "Earlier code of the notebook had ended Python.")], ok=False
            )


def _number(value: object) -> int:
    return value if type(value) is int else 0
