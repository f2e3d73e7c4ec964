"""`torchmarks grade`: a run from its options to its closing table."""

from __future__ import annotations

import os
import time
from pathlib import Path

from torchmarks.errors import CourseError
from torchmarks.grading.gather import Course
from torchmarks.grading.lanes import ClusterLanes, Lanes, LocalLanes
from torchmarks.grading.progress import watcher
from torchmarks.grading.run import Wish, run
from torchmarks.isolation.clock import spent


def grade_class(
    folder: Path,
    wish: Wish,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    as_json: bool = False,
) -> int:
    """Grade, and print what came of it; the exit status is 0 only if nothing was left ungraded."""
    if jobs is not None and jobs < 1:
        raise CourseError("--jobs needs a number of processes: 1 or more.")
    started = time.monotonic()
    course = Course(folder)
    told = watcher(wish.assignment, as_json=as_json)

    def lanes(submissions: int) -> Lanes:
        if scheduler:
            return ClusterLanes(scheduler)
        with spent("start"):
            return LocalLanes(min(jobs or _cores(), submissions), course.start_sandbox)

    try:
        outcomes = run(course, wish, lanes, told)
    finally:
        told.stop()
        course.close()
    told.end(outcomes, time.monotonic() - started, dry=wish.dry)
    return 1 if any(outcome.failure for outcome in outcomes) else 0


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
