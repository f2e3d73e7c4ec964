"""The driver: hands submissions to lanes, takes back what came of them, and has it written.

A submission whose worker dies is tried once more; after the second death it is set aside with the
reason, and the class goes on.
"""

from __future__ import annotations

import fcntl
import fnmatch
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from torchmarks.errors import CourseError
from torchmarks.grading.changes import Change, changes
from torchmarks.grading.gather import Course
from torchmarks.grading.lanes import Lanes
from torchmarks.grading.log import TaskLog
from torchmarks.grading.reasons import of_a_file
from torchmarks.grading.tasks import Bundle, Graded, Task
from torchmarks.grading.writer import Writer
from torchmarks.isolation.clock import spent

#: Deaths of workers after which a submission is set aside.
MOST_DEATHS = 2
KILLED = "the process that graded it was killed twice"


@dataclass(frozen=True)
class Wish:
    """What is to be graded, and how."""

    assignment: str
    student: str = "*"
    notebook: str = "*"
    force: bool = False
    #: Write nothing; tell what would change.
    dry: bool = False


@dataclass
class Outcome:
    """What came of one submission."""

    student: str
    score: float | None = None
    points: float = 0.0
    failure: str = ""
    repaired: tuple[str, ...] = ()
    verdicts: dict[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


class Watcher(Protocol):
    """Whoever wants to know how it goes."""

    def begin(self, total: int, skipped: int) -> None:
        """So many are to be graded; so many are done already."""

    def took(self, outcome: Outcome) -> None:
        """One submission is done."""

    def stop(self) -> None:
        """The run has ended, however it did."""

    def end(self, outcomes: list[Outcome], seconds: float, *, dry: bool) -> None:
        """All are done."""


def run(
    course: Course, wish: Wish, lanes: Callable[[int], Lanes], watcher: Watcher
) -> list[Outcome]:
    """Grade what the wish asks for and is not done; outcomes in the order in which they came.

    `lanes` gives lanes for so many submissions; whoever made them closes them.
    """
    bundle = course.bundle(wish.assignment)
    students = course.students(wish.assignment, wish.student)
    if not students:
        who = "Nobody" if wish.student == "*" else wish.student
        raise CourseError(
            f"{who} has handed in {wish.assignment}: there is no "
            f"{course.submitted(wish.student, wish.assignment)}"
        )
    names = sorted(row["name"] for row in bundle.rows["notebook"])
    if not fnmatch.filter(names, wish.notebook):
        raise CourseError(
            f"{wish.assignment} has no notebook {wish.notebook}: it has {', '.join(names)}."
        )
    with _alone(course.root):
        writer = Writer(course, bundle)
        rows = course.class_rows(bundle)

        # Made twice, and not kept: a class does not fit into memory.
        def task(student: str) -> Task:
            before = rows.get(student, {})
            return course.task(bundle, student, wish.notebook, before, moves=not wish.dry)

        def is_done(student: str) -> bool:
            try:
                # What is set aside is told when its turn comes.
                return course.is_clear(bundle, student) and writer.is_done(task(student))
            except (OSError, MemoryError):  # told when its turn comes
                return False

        wanted = [s for s in students if wish.force or wish.dry or not is_done(s)]
        watcher.begin(len(wanted), len(students) - len(wanted))
        if not wanted:
            return []
        driver = _Driver(course, bundle, wish, writer, watcher, lanes(len(wanted)))
        return driver.grade(wanted, task)


class _Driver:
    def __init__(
        self,
        course: Course,
        bundle: Bundle,
        wish: Wish,
        writer: Writer,
        watcher: Watcher,
        lanes: Lanes,
    ) -> None:
        self._course, self._bundle, self._wish = course, bundle, wish
        self._writer, self._watcher, self._lanes = writer, watcher, lanes
        self._outcomes: list[Outcome] = []
        self._deaths: dict[str, int] = {}
        #: What was said before a submission was sent to a lane, by its student.
        self._logs: dict[str, TaskLog] = {}

    def grade(self, wanted: list[str], task_of: Callable[[str], Task]) -> list[Outcome]:
        waiting, running, lanes = wanted[::-1], dict[Future[Graded], Task](), self._lanes
        came: list[tuple[Task, Graded]] = []
        try:
            while waiting or running or came:
                while waiting and lanes.free():
                    student = waiting.pop()
                    try:
                        with self._log_of(student).listening():
                            task = task_of(student)
                    except (OSError, MemoryError) as error:
                        reason = of_a_file(error)
                        nothing = Task(student, self._wish.notebook, b"", {}, "")
                        came.append((nothing, Graded(student, failure=reason)))
                    else:
                        running[lanes.submit(self._bundle, task)] = task
                self._take_all(came)  # while the lanes are busy
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    task = running.pop(future)
                    lanes.done(future)
                    graded = self._came_of(future, task)
                    if graded is None:
                        waiting.append(task.student)
                    else:
                        came.append((task, graded))
        finally:
            self._take_all(came)
        return self._outcomes

    def _log_of(self, student: str) -> TaskLog:
        # Only the first try finds anything to set aside, and a dry run's every try finds the same.
        if self._wish.dry or student not in self._logs:
            root = str(self._course.root)
            self._logs[student] = TaskLog(root, root)
        return self._logs[student]

    def _take_all(self, came: list[tuple[Task, Graded]]) -> None:
        while came:
            self._take(*came.pop(0))

    def _came_of(self, future: Future[Graded], task: Task) -> Graded | None:
        """What a task gave; None if it is to be tried again."""
        try:
            return future.result()
        except self._lanes.deaths:
            self._deaths[task.student] = self._deaths.get(task.student, 0) + 1
            if self._deaths[task.student] < MOST_DEATHS:
                return None
            return Graded(task.student, failure=KILLED)
        except Exception as error:
            return Graded(task.student, failure=f"{type(error).__name__}: {error}")

    def _take(self, task: Task, graded: Graded) -> None:
        before = self._logs.pop(task.student)
        graded.log = before.text + graded.log
        graded.repaired = (*before.warnings(task.student), *graded.repaired)
        outcome = Outcome(
            task.student,
            failure=graded.failure,
            repaired=graded.repaired,
            seconds=graded.seconds,
        )
        if not graded.failure:
            outcome.score, outcome.points = _marks(self._bundle, graded)
            outcome.verdicts = graded.verdicts
            try:
                if self._wish.dry:
                    outcome.changes = tuple(changes(self._bundle, task, graded))
                else:
                    with spent("writing"):
                        self._writer.write(task, graded)
            except CourseError as error:
                outcome.failure, outcome.score, outcome.verdicts = str(error), None, {}
        if not self._wish.dry:
            self._keep_log(task, graded)
        self._outcomes.append(outcome)
        self._watcher.took(outcome)

    def _keep_log(self, task: Task, graded: Graded) -> None:
        folder = self._course.root / ".torchmarks" / "logs" / self._bundle.assignment
        # On a full disk the submission's own failure is told, and nobody needs a log for it.
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{task.student}.log").write_text(graded.log, "utf-8", "replace")


def _marks(bundle: Bundle, graded: Graded) -> tuple[float, float]:
    """Earned and possible points, without penalties; a manual score counts before an automatic."""
    most = {
        r["id"]: r["max_score"] for name in ("grade_cells", "task_cells") for r in bundle.rows[name]
    }
    earned = 0.0
    for row in graded.rows.get("grade", ()):
        score = row["auto_score"] if row["manual_score"] is None else row["manual_score"]
        earned += (score or 0.0) + (row["extra_credit"] or 0.0)
    return earned, sum(most.values())


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let nobody else grade this course meanwhile."""
    folder = root / ".torchmarks"
    try:
        folder.mkdir(exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise CourseError(f"{folder} cannot be written: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(f"Somebody is grading {root} already: wait for it.") from None
        yield
