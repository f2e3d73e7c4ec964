"""Grade a notebook of a few cells in one warm workplace, without nbgrader's files and database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests

from torchmarks.isolation.conduct import Conductor
from torchmarks.isolation.groundwork import Groundwork
from torchmarks.isolation.jobs import Job, Result
from torchmarks.isolation.plan import Kind, Plan, Trusted, described, plan
from torchmarks.isolation.sandbox import Limits, pack
from torchmarks.isolation.workplace import Workplace


@dataclass(frozen=True)
class Cell:
    """A cell of the course: what a student made of it, and what the instructor had there.

    `solution` is the instructor's own code of a student's cell. Where it is None, the student's
    code stands for it, and both bind the same names. An `unlocked` cell is one that nbgrader does
    not know, and is in no gradebook.
    """

    kind: Kind
    source: str
    solution: str | None = None
    unlocked: bool = False


def student(source: str, solution: str | None = None) -> Cell:
    """A cell that the student fills in."""
    return Cell(Kind.STUDENT, source, solution)


def unlocked(source: str, solution: str | None = None) -> Cell:
    """A cell of the instructor's that the student may change."""
    return Cell(Kind.STUDENT, source, solution, unlocked=True)


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
    kinds: tuple[Kind, ...]

    def __getitem__(self, position: int) -> Result:
        return self.results[position]

    @property
    def said(self) -> list[str]:
        """What each grade cell ended with: nothing, or its error."""
        return [error(self.results[n]) for n, kind in enumerate(self.kinds) if kind is Kind.GRADE]


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


def planned(*cells: Cell) -> Plan:
    """The plan of a notebook with these cells."""
    notebook = new_notebook()
    trusted, own = [], []
    for n, cell in enumerate(cells):
        written = new_code_cell(cell.source)
        written.metadata["nbgrader"] = {"grade_id": f"cell-{n}"}
        notebook.cells.append(written)
        own.append((f"cell-{n}", cell.source if cell.solution is None else cell.solution))
        if cell.unlocked:
            continue
        released = "" if cell.kind is Kind.STUDENT else cell.source
        points = 1.0 if cell.kind is Kind.GRADE else 0.0
        trusted.append(Trusted(f"cell-{n}", "code", released, cell.kind, points))
    return plan(notebook, described(trusted, own), ClearHiddenTests())


class Course:
    """A workplace and a folder, in which one notebook after the other is graded."""

    def __init__(self, place: Workplace, folder: Path) -> None:
        self._place = place
        self._folder = folder

    def grade(self, *cells: Cell, work: Groundwork | None = None, **settings: Any) -> Graded:
        """Run a notebook's cells as `IsolatedExecute` would; on the grounds of `work`, if given."""
        job = self.job(*cells, **settings)
        results = Conductor(self._place.sandbox, self._place.grader, job, work).run()
        return Graded(results, tuple(cell.kind for cell in cells))

    def lay(self, *cells: Cell, **settings: Any) -> Groundwork:
        """Lay the grounds of the instructor's notebook that has these cells."""
        solutions = [n for n, c in enumerate(cells) if c.kind is Kind.STUDENT and not c.unlocked]
        return Groundwork.lay(self._place.sandbox, self.job(*cells, **settings), solutions)

    def job(self, *cells: Cell, **settings: Any) -> Job:
        """What `IsolatedExecute` would make of a notebook."""
        return Job(
            plan=planned(*cells),
            files=pack(self._folder, 10**7)[0],
            folder=str(self._folder),
            limits=settings.pop("limits", Limits(memory=2 * 2**30)),
            **settings,
        )
