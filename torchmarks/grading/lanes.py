"""Where tasks run: each lane works on one at a time, and is replaced when it dies.

Local lanes are processes of this machine, one executor each, so that a death tells which submission
it was. They share one warm grader. A cluster's lanes are what its executor offers, and it replaces
its workers by itself.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from torchmarks.errors import CourseError
from torchmarks.grading import begin_to_import
from torchmarks.grading.tasks import Bundle, Graded, Task
from torchmarks.grading.worker import WorkplaceDied, begin, grade
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.sandbox import Sandbox
from torchmarks.isolation.workplace import Doors

#: Seconds to wait for a scheduler that does not answer, or that is gone and may come back.
PATIENCE = 20
#: Seconds to wait where a cluster has no worker at all.
LONELY = 600.0

Answer = TypeVar("Answer")


class Lanes(Protocol):
    """Takes tasks while a lane is free."""

    #: What a future raises whose worker died.
    deaths: tuple[type[BaseException], ...]

    def free(self) -> bool:
        """Whether a task would start at once."""

    def submit(self, bundle: Bundle, task: Task) -> Future[Graded]:
        """Start a task."""

    def done(self, future: Future[Graded]) -> None:
        """Free the lane of a future that has ended."""

    def close(self) -> None:
        """End all lanes, and what runs in them."""


@dataclass(frozen=True)
class _Lane:
    """A process that works on one task at a time."""

    number: int
    executor: Executor


class LocalLanes:
    """Processes of this machine. `start` starts a sandbox for each, without waiting for it."""

    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool, CancelledError, WorkplaceDied)

    def __init__(self, jobs: int, start: Callable[[Path], Sandbox]) -> None:
        self._start = start
        #: For doors and scratch courses; gone when the lanes are.
        self._folder = Path(tempfile.mkdtemp(prefix="torchmarks-grade-"))
        self._idle: list[_Lane] = []
        self._busy: dict[Future[Graded], _Lane] = {}
        #: By the number of the lane.
        self._sandboxes: dict[int, Sandbox] = {}
        self._grader: Grader | None = None
        try:
            # All of these warm up at once.
            begin_to_import()
            self._start_grader()
            for number in range(jobs):
                self._start_sandbox(number)
            for number in range(jobs):
                self._idle.append(self._lane(number))
            for sandbox in self._sandboxes.values():
                sandbox.wait()
        except BaseException:
            self.close()
            raise

    def free(self) -> bool:
        """Whether a task would start at once."""
        return bool(self._idle)

    def submit(self, bundle: Bundle, task: Task) -> Future[Graded]:
        """Start a task."""
        lane = self._idle.pop(0)
        try:
            future = lane.executor.submit(grade, bundle, task)
        except BrokenProcessPool:  # it died before it had anything to do
            lane = self._anew(lane)
            try:
                future = lane.executor.submit(grade, bundle, task)
            except BrokenProcessPool:
                raise CourseError(
                    "Processes that grade do not start here. Is memory left? Try --jobs 1."
                ) from None
        self._busy[future] = lane
        return future

    def done(self, future: Future[Graded]) -> None:
        """Free the lane of a future that has ended; a dead one is made anew."""
        lane = self._busy.pop(future)
        if future.cancelled() or isinstance(future.exception(), self.deaths):
            lane = self._anew(lane)
        self._idle.append(lane)

    def close(self) -> None:
        """End all processes."""
        for lane in (*self._idle, *self._busy.values()):
            _end(lane.executor)
        for sandbox in self._sandboxes.values():
            sandbox.close(0.0)
        if self._grader:
            self._grader.close(0.0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _anew(self, lane: _Lane) -> _Lane:
        _end(lane.executor)
        self._sandboxes[lane.number].close(0.0)
        self._start_sandbox(lane.number)
        if self._grader and not self._grader.alive:
            self._grader.close()
            self._start_grader()
        return self._lane(lane.number)

    def _doors(self, number: int) -> Doors:
        return Doors(self._folder / f"sandbox-{number}", self._folder / "grader")

    def _start_grader(self) -> None:
        self._grader = Grader.start(self._doors(0).grader)

    def _start_sandbox(self, number: int) -> None:
        self._sandboxes[number] = self._start(self._doors(number).sandbox)

    def _lane(self, number: int) -> _Lane:
        # Forks of a process that has imported all of it, and has no threads and no connections.
        context = multiprocessing.get_context("forkserver")
        arguments = self._folder, self._doors(number)
        executor = ProcessPoolExecutor(1, mp_context=context, initializer=begin, initargs=arguments)
        executor.submit(os.getpid)
        return _Lane(number, executor)


class ClusterLanes:
    """Workers of a Dask cluster, by the address of its scheduler.

    Whatever asks a scheduler that is gone raises `CourseError`.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise CourseError(
                "A cluster needs Dask: pip install 'torchmarks[cluster]', here and on its workers."
            ) from None
        self.deaths: tuple[type[BaseException], ...] = (CancelledError, WorkplaceDied, KilledWorker)
        try:
            self._client = Client(address, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(
                f"No scheduler answers at {address}: {error}. `dask scheduler` starts one."
            ) from None
        # It would tell in words of its own, and with a traceback, what we tell in a sentence.
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        self._executor: Executor = self._client.get_executor(retries=0, pure=False)
        self._busy: set[Future[Graded]] = set()

    def free(self) -> bool:
        """Whether a task would start soon: workers may come and go, so two wait for each.

        Waits for the first worker; raises `CourseError` where none comes.
        """
        given_up = time.monotonic() + LONELY
        while not (workers := self._ask(self._client.nthreads)):
            if time.monotonic() > given_up:
                raise CourseError(
                    f"No worker has come to {self._address} in {LONELY:g} seconds: "
                    f"dask worker {self._address} starts one."
                )
            time.sleep(0.2)
        return len(self._busy) < 2 * len(workers)

    def submit(self, bundle: Bundle, task: Task) -> Future[Graded]:
        """Start a task."""
        future: Future[Graded] = self._ask(lambda: self._executor.submit(grade, bundle, task))
        self._busy.add(future)
        return future

    def done(self, future: Future[Graded]) -> None:
        """Forget a future."""
        self._busy.discard(future)

    def close(self) -> None:
        """Leave the cluster; tasks of ours are cancelled."""
        for future in self._busy:
            future.cancel()
        with suppress(OSError, RuntimeError):
            self._client.close()

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            answer = question()
        except Exception as error:
            if isinstance(error, OSError | RuntimeError) or self._has_given_up():
                raise self._gone() from None
            raise
        # It may still take a task, which would never end.
        if self._has_given_up():
            raise self._gone()
        return answer

    def _has_given_up(self) -> bool:
        return self._client.status in ("closing", "closed")

    def _gone(self) -> CourseError:
        return CourseError(
            f"The scheduler at {self._address} is gone. What is graded is kept: "
            "start it and grade again."
        )


def cores() -> int:
    """Cores that this process may use: as many lanes keep them busy."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _end(executor: Executor) -> None:
    processes: dict[int, Any] = getattr(executor, "_processes", None) or {}
    running = list(processes.values())
    # First of all, or one that is just starting would complain that its queue is gone.
    for process in running:
        process.kill()
    for process in running:
        process.join(5.0)
    executor.shutdown(wait=False, cancel_futures=True)
