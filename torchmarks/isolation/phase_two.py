"""Phase two: the grader runs the trusted cells, and asks the snapshots that phase one has left.

First without their hidden parts, then whole: nothing that a hidden test shows a session can find
its way into an output.
"""

from __future__ import annotations

from typing import Any

from torchmarks.errors import CourseError
from torchmarks.isolation.channel import Channel
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.jobs import Job, Result, failure
from torchmarks.isolation.names import bound, loaded
from torchmarks.isolation.plan import Kind, Step

#: Seconds that a test's calls may take where the settings give no limit.
HOUR = 3600.0


class PhaseTwo:
    """Runs the trusted cells of one job; `snapshots` answer them, by their positions."""

    def __init__(self, grader: Grader, job: Job, snapshots: dict[int, Channel]) -> None:
        self._grader = grader
        self._job = job
        self._snapshots = snapshots

    def run(self) -> dict[int, Result]:
        """Results of the grade cells, by their positions."""
        plan = self._job.plan
        results: dict[int, Result] = {}
        if not any(step.kind is Kind.GRADE for step in plan.steps):
            return results
        visible = self._trusted_run(full=False, earlier={})
        full = self._trusted_run(full=True, earlier=visible) if plan.has_hidden else {}
        for step in plan.steps:
            if step.kind is not Kind.GRADE:
                continue
            seen = visible.get(step.position) or Result([_broken()], ok=False)
            if not step.has_hidden:
                results[step.position] = seen
                continue
            whole = full.get(step.position) or Result([_broken()], ok=False)
            results[step.position] = _put_together(seen, whole)
        return results

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
        run = self._grader.run(
            job,
            [earlier[p].answers for p in recalled],
            [self._snapshots[p] for p in snapshots],
        )
        results = {}
        try:
            for step in steps:
                frame = run.result(self._patience())
                if frame is None:
                    break  # whatever came before it stands
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
        finally:
            run.close()
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


def _broken() -> dict[str, Any]:
    return failure("NotGraded", "The test did not come to an end.")
