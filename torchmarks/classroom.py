"""A class of made-up students, each put together from what the course has already.

Reference solutions, the alternatives and mistakes of the catalogue, untouched stubs, a crash and a
loop without end: what a class hands in, and more of it than an honest class would.
"""

from __future__ import annotations

import ast
import inspect
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from torchmarks import notebooks
from torchmarks.catalogue import Entry
from torchmarks.course import Chapter

CRASH = "    import os\n    os.abort()"
ENDLESS = "    while True:\n        pass"
#: About so many submissions for a demonstration, however many chapters it has.
HAND_INS = 24
#: The exercise, counted from 0, that crashes or never ends.
SPOILED = 1


@dataclass(frozen=True)
class Student:
    """A made-up student: an id, and how they solve the exercises of a chapter.

    `solve` gives the source of each solution cell, from the chapter.
    """

    name: str
    solve: Callable[[Chapter], dict[str, str]]


def submit(chapter: Chapter, student: Student, scratch: Path) -> None:
    """Write what a student hands in: the released notebook with their solution cells."""
    released = chapter.course / "release" / chapter.assignment
    notebook = notebooks.read(released / chapter.path.name)
    solutions = student.solve(chapter)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in solutions:
            cell.source = solutions[grade_id]
    folder = scratch / "submitted" / student.name / chapter.assignment
    shutil.copytree(released, folder)
    nbformat.write(notebook, folder / chapter.path.name)


def students() -> list[Student]:
    """The class, in an order in which any four neighbours differ in kind."""

    def erring(n: int) -> Callable[[Chapter], dict[str, str]]:
        return lambda chapter: err(chapter, n)

    return [
        Student("ada", references),
        Student("alan", erring(0)),
        Student("norbert", lambda chapter: spoil(chapter, CRASH)),
        Student("blaise", erring(1)),
        Student("emmy", lambda chapter: solutions(chapter, "alternatives", 0)),
        Student("carl", erring(2)),
        Student("zeno", lambda chapter: spoil(chapter, ENDLESS)),
        Student("sonja", erring(3)),
        Student("kurt", lambda chapter: solutions(chapter, "alternatives", 1)),
        Student("george", erring(4)),
        Student("evariste", lambda chapter: {}),
        Student("sophie", erring(5)),
    ]


def somebody(n: int) -> Student:
    """Student number `n` of a class of any size, no two alike, and the same in each run.

    Each exercise is solved by the reference, in another right way, or with a known mistake; some
    crash, and a few never end.
    """
    chance = random.Random(n)

    def solve(chapter: Chapter) -> dict[str, str]:
        if n % 50 == 49:
            return spoil(chapter, ENDLESS if n % 100 == 99 else CRASH)
        chosen = references(chapter)
        for kind, share in (("alternatives", 0.3), ("mistakes", 0.2)):
            for exercise, entries in _by_exercise(chapter, kind).items():
                if chance.random() < share:
                    chosen[exercise] = source_of(chance.choice(entries))
        return chosen

    return Student(f"student-{n:04}", solve)


def hand_ins(chosen: list[Chapter]) -> list[tuple[Chapter, list[Student]]]:
    """Who hands in which chapter: about `HAND_INS` submissions, spread over the class."""
    everybody = students()
    each = min(len(everybody), max(4, HAND_INS // len(chosen)))
    return [
        (chapter, [everybody[(n * each + k) % len(everybody)] for k in range(each)])
        for n, chapter in enumerate(chosen)
    ]


def references(chapter: Chapter) -> dict[str, str]:
    """All solution cells as the reference has them."""
    return {exercise.name: exercise.solution for exercise in chapter.exercises}


def solutions(chapter: Chapter, kind: str, n: int) -> dict[str, str]:
    """For each exercise the catalogue's entry number `n`."""
    return references(chapter) | {
        exercise: source_of(entries[n % len(entries)])
        for exercise, entries in _by_exercise(chapter, kind).items()
    }


def err(chapter: Chapter, n: int) -> dict[str, str]:
    """Every third exercise solved with a known mistake, beginning with exercise `n`."""
    wrong = solutions(chapter, "mistakes", n)
    names = [exercise.name for exercise in chapter.exercises]
    return references(chapter) | {name: wrong[name] for name in names[n % 3 :: 3]}


def spoil(chapter: Chapter, body: str) -> dict[str, str]:
    """All references, but one exercise with another body."""
    spoiled = chapter.exercises[SPOILED]
    head = spoiled.stub.split("# YOUR CODE HERE")[0].rstrip()
    return references(chapter) | {spoiled.name: f"{head}\n{body}"}


def source_of(entry: Entry) -> str:
    """The entry as a solution cell: its source without the decorator, under the exercise's name.

    The file's imports come along, for an entry may need what the notebook does not import.
    """
    file = Path(inspect.getfile(entry.function))
    tree = ast.parse(file.read_text("utf-8"))
    kept = [node for node in tree.body if _belongs_to_all(node)]
    for node in tree.body:
        if getattr(node, "name", "") == entry.name:
            node.decorator_list = []  # type: ignore[attr-defined]
            kept.append(node)
    renamed = _Renamed(entry.name, entry.exercise).visit(ast.Module(kept, []))
    return ast.unparse(renamed)


def _by_exercise(chapter: Chapter, kind: str) -> dict[str, list[Entry]]:
    grouped: dict[str, list[Entry]] = {}
    for entry in chapter.entries(kind):
        grouped.setdefault(entry.exercise, []).append(entry)
    return grouped


def _belongs_to_all(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return getattr(node, "module", "") not in ("torchmarks.catalogue", "__future__")
    decorated = bool(getattr(node, "decorator_list", ()))
    return not decorated and not isinstance(node, ast.Expr)  # helpers and constants, no docstring


class _Renamed(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._new if node.name == self._old else node.name
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._new if node.name == self._old else node.name
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._new if node.id == self._old else node.id
        return node
