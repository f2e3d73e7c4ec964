"""Grade a notebook of a few cells in one warm workplace, without nbgrader's files and database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests

from torchmarks.isolation.conduct import Conductor, Job, Result
from torchmarks.isolation.plan import Kind, Trusted, described, plan
from torchmarks.isolation.sandbox import Limits, pack
from torchmarks.isolation.workplace import Workplace


@dataclass(frozen=True)
class Cell:
    """A cell of the course: what a student made of it, and what the instructor had there.

    `solution` is the instructor's own code of a student's cell; None takes the student's for it,
    so that both bind the same names.
    """

    kind: Kind
    source: str
    solution: str | None = None
    #: A cell of the instructor's that nbgrader does not know.
    unlocked: bool = False


def student(source: str, solution: str | None = None) -> Cell:
    """A cell that the student fills in, or adds if `solution` is empty."""
    return Cell(Kind.STUDENT, source, solution)


def locked(source: str) -> Cell:
    """A cell of the instructor's that is not graded."""
    return Cell(Kind.LOCKED, source)


def grade(source: str) -> Cell:
    """A grade cell."""
    return Cell(Kind.GRADE, source)


@dataclass(frozen=True)
class Graded:
    """What came of a notebook, by the positions of its cells."""

    results: dict[int, Result]
    kinds: tuple[Kind, ...] = field(default=())

    def __getitem__(self, position: int) -> Result:
        return self.results[position]

    @property
    def grades(self) -> list[Result]:
        """Results of the grade cells, in their order."""
        return [self.results[n] for n, kind in enumerate(self.kinds) if kind is Kind.GRADE]

    def said(self) -> list[str]:
        """What each grade cell ended with: nothing, or its error."""
        return [error(result) for result in self.grades]


def error(result: Result) -> str:
    """The error of a cell as `name: text`; empty if there is none."""
    for output in result.outputs:
        if output["output_type"] == "error":
            return f"{output['ename']}: {output['evalue']}"
    return "" if result.ok else "not ok"


def printed(result: Result, name: str = "stdout") -> str:
    """All that a cell printed to one stream."""
    return "".join(
        o["text"] for o in result.outputs if o["output_type"] == "stream" and o["name"] == name
    )


class Course:
    """A workplace and a folder, in which one notebook after the other is graded."""

    def __init__(self, place: Workplace, folder: Path) -> None:
        self._place = place
        self._folder = folder

    def grade(self, *cells: Cell, **settings: Any) -> Graded:
        """Run a notebook's cells as `IsolatedExecute` would."""
        notebook = new_notebook()
        trusted, own = [], []
        for n, cell in enumerate(cells):
            grade_id = f"cell-{n}"
            written = new_code_cell(cell.source)
            written.metadata["nbgrader"] = {"grade_id": grade_id}
            notebook.cells.append(written)
            points = 1.0 if cell.kind is Kind.GRADE else 0.0
            if cell.kind is not Kind.STUDENT or not cell.unlocked:
                source = "" if cell.kind is Kind.STUDENT else cell.source
                trusted.append(Trusted(grade_id, "code", source, cell.kind, points))
            own.append((grade_id, cell.source if cell.solution is None else cell.solution))
        steps = plan(notebook, described(trusted, own), ClearHiddenTests())
        limits = settings.pop("limits", Limits(memory=2 * 2**30))
        job = Job(
            plan=steps,
            files=pack(self._folder, 10**7)[0],
            folder=str(self._folder),
            limits=limits,
            **settings,
        )
        results = Conductor(self._place.sandbox, self._place.grader, job).run()
        return Graded(results, tuple(cell.kind for cell in cells))
