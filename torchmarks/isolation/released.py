"""What was released, as the gradebook has it: the truth that a submission is repaired from.

The gradebook keeps the text of every cell that nbgrader knows, with its hidden tests; what students
saw is that text without them. It does not keep tags, and its order is that of the first release, so
these are read from the source notebook if it is there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets.config import Configurable

DEFINED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class ReleasedCell:
    """A cell that nbgrader knows, as the gradebook has it; `shown` is its text in the release."""

    name: str
    cell_type: str
    source: str
    shown: str
    checksum: str
    locked: bool
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_read_only(self) -> bool:
        """Whether it is there for the student's cells to build on: no test, answer or task."""
        return not (self.grade or self.solution or self.task)

    @cached_property
    def texts(self) -> set[str]:
        """How it may stand in an honest submission."""
        return {normal(self.shown), normal(self.source)}

    @cached_property
    def defines(self) -> set[str]:
        """The functions and classes that a solution's stub defines."""
        is_code = self.solution and self.cell_type == "code"
        return set(DEFINED.findall(self.shown)) if is_code else set()

    def metadata(self) -> NotebookNode:
        """What nbgrader writes into a released cell's metadata."""
        metadata = NotebookNode(
            schema_version=3,
            grade_id=self.name,
            cell_type=self.cell_type,
            checksum=self.checksum,
            grade=self.grade,
            solution=self.solution,
            locked=self.locked,
            task=self.task,
        )
        if self.points is not None:
            metadata.points = self.points
        return metadata

    def new(self, note: str = "") -> NotebookNode:
        """The cell as it was released, or with a note in place of its text."""
        cell = NotebookNode(cell_type=self.cell_type, metadata=NotebookNode(deletable=False))
        cell.source = note or (self.source if self.locked else self.shown)
        cell.metadata.nbgrader = self.metadata()
        if not self.solution:
            cell.metadata.editable = False
        if self.tags:
            cell.metadata.tags = list(self.tags)
        if self.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        return cell


@dataclass(frozen=True)
class ReleasedNotebook:
    """The cells in the instructor's order, and the kernel that they are written for."""

    cells: list[ReleasedCell]
    kernelspec: dict[str, Any] | None


def released_notebook(
    gradebook: Gradebook, name: str, assignment: str, *, source: Path, parent: Configurable
) -> ReleasedNotebook:
    """Look the notebook up; `source` is the instructor's file, `parent` gives the delimiters."""
    entry = gradebook.find_notebook(name, assignment)
    graded = {cell.name: cell.max_score for cell in entry.grade_cells}
    tasks = {cell.name: cell.max_score for cell in entry.task_cells}
    solutions = {cell.name for cell in entry.solution_cells}
    order = _in_source(source)
    cells = []
    for cell in entry.source_cells:
        text = cell.source or ""
        cells.append(
            ReleasedCell(
                name=cell.name,
                cell_type=cell.cell_type,
                source=text,
                shown=_without_secrets(text, cell.cell_type, parent),
                checksum=cell.checksum,
                locked=cell.locked,
                grade=cell.name in graded,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                points=graded.get(cell.name, tasks.get(cell.name)),
                tags=order.get(cell.name, ()),
            )
        )
    if all(cell.name in order for cell in cells):
        rank = {name: position for position, name in enumerate(order)}
        cells.sort(key=lambda cell: rank[cell.name])
    return ReleasedNotebook(cells, json.loads(entry.kernelspec or "null") or None)


def normal(text: str) -> str:
    """The text but for line endings and blanks at the ends of lines and of the text."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _in_source(path: Path) -> dict[str, tuple[str, ...]]:
    """The grade ids of the source notebook in their order, with the tags of their cells."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        found = {c["metadata"].get("nbgrader", {}).get("grade_id"): c["metadata"] for c in cells}
        return {name: tuple(data.get("tags", ())) for name, data in found.items() if name}
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return {}


def _without_secrets(text: str, cell_type: str, parent: Configurable) -> str:
    """What students saw of a cell: no hidden tests, no marking scheme."""
    cell = NotebookNode(cell_type=cell_type, source=text, metadata=NotebookNode())
    for clear in (ClearHiddenTests, ClearMarkScheme):
        try:
            clear(parent=parent, enforce_metadata=False).preprocess_cell(cell, {}, 0)
        except RuntimeError:  # delimiters without their other half, or nested
            return text
    return str(cell.source)
