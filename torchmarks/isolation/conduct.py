"""Conducts one submission through its two phases: the session first, then the grader."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from torchmarks.isolation.clock import spent
from torchmarks.isolation.fitting import Fit
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.groundwork import GroundGone, Groundwork
from torchmarks.isolation.jobs import Job, Result
from torchmarks.isolation.parts import parts_in
from torchmarks.isolation.phase_one import PhaseOne
from torchmarks.isolation.phase_two import PhaseTwo
from torchmarks.isolation.sandbox import Room, Sandbox


class Conductor:
    """Runs one job in a room of the sandbox; on `work`, the grounds of its notebook, if it can."""

    def __init__(
        self, sandbox: Sandbox, grader: Grader, job: Job, work: Groundwork | None = None
    ) -> None:
        self._sandbox = sandbox
        self._grader = grader
        self._job = job
        self._work = work

    def run(self) -> dict[int, Result]:
        """Results of all code cells, by their position in the notebook."""
        work = self._work
        fit = work.fit(self._job) if work else None
        if work and fit:
            try:
                results = self._run(fit)
            except GroundGone:
                work.failures += 1
            else:
                work.failures = 0
                return results
        return self._run(None)

    def drawings(self) -> dict[str, bytes]:
        """What the figures of its cells look like, by their fingerprints; nothing is graded."""
        with self._room(records=True) as room, self._phase_one(room) as phase:
            phase.run()
            return room.drawings()

    def _run(self, fit: Fit | None) -> dict[int, Result]:
        with self._room(empty=fit is not None) as room, self._phase_one(room, fit) as phase:
            with spent("cells"):
                phase.run()
                room.begin_checks(end_session=fit is None or fit.begin is not None)
            with spent("checks"):
                graded = PhaseTwo(self._grader, self._job, phase.snapshots).run()
        # A process that ends with the sandbox looks like one that the student's code has ended.
        self._sandbox.demand()
        return phase.results | graded

    @contextlib.contextmanager
    def _room(self, *, records: bool = False, empty: bool = False) -> Iterator[Room]:
        job = self._job
        if not empty:
            self._sandbox.warm(parts_in(step.source for step in job.plan.steps))
        room = self._sandbox.open_room(
            job.files,
            job.limits,
            job.environment,
            job.shell,
            snapshots=1 + sum(step.asks for step in job.plan.steps),
            records=records,
            empty=empty,
        )
        try:
            yield room
        finally:
            # It ends while the marks are saved.
            self._sandbox.close_room(room, wait=False)

    @contextlib.contextmanager
    def _phase_one(self, room: Room, fit: Fit | None = None) -> Iterator[PhaseOne]:
        with contextlib.closing(PhaseOne(room, self._job, self._work, fit)) as phase:
            yield phase
