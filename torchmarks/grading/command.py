"""`torchmarks grade`: a run from its options to its closing table."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from torchmarks.errors import CourseError
from torchmarks.grading.gather import Course
from torchmarks.grading.lanes import ClusterLanes, Lanes, LocalLanes, cores
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
    told = watcher(wish.assignment, as_json=as_json)
    with ExitStack() as stack:
        course = stack.enter_context(closing(Course(folder)))
        stack.callback(told.stop)

        def lanes(submissions: int) -> Lanes:
            if scheduler:
                return stack.enter_context(closing(ClusterLanes(scheduler)))
            with spent("start"):
                most = min(jobs or cores(), submissions)
                try:
                    return stack.enter_context(closing(LocalLanes(most, course.start_sandbox)))
                except OSError as error:
                    raise CourseError(_not_started(error)) from None

        outcomes = run(course, wish, lanes, told)
    told.end(outcomes, time.monotonic() - started, dry=wish.dry)
    return 1 if any(outcome.failure for outcome in outcomes) else 0


def _not_started(error: OSError) -> str:
    if "AF_UNIX path too long" in str(error):
        return (
            f"{tempfile.gettempdir()} is too long a name for the folder of temporary files: "
            "processes speak through sockets in it. Set TMPDIR to a shorter one, such as /tmp."
        )
    return f"Processes that grade do not start here ({error}). Try --jobs 1."
