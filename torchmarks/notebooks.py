"""Notebooks as files: read them with clear errors, and give them one canonical form.

In canonical form a notebook has no outputs and no counts, ids that say what a cell is, and no
metadata but what nbgrader needs. That part is worked out from the cells themselves: a cell with a
solution region is a solution, a cell that makes a `Marks` is a grade cell worth the points it
names. So it can be edited anywhere, also as text, and the command puts the rest right.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from torchmarks.errors import CourseError

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
BEGIN_SOLUTION = "BEGIN SOLUTION"


def read(path: Path) -> NotebookNode:
    """Read a notebook of format 4; raises `CourseError` that says what is wrong with the file."""
    if path.suffix != ".ipynb":
        raise CourseError(f"{path} is not a notebook: its name should end in .ipynb.")
    try:
        text = path.read_text("utf-8")
        data = json.loads(text)
    except FileNotFoundError:
        raise CourseError(f"There is no notebook {path}.") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not a notebook: it is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise CourseError(
            f"{path} is broken: its JSON ends or changes unexpectedly in line {error.lineno}. "
            f"Take the last good version: git checkout -- {path}"
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        raise CourseError(f"{path} is not a notebook of format 4: it has no list of cells.")
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.ValidationError, AttributeError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise CourseError(f"{path} is not a valid notebook: {reason}.") from None
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as canonical bytes; raises `CourseError` if the file cannot be written."""
    text = to_bytes(notebook)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None


def to_bytes(notebook: NotebookNode) -> bytes:
    """Exactly what `write` writes."""
    text: str = nbformat.writes(notebook, version=4)
    return (text.rstrip("\n") + "\n").encode()


def canonical(notebook: NotebookNode) -> NotebookNode:
    """The canonical form of a source notebook; see the module's rule. Idempotent."""
    result = nbformat.v4.new_notebook(metadata={"kernelspec": dict(KERNELSPEC)})
    result.nbformat_minor = 5
    section, taken = "top", set[str]()
    for cell in notebook.cells:
        source = cell.source.strip("\n")
        if not source.strip():
            continue
        metadata: dict[str, Any] = {}
        if cell.cell_type == "code":
            role = nbgrader_role(source)
            if role:
                metadata["nbgrader"] = role
            fresh = nbformat.v4.new_code_cell(source)
            identifier = role["grade_id"] if role else f"{section}-code"
        else:
            heading = re.search(r"^#+ +(.+)$", source, re.MULTILINE)
            section = slug(heading[1]) if heading else section
            fresh = nbformat.v4.new_markdown_cell(source)
            identifier = section if heading else f"{section}-text"
        if cell.metadata.get("tags"):
            metadata["tags"] = sorted(cell.metadata.tags)
        fresh.metadata = nbformat.from_dict(metadata)
        fresh.id = _unique(identifier, taken)
        result.cells.append(fresh)
    nbformat.validate(result)
    return result


def nbgrader_role(source: str) -> dict[str, Any] | None:
    """nbgrader's metadata for a code cell, from what the cell does; None for a plain one."""
    marked = marks_call(source)
    role = {"schema_version": 3, "task": False, "grade": False, "solution": False, "locked": False}
    if marked:
        name, points = marked
        return role | {
            "grade": True,
            "locked": True,
            "points": points,
            "grade_id": f"{name}-marks",
        }
    if BEGIN_SOLUTION in source:
        return role | {"solution": True, "grade_id": solution_name(source)}
    if re.search(r"^from torchmarks import ", source, re.MULTILINE):
        # Locked, so that a submission that changed it is graded with the original.
        return role | {"locked": True, "grade_id": "setup"}
    return None


def marks_call(source: str) -> tuple[str, float] | None:
    """Exercise and points of the cell's `Marks(exercise, points=…)`, or None."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Marks":
            points = next((k.value for k in node.keywords if k.arg == "points"), None)
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Name) and isinstance(points, ast.Constant):
                value: Any = points.value
                return name.id, value
    return None


def solution_name(source: str) -> str:
    """The function or class that a solution cell defines: the one around its solution region."""
    region = source[: source.index(BEGIN_SOLUTION)].count("\n") + 1
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise CourseError(
            f"A solution cell does not parse: {error}. It is {begins(source)}"
        ) from None
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        # The delimiter is a comment, so the function's last line may come just before it.
        if node.lineno <= region <= (node.end_lineno or 0) + 1:
            return node.name
    raise CourseError(f"A solution region stands in no function. The cell is {begins(source)}")


def slug(words: str) -> str:
    """Lower-case words joined by hyphens, at most 50 characters: fit for a cell id."""
    words = re.sub(r"\$[^$]*\$|`", " ", words)
    return "-".join(re.findall(r"[a-z0-9_]+", words.lower()))[:50].strip("-") or "section"


def begins(source: str) -> str:
    """Words that let an author find the cell."""
    return f"the one that begins {source.splitlines()[0]!r}."


def _unique(identifier: str, taken: set[str]) -> str:
    candidate, n = identifier, 1
    while candidate in taken:
        n += 1
        candidate = f"{identifier}-{n}"
    taken.add(candidate)
    return candidate
