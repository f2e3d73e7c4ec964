"""Whose marks would change, from what to what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torchmarks.grading.tasks import Bundle, Graded, Task


@dataclass(frozen=True)
class Change:
    """Marks of one cell, before and after; `why` is what its report says now."""

    cell: str
    before: float | None
    after: float | None
    why: str


def changes(bundle: Bundle, task: Task, graded: Graded) -> Iterator[Change]:
    """Cells whose automatic score is another than the gradebook has."""
    names = {row["id"]: row["name"] for row in bundle.rows["base_cell"]}
    before = {row["cell_id"]: row["auto_score"] for row in task.rows.get("grade", ())}
    for row in graded.rows.get("grade", ()):
        old, new = before.get(row["cell_id"]), row["auto_score"]
        if old != new:
            name = names.get(row["cell_id"], "?")
            yield Change(name, old, new, graded.reasons.get(name, ""))
