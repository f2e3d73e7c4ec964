"""A course as its source notebooks have it: chapters, their exercises, and how to run one."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from torchmarks import notebooks
from torchmarks.catalogue import Entry, load
from torchmarks.errors import CourseError
from torchmarks.marks import Marks
from torchmarks.notebooks import begins


@dataclass(frozen=True)
class Exercise:
    """One exercise: its cell with the reference, that cell as a stub, and its grade cell."""

    name: str
    points: float
    solution: str
    stub: str
    marks: str
    visible_marks: str


@dataclass(frozen=True)
class Chapter:
    """One assignment with its one notebook, `source/<nn-topic>/<topic>.ipynb`."""

    course: Path
    assignment: str

    @property
    def topic(self) -> str:
        """The assignment's name without its number."""
        return self.assignment.split("-", 1)[1]

    @property
    def path(self) -> Path:
        """The source notebook."""
        return self.course / "source" / self.assignment / f"{self.topic}.ipynb"

    @cached_property
    def notebook(self) -> NotebookNode:
        """The source notebook's content."""
        return notebooks.read(self.path)

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """In the notebook's order; raises `CourseError` for a cell without its partner."""
        solutions = {}
        graded = {}
        for cell in self.notebook.cells:
            if cell.cell_type != "code":
                continue
            if notebooks.BEGIN_SOLUTION in cell.source:
                solutions[notebooks.solution_name(cell.source)] = cell.source
            elif marked := notebooks.marks_call(cell.source):
                graded[marked[0]] = (marked[1], cell.source)
        for name in sorted(solutions.keys() ^ graded.keys()):
            missing = "Marks(…) cell" if name in solutions else "solution cell"
            raise CourseError(f"`{name}` in {self.path} has no {missing}: add one.")
        return tuple(
            Exercise(
                name=name,
                points=points,
                solution=solutions[name],
                stub=_cleared(solutions[name], ClearSolutions(), "_replace_solution_region"),
                marks=source,
                visible_marks=_cleared(source, ClearHiddenTests(), "_remove_hidden_test_region"),
            )
            for name, (points, source) in graded.items()
        )

    def namespace(self) -> dict[str, Any]:
        """What the notebook's setup cells and all reference solutions define."""
        names: dict[str, Any] = {"__name__": "__main__"}
        for cell in self.notebook.cells:
            if cell.cell_type != "code":
                continue
            role = notebooks.nbgrader_role(cell.source)
            if role and not role["grade"]:
                run_cell(cell.source, names, f"{self.topic}:{role['grade_id']}")
        return names

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """The chapter's catalogue of this kind: `alternatives` or `mistakes`."""
        path = self.course / "tests" / kind / f"{self.topic}.py"
        if not path.exists():
            raise CourseError(f"There is no catalogue {path}: write one for {self.assignment}.")
        return load(path)


def chapters(course: Path, names: list[str] | None = None) -> list[Chapter]:
    """The course's chapters, or those named; raises `CourseError` for an unknown one."""
    source = course / "source"
    if not source.is_dir():
        raise CourseError(f"{course.resolve()} is not a course: it has no folder source/.")
    found = sorted(p.name for p in source.iterdir() if (p.is_dir() and "-" in p.name))
    for name in names or ():
        if name not in found:
            raise CourseError(f"There is no assignment {name}. There are: {', '.join(found)}.")
    return [Chapter(course, name) for name in names or found]


def run_marks(source: str, names: dict[str, Any], label: str) -> Marks:
    """Run a grade cell and return the `Marks` that its last line shows."""
    result = run_cell(source, names, label)
    if not isinstance(result, Marks):
        raise CourseError(f"The grade cell {label} does not end with its marks.")
    return result


def run_cell(source: str, names: dict[str, Any], label: str) -> Any:
    """Run a cell's source in `names`; returns what its last line evaluates to, if anything."""
    filename = f"<{label}>"
    # Marks looks at the source of the cell that calls it, to tell hidden checks from visible ones.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    tree = ast.parse(source, filename)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, filename, "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), filename, "exec"), names)
    return eval(compile(ast.Expression(last.value), filename, "eval"), names)


def candidate(names: dict[str, Any], exercise: str, function: Callable[..., Any]) -> dict[str, Any]:
    """A namespace in which `function` stands in for the exercise's reference."""
    return {**names, exercise: function}


def _cleared(source: str, preprocessor: Any, method: str) -> str:
    cell = NotebookNode(cell_type="code", source=source, metadata=NotebookNode())
    arguments = (cell, "python") if method.endswith("solution_region") else (cell,)
    try:
        getattr(preprocessor, method)(*arguments)
    except RuntimeError as error:  # a delimiter without its partner
        raise CourseError(f"A cell is not in order: {error}. It is {begins(source)}") from None
    cleared: str = cell.source
    return cleared
