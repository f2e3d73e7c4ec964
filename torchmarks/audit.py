"""Grade the graders: prove for each exercise that its checks tell right from wrong.

The reference earns every point, the released stub none, every alternative every point, and every
known mistake loses points and is told by its own sentence.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch

from torchmarks.catalogue import Entry
from torchmarks.conventions import CATALOGUE_VARIABLE
from torchmarks.course import Chapter, Exercise, candidate, run_cell, run_marks
from torchmarks.errors import CourseError
from torchmarks.marks import Marks
from torchmarks.results import Report, State

#: Fewer other ways than this prove little about a test's fairness.
MINIMUM_ALTERNATIVES = 2


@dataclass(frozen=True)
class Finding:
    """What the audit found about one exercise; no problems means that its marks are right."""

    assignment: str
    exercise: str
    points: float
    checks: int
    alternatives: int
    mistakes: int
    problems: tuple[str, ...]


def audit_all(chosen: Sequence[Chapter]) -> Iterator[Finding]:
    """Audit chapters in parallel processes, one for each core; findings in order."""
    if len(chosen) == 1:
        yield from audit(chosen[0])
        return
    # Forking a process that has used torch's threads may hang it, so each is started anew.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as executor:
        for findings in executor.map(_audit_to_the_end, chosen):
            yield from findings


def _audit_to_the_end(chapter: Chapter) -> list[Finding]:
    return list(audit(chapter))


def audit(chapter: Chapter) -> Iterator[Finding]:
    """Audit a chapter, exercise by exercise."""
    # Its tensors are small: a second thread would only take the core of a second audit.
    torch.set_num_threads(1)
    os.environ[CATALOGUE_VARIABLE] = str(chapter.course / "tests")
    names = chapter.namespace()
    alternatives = chapter.entries("alternatives")
    mistakes = chapter.entries("mistakes")
    known = {exercise.name for exercise in chapter.exercises}
    for entry in alternatives + mistakes:
        if entry.exercise not in known:
            raise CourseError(
                f"`{entry.name}` in tests/ names an exercise that {chapter.path} does not have: "
                f"`{entry.exercise}`."
            )
    for exercise in chapter.exercises:
        yield _audit_exercise(
            chapter,
            exercise,
            names,
            [e for e in alternatives if e.exercise == exercise.name],
            [e for e in mistakes if e.exercise == exercise.name],
        )


def _audit_exercise(
    chapter: Chapter,
    exercise: Exercise,
    names: dict[str, Any],
    alternatives: list[Entry],
    mistakes: list[Entry],
) -> Finding:
    where = f"{chapter.path}, cell {exercise.name}-marks"
    problems: list[str] = []

    def graded(function: Callable[..., Any]) -> Report:
        return run(exercise, candidate(names, exercise.name, function)).report()

    report = graded(names[exercise.name])
    checks = len(report.checks)
    if not report.complete:
        problems.append(f"the reference earns {report.earned:g}: {_first_failure(report)}")
    if not any(check.hidden for check in report.checks):
        problems.append(f"there is no hidden check: add one to {where}")

    stub = dict(names)
    run_cell(exercise.stub, stub, f"{exercise.name}-stub")
    report = graded(stub[exercise.name])
    if report.earned or report.state is not State.NOT_ATTEMPTED:
        problems.append(
            f"the stub earns {report.earned:g} and is {report.state.value}: see {where}"
        )

    if len(alternatives) < MINIMUM_ALTERNATIVES:
        file = f"tests/alternatives/{chapter.topic}.py"
        problems.append(f"{len(alternatives)} alternatives: write {MINIMUM_ALTERNATIVES} in {file}")
    for entry in alternatives:
        report = graded(entry.function)
        if not report.complete:
            problems.append(
                f"alternative `{entry.name}` earns {report.earned:g}: {_first_failure(report)} "
                f"Make the check fairer in {where}"
            )

    if not mistakes:
        problems.append(f"no mistakes: write some in tests/mistakes/{chapter.topic}.py")
    for entry in mistakes:
        report = graded(entry.function)
        if report.complete:
            problems.append(f"mistake `{entry.name}` keeps all points: add a check to {where}")
        elif not entry.sentence:
            problems.append(f"mistake `{entry.name}` has no sentence: write what the student reads")
        elif entry.sentence not in report.causes:
            told = " ".join(report.causes) or _first_failure(report)
            problems.append(f"mistake `{entry.name}` is not told by its sentence, but: {told}")

    return Finding(
        chapter.assignment,
        exercise.name,
        exercise.points,
        checks,
        len(alternatives),
        len(mistakes),
        tuple(problems),
    )


def run(exercise: Exercise, names: dict[str, Any]) -> Marks:
    """The marks of the function that `names` holds, hidden checks included."""
    return run_marks(exercise.marks, names, f"{exercise.name}-marks")


def _first_failure(report: Report) -> str:
    if report.forbidden:
        return f"it calls {report.forbidden[0]}, which is forbidden."
    for check in report.checks:
        if check.state is not State.PASSED:
            return f"“{check.name}”: {check.sentence}"
    return "nothing failed."
