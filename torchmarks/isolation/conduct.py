"""Conducts one submission through its two phases: the session first, then the grader.

Phase one runs all of the student's cells, and takes a snapshot where a trusted cell stands. When it
is over, its outputs are final and the session is ended; only the snapshots wait. Phase two lets the
grader ask them. So nothing that a test shows a session can find its way into an output.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from torchmarks.isolation.clock import spent
from torchmarks.isolation.displays import settled
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.names import bound, loaded
from torchmarks.isolation.plan import Kind, Plan, Step
from torchmarks.isolation.sandbox import Limits, Room, Sandbox, SandboxDied

#: Seconds that an interrupted cell has to stop before it is killed.
GRACE = 3.0
#: Seconds that a test's calls may take where the settings give no limit.
HOUR = 3600.0
#: Bytes of outputs of one cell; an honest session stops by itself before.
CELL_LIMIT = 16_000_000


@dataclass
class Result:
    """What came of one cell. `report` is the report of its marks, if it made some."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    ok: bool = True
    timed_out: bool = False
    count: int | None = None
    report: dict[str, Any] | None = None
    #: Fingerprints of calls that ran out of time: no need to wait for these once more.
    hopeless: list[str] = field(default_factory=list)
    #: Answers to visible checks, as the grader has packed them for its second run.
    answers: bytes = b""


@dataclass(frozen=True)
class Job:
    """All that is needed to run one submission's notebook."""

    plan: Plan
    files: bytes
    #: Where the grader's cells read files.
    folder: str
    #: Folders with modules of the instructor's.
    modules: tuple[str, ...] = ()
    timeout: float | None = 30.0
    interrupt: bool = True
    limits: Limits = field(default_factory=Limits)
    shell: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


class CellTimedOut(Exception):
    """A cell ran out of time, and the settings want no interrupt."""

    def __init__(self, position: int) -> None:
        super().__init__(f"cell {position}")
        self.position = position


