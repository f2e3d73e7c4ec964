"""What is to be run of a notebook, and where: student's cells in the session, trusted ones outside.

Trusted is what the gradebook has: a cell of the submission counts as a locked or a grade cell only
if the gradebook knows its grade id as one, and it runs as the gradebook has it.
"""

from __future__ import annotations

import builtins
import json
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests

from torchmarks.isolation import names

_BUILT_IN = frozenset(dir(builtins)) | {"get_ipython", "display", "__name__", "__file__"}


class Kind(Enum):
    """Whose a cell is."""

    STUDENT = "student"
    LOCKED = "locked"
    GRADE = "grade"


@dataclass(frozen=True)
class Trusted:
    """A cell as the gradebook has it."""

    grade_id: str
    cell_type: str
    source: str
    kind: Kind
    points: float = 0.0


@dataclass(frozen=True)
class Instructed:
    """The instructor's cells of one notebook, in order, and the names that solutions bind.

    `imports` are statements by the name that they bind: such a name is never the student's, or
    their NumPy would compare their own answers. `operators` are special methods such as `__add__`
    that the notebook speaks of.
    """

    cells: tuple[Trusted, ...]
    solution_names: dict[str, frozenset[str]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    operators: frozenset[str] = frozenset()
    #: Globals that functions of solutions read: a test may set them for the student's.
    reads: frozenset[str] = frozenset()

    @property
    def trusted(self) -> dict[str, Trusted]:
        """Locked and grade cells by grade id."""
        return {c.grade_id: c for c in self.cells if c.kind is not Kind.STUDENT}


@dataclass(frozen=True)
class Step:
    """One code cell of the submission."""

    position: int
    kind: Kind
    source: str
    grade_id: str = ""
    visible: str | None = None
    points: float = 0.0
    students: tuple[str, ...] = ()
    #: Whether the cell may ask the session anything.
    asks: bool = False

    @property
    def imports(self) -> tuple[str, ...]:
        """What a grade cell imports where all may see it: cells after it may use that."""
        visible = self.source if self.visible is None else self.visible
        return tuple(names.imported(visible).values()) if self.kind is Kind.GRADE else ()

    @property
    def has_hidden(self) -> bool:
        """Whether a part of the cell may not be shown."""
        return self.visible is not None


@dataclass(frozen=True)
class Plan:
    """All code cells of a submission in order, and what its reader knows."""

    steps: tuple[Step, ...]
    trusted_names: frozenset[str]
    lines: frozenset[str]
    words: frozenset[str]
    imports: dict[str, str] = field(default_factory=dict)
    operators: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()

    @property
    def has_hidden(self) -> bool:
        """Whether any grade cell has hidden tests."""
        return any(step.has_hidden for step in self.steps)


def instructed(
    db_url: str, course_id: str, assignment: str, notebook: str, source: Path | None
) -> Instructed:
    """The instructor's cells, from the gradebook; `source` is their own notebook, where it is."""
    with Gradebook(db_url, course_id) as gradebook:
        entry = gradebook.find_notebook(notebook, assignment)
        grades = {cell.name: cell.max_score for cell in entry.grade_cells}
        solutions = {cell.name for cell in entry.solution_cells}
        cells = []
        for cell in entry.source_cells:
            kind = Kind.STUDENT
            if cell.name in grades and cell.name not in solutions:
                kind = Kind.GRADE
            elif cell.locked and cell.name not in solutions:
                kind = Kind.LOCKED
            points = float(grades.get(cell.name) or 0.0)
            cells.append(Trusted(cell.name, cell.cell_type, cell.source or "", kind, points))
    return described(cells, _own_notebook(source))


def described(cells: list[Trusted], own: list[tuple[str, str]]) -> Instructed:
    """What follows from the gradebook's cells, and from the code of the instructor's notebook.

    `own` has each of its cells with the grade id, if it has one: those that nbgrader does not know
    are in no gradebook, and solutions are only here.
    """
    # The gradebook's order is that of the first release; a cell that came later is last there.
    places = {grade_id: place for place, (grade_id, _) in enumerate(own)}
    cells.sort(key=lambda cell: places.get(cell.grade_id, len(places)))
    solutions = {c.grade_id: names.assigned(c.source) for c in cells if c.kind is Kind.STUDENT}
    imports: dict[str, str] = {}
    for grade_id, code in [*((c.grade_id, c.source) for c in cells if c.cell_type == "code"), *own]:
        imports.update(names.imported(code))
        if grade_id in solutions:
            solutions[grade_id] |= names.assigned(code)
    for name in frozenset().union(*solutions.values()):
        imports.pop(name, None)
    texts = [c.source for c in cells] + [code for _, code in own]
    reads = (names.read_inside(code) for grade_id, code in own if grade_id in solutions)
    return Instructed(
        tuple(cells), solutions, imports, names.special(texts), frozenset().union(*reads)
    )


def plan(notebook: NotebookNode, instructor: Instructed, clear: ClearHiddenTests) -> Plan:
    """What is to be run of a submission; `clear` knows how hidden tests are delimited."""
    trusted = instructor.trusted
    owners = _owners(instructor)
    steps = []
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        known = trusted.get(str(cell.metadata.get("nbgrader", {}).get("grade_id", "")))
        if known is None or known.cell_type != "code":
            steps.append(Step(position, Kind.STUDENT, cell.source))
            continue
        students, own = owners[known.grade_id]
        read = names.loaded(known.source)
        asked = (read & students) | (read - own - names.bound(known.source) - _BUILT_IN)
        steps.append(
            Step(
                position,
                known.kind,
                known.source,
                known.grade_id,
                _visible(known, clear) if known.kind is Kind.GRADE else None,
                known.points,
                tuple(sorted(students)),
                asks=known.kind is Kind.GRADE or bool(asked),
            )
        )
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    shown = [c.source for c in instructor.cells]
    return Plan(
        tuple(steps),
        frozenset().union(*(names.bound(c.source) for c in trusted.values())),
        names.lines(sources),
        names.words([*sources, *shown]),
        instructor.imports,
        instructor.operators,
        instructor.reads,
    )


def _owners(instructor: Instructed) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each trusted cell: names that are the student's where it stands, and the grader's."""
    students: set[str] = set()
    graders: set[str] = set()
    found = {}
    for cell in instructor.cells:
        if cell.kind is Kind.STUDENT:
            names_here = instructor.solution_names.get(cell.grade_id, frozenset())
            students |= names_here
            graders -= names_here
        elif cell.cell_type == "code":
            found[cell.grade_id] = (frozenset(students), frozenset(graders))
            students -= names.bound(cell.source)
            graders |= names.bound(cell.source)
    return found


def _visible(cell: Trusted, clear: ClearHiddenTests) -> str | None:
    """The cell without its hidden tests; None if it has none."""
    shown = NotebookNode(cell_type="code", source=cell.source, metadata=NotebookNode())
    try:
        removed = clear._remove_hidden_test_region(shown)
    except RuntimeError:  # a delimiter without its partner: nobody knows what may be shown
        return ""
    return str(shown.source) if removed else None


def _own_notebook(path: Path | None) -> list[tuple[str, str]]:
    """Grade id and source of the code cells in the instructor's own notebook, in order."""
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"] if path else []
        return [
            (
                str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")),
                "".join(cell["source"]),
            )
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # what the gradebook has must do
