"""Where tasks run: each lane works on one at a time, and is replaced when it dies.

Local lanes are processes of this machine, one executor each, so that a death tells which submission
it was. A cluster's lanes are what its executor offers, and it replaces its workers by itself.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from torchmarks.errors import CourseError
from torchmarks.grading.tasks import Bundle, Graded, Task
from torchmarks.grading.worker import follow_the_driver, grade

#: What a future raises whose worker died. Dask's own come with its package.
DEATHS: list[type[BaseException]] = [BrokenProcessPool, CancelledError]


class Lanes(Protocol):
    """Takes tasks while a lane is free."""

    def free(self) -> bool:
        """Whether a task would start at once."""

    def submit(self, bundle: Bundle, task: Task) -> Future[Graded]:
        """Start a task."""

    def done(self, future: Future[Graded]) -> None:
        """Free the lane of a future that has ended."""

    def close(self) -> None:
        """End all lanes, and what runs in them."""


class LocalLanes:
    """Processes of this machine."""

    def __init__(self, jobs: int) -> None:
        self._idle = [_process() for _ in range(jobs)]
        self._busy: dict[Future[Graded], Executor] = {}

    def free(self) -> bool:
        """Whether a task would start at once."""
        return bool(self._idle)

    def submit(self, bundle: Bundle, task: Task) -> Future[Graded]:
        """Start a task."""
        executor = self._idle.pop(0)
        future = executor.submit(grade, bundle, task)
        self._busy[future] = executor
        return future

    def done(self, future: Future[Graded]) -> None:
        """Free the lane of a future that has ended; a dead one is made anew."""
        executor = self._busy.pop(future)
        if future.cancelled() or isinstance(future.exception(), tuple(DEATHS)):
            executor.shutdown(wait=False)
            executor = _process()
        self._idle.append(executor)

    def close(self) -> None:
        """End all processes."""
        for executor in (*self._idle, *self._busy.values()):
            _end(executor)


class ClusterLanes:
    """Workers of a Dask cluster, by the address of its scheduler."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise CourseError(
                "A cluster needs Dask: pip install 'torchmarks[cluster]', here and on its workers."
            ) from None
        DEATHS.append(KilledWorker)
        try:
            self._client = Client(address, timeout=20)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(f"No scheduler answers at {address}: {error}") from None
        self._executor: Executor = self._client.get_executor(retries=0, pure=False)
        self._busy: set[Future[Graded]] = set()

    def free(self) -> bool:
        """Whether a task would start soon: workers may come and go, so two wait for each."""
        return len(self._busy) < 2 * max(1, len(self._client.nthreads()))

    def submit(self, bundle: Bundle, task: Task) -> Future[Graded]:
        """Start a task."""
        future: Future[Graded] = self._executor.submit(grade, bundle, task)
        self._busy.add(future)
        return future

    def done(self, future: Future[Graded]) -> None:
        """Forget a future."""
        self._busy.discard(future)

    def close(self) -> None:
        """Leave the cluster; tasks of ours are cancelled."""
        for future in self._busy:
            future.cancel()
        self._client.close()


def _process() -> Executor:
    # Fresh processes: a fork would take this one's threads and connections along.
    return ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=follow_the_driver
    )


def _end(executor: Executor) -> None:
    processes: dict[int, Any] = getattr(executor, "_processes", None) or {}
    running = list(processes.values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in running:
        process.terminate()
    for process in running:
        process.join(5.0)