class Conductor:
    """Runs one job in a room of the sandbox."""

    def __init__(self, sandbox: Sandbox, grader: Grader, job: Job) -> None:
        self._sandbox = sandbox
        self._grader = grader
        self._job = job
        self._results = {step.position: Result() for step in job.plan.steps}
        self._snapshots: dict[int, Channel] = {}
        self._resume: tuple[Channel, int] | None = None
        self._session_pid = 0

    def run(self) -> dict[int, Result]:
        """Results of all code cells, by their position in the notebook."""
        with self._room() as room:
            with spent("cells"):
                self._run_session(room)
                room.end_session()
                self._settle()
            with spent("checks"):
                self._run_grader()
        return self._results

    def drawings(self) -> dict[str, bytes]:
        """What the figures of its cells look like, by their fingerprints; nothing is graded."""
        with self._room(records=True) as room:
            self._run_session(room)
            return room.drawings()

    @contextlib.contextmanager
    def _room(self, *, records: bool = False) -> Iterator[Room]:
        job = self._job
        asking = sum(step.asks for step in job.plan.steps)
        room = self._sandbox.open_room(
            job.files,
            job.limits,
            job.environment,
            job.shell,
            snapshots=asking + 1,
            records=records,
        )
        try:
            yield room
        finally:
            for snapshot in self._snapshots.values():
                snapshot.close()
            if self._resume:
                self._resume[0].close()
            self._sandbox.close_room(room)

    # Phase one -------------------------------------------------------------------------------

    def _run_session(self, room: Room) -> None:
        try:
            self._session_pid = _number(room.session.receive(30.0).header.get("ready"))
        except ChannelError:
            if not self._sandbox.alive:
                raise SandboxDied from None
            raise CourseError(
                "A submission's room could not be opened: torchmarks doctor."
            ) from None
        steps = self._job.plan.steps
        alive = self._remember(room, 0)
        for index, step in enumerate(steps):
            if not alive:
                self._note_the_end(step)
                continue
            if step.imports:
                with contextlib.suppress(ChannelError):  # the next order tells of its end
                    room.session.send({"import": list(step.imports)}, seconds=5.0)
            if step.asks:
                alive = self._take_snapshot(room, step, index)
            if alive and step.kind is not Kind.GRADE:
                alive = self._run_cell(room, step) or self._go_on_without(room, index)

    def _settle(self) -> None:
        results = [self._results[step.position] for step in self._job.plan.steps]
        for result, outputs in zip(results, settled(r.outputs for r in results), strict=True):
            result.outputs = outputs

    def _remember(self, room: Room, index: int) -> bool:
        """Take a snapshot to go on from if a cell ends Python."""
        channel = self._fork(room)
        if channel is not None:
            self._resume = (channel, index)
        return channel is not None

    def _take_snapshot(self, room: Room, step: Step, index: int) -> bool:
        channel = self._fork(room)
        if channel is None:
            return self._go_on_without(room, index, again=step)
        self._keep(step, channel, index)
        return True

    def _keep(self, step: Step, channel: Channel, index: int) -> None:
        self._snapshots[step.position] = channel
        # The latest snapshot is also the best one to go on from.
        if self._resume and self._resume[0] not in self._snapshots.values():
            self._resume[0].close()
        self._resume = (channel, index)

    def _fork(self, room: Room) -> Channel | None:
        here, theirs = socket.socketpair()
        try:
            room.session.send({"snapshot": True}, descriptors=[theirs.fileno()], seconds=5.0)
            deadline = time.monotonic() + 20.0
            while True:
                told = room.session.receive(max(0.0, deadline - time.monotonic())).header
                if "snapshot" in told:
                    room.spare(_number(told["snapshot"]))
                    return Channel(here)
        except ChannelError:
            here.close()
            return None
        finally:
            theirs.close()

    def _run_cell(self, room: Room, step: Step) -> bool:
        """Run a cell in the session; False if that is gone then."""
        result = self._results[step.position] = Result()
        limit = self._job.timeout if self._job.timeout and self._job.timeout > 0 else None
        deadline = None if limit is None else time.monotonic() + limit
        size = 0
        try:
            room.session.send({"run": step.source, "cell": step.position}, seconds=10.0)
            while True:
                left = None if deadline is None else deadline - time.monotonic()
                try:
                    frame = room.session.receive(left, limit=CELL_LIMIT)
                except Late:
                    if result.timed_out:
                        room.signal(self._session_pid, signal.SIGKILL)
                        return False
                    if not self._job.interrupt:
                        raise CellTimedOut(step.position) from None
                    result.ok, result.timed_out = False, True
                    room.signal(self._session_pid, signal.SIGINT)
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
            result.outputs = [_error("OutputTooLarge", "The cell shows more than it may.")]
            result.ok = False
            room.signal(self._session_pid, signal.SIGKILL)
            return False
        except Closed:
            result.ok = False
            room.listen(0.3)
            result.outputs.append(self._how_it_ended(room))
            return False

    def _how_it_ended(self, room: Room) -> dict[str, Any]:
        status = room.exits.get(self._session_pid)
        limit, room.exceeded = room.exceeded, ""
        if limit:
            return _error("Killed", f"The cell took more {limit} than it may and was stopped.")
        if status is not None and os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return _error("Killed", f"The cell crashed Python ({name}).")
        return _error("Exited", "The cell ended Python: take out `os._exit` and the like.")

    def _go_on_without(self, room: Room, index: int, again: Step | None = None) -> bool:
        """After the end of Python: go on from the latest snapshot, without the cell that ended it.

        The cells between that snapshot and this one are run once more.
        """
        if self._resume is None:
            return False
        channel, since = self._resume
        here, theirs = socket.socketpair()
        try:
            room.session.close()
            room.session = Channel(here)
            channel.send({"become": True}, descriptors=[theirs.fileno()], seconds=5.0)
            self._session_pid = _number(room.session.receive(20.0).header.get("ready"))
        except ChannelError:
            return False
        finally:
            theirs.close()
        for step in self._job.plan.steps[since:index]:
            if step.kind is not Kind.GRADE and self._results[step.position].count is not None:
                kept = self._results[step.position]
                if not self._run_cell(room, step):
                    return False
                self._results[step.position] = kept
        return again is None or self._take_snapshot_once_more(room, again, index)

    def _take_snapshot_once_more(self, room: Room, step: Step, index: int) -> bool:
        channel = self._fork(room)
        if channel is not None:
            self._keep(step, channel, index)
        return channel is not None

    def _note_the_end(self, step: Step) -> None:
        if step.kind is not Kind.GRADE:
            self._results[step.position] = Result(
                [_error("NotRun", "Earlier code of the notebook had ended Python.")], ok=False
            )

    # Phase two -------------------------------------------------------------------------------

    def _run_grader(self) -> None:
        plan = self._job.plan
        if not any(step.kind is Kind.GRADE for step in plan.steps):
            return
        visible = self._trusted_run(full=False, earlier={})
        full = self._trusted_run(full=True, earlier=visible) if plan.has_hidden else {}
        for step in plan.steps:
            if step.kind is not Kind.GRADE:
                continue
            seen = visible.get(step.position) or Result([_broken()], ok=False)
            if not step.has_hidden:
                self._results[step.position] = seen
                continue
            whole = full.get(step.position) or Result([_broken()], ok=False)
            self._results[step.position] = _put_together(seen, whole)

    def _trusted_run(self, *, full: bool, earlier: dict[int, Result]) -> dict[int, Result]:
        steps = [s for s in self._job.plan.steps if s.kind is not Kind.STUDENT]
        if full:
            steps = _needed_in_full(steps)
        snapshots = [s.position for s in steps if s.position in self._snapshots]
        recalled = [
            s.position for s in steps if s.position in earlier and earlier[s.position].answers
        ]
        cells = [
            {
                "grade_id": s.grade_id,
                "source": s.source if full or s.visible is None else s.visible,
                "secret": full,
                "grade": s.kind is Kind.GRADE,
                "students": list(s.students),
                "snapshot": snapshots.index(s.position) if s.position in snapshots else None,
                "visible": earlier[s.position].report if s.position in earlier else None,
                "final": full or not s.has_hidden,
                "hopeless": earlier[s.position].hopeless if s.position in earlier else [],
                "recalled": recalled.index(s.position) if s.position in recalled else None,
            }
            for s in steps
        ]
        job = {
            "cells": cells,
            "seconds": self._job.timeout if self._job.timeout and self._job.timeout > 0 else HOUR,
            "folder": self._job.folder,
            "modules": list(self._job.modules),
            "environment": self._job.environment,
            "trusted": sorted(self._job.plan.trusted_names),
            "lines": sorted(self._job.plan.lines),
            "words": sorted(self._job.plan.words),
            "imports": self._job.plan.imports,
            "reads": sorted(self._job.plan.reads),
            "operators": sorted(self._job.plan.operators),
        }
        channel = self._grader.run(
            job,
            [earlier[p].answers for p in recalled],
            [self._snapshots[p] for p in snapshots],
        )
        results = {}
        try:
            for step in steps:
                frame = channel.receive(self._patience())
                told = frame.header
                if "broken" in told:
                    raise CourseError(
                        f"The grader failed at cell {step.grade_id}: {told['broken']}"
                    )
                results[step.position] = Result(
                    told["outputs"],
                    told["ok"],
                    report=told.get("report"),
                    hopeless=told["hopeless"],
                    answers=b"".join(frame.blobs),
                )
        except ChannelError:
            # A test that hangs or ends the grader: whatever came before it stands.
            pass
        finally:
            channel.close()
        return results

    def _patience(self) -> float | None:
        # Calls have limits, and a cell between its calls. This is for one that hangs all the same.
        return None if not self._job.timeout else 20 * self._job.timeout


def _needed_in_full(steps: list[Step]) -> list[Step]:
    """Cells with hidden tests, and of the others those whose names are read in a later one."""
    needed = []
    read: set[str] = set()
    for step in reversed(steps):
        if step.kind is Kind.LOCKED or step.has_hidden or bound(step.source) & read:
            needed.append(step)
            read |= loaded(step.source) - bound(step.source)
    return needed[::-1]


def _put_together(visible: Result, full: Result) -> Result:
    """One result of a cell that ran without its hidden tests and then with them."""
    printed = [
        o for o in visible.outputs if o.get("output_type") not in ("execute_result", "error")
    ]
    if full.report is not None or full.ok:
        return Result([*printed, *full.outputs], full.ok, report=full.report)
    # It failed. What the visible tests say of it may be told in full.
    errors = [o for o in visible.outputs if o.get("output_type") == "error"]
    return Result([*printed, *(errors or full.outputs)], ok=False)


def _error(name: str, sentence: str) -> dict[str, Any]:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": sentence,
        "traceback": [f"{name}: {sentence}"],
    }


def _broken() -> dict[str, Any]:
    return _error("NotGraded", "The test did not come to an end.")


def _number(value: object) -> int:
    return value if type(value) is int else 0
