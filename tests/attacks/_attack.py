"""An attack as a file: read it, and make of it what the attacker hands in."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)
HEADER = re.compile(r"^# (earns|leaks|harms|refused)(?:: (.*))?$", re.MULTILINE)
HAND_IN = "hand in"


@dataclass(frozen=True)
class Attack:
    """One file: what it tries, its cells by what stands behind `# %%`, and what it may earn."""

    name: str
    tries: str
    cells: tuple[tuple[str, str], ...]
    earns: Mapping[str, float]
    leaks: tuple[str, ...]
    harms: bool
    refused: bool


def read(path: Path) -> Attack:
    """The attack in a file; see the package's docstring for its form."""
    head, *rest = CELL.split(path.read_text("utf-8"))
    pairs = zip(rest[::2], rest[1::2], strict=True)
    headers = {key: value for key, value in HEADER.findall(head)}
    earned = (item.split("=") for item in headers.get("earns", "").split(", ") if item)
    return Attack(
        name=path.stem,
        tries=ast.get_docstring(ast.parse(head)) or "",
        cells=tuple((where.strip(), source.strip("\n")) for where, source in pairs),
        earns={exercise: float(points) for exercise, points in earned},
        leaks=tuple(word for word in headers.get("leaks", "").split(", ") if word),
        harms="harms" in headers,
        refused="refused" in headers,
    )


def attacks() -> list[Attack]:
    """All attacks, by name."""
    return [read(path) for path in sorted(FOLDER.glob("[!_]*.py"))]


def control(name: str) -> Attack:
    """One of the honest submissions in `controls/`, written in the same form."""
    return read(FOLDER / "controls" / f"{name}.py")


def hand_in(attack: Attack, released: Path, folder: Path, known: Mapping[str, str]) -> None:
    """Write the submission into `folder`; `known` fills in the names between two `@`."""
    shutil.copytree(released, folder)
    (path,) = folder.glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    at = _index(notebook, "setup")
    for where, source in attack.cells:
        source = _filled(source, {**known, "name": attack.name})
        if where == HAND_IN:
            notebook = _handed_in(source, notebook, folder)
        elif where and not where.startswith("after "):
            at = _index(notebook, where)
            notebook.cells[at].source = source
        else:
            if where:
                at = _index(notebook, where.removeprefix("after "))
            at += 1
            notebook.cells.insert(at, nbformat.v4.new_code_cell(source, id=f"further-{at}"))
    if notebook is not None:
        # Not by nbformat, which would mend or refuse what an attacker would not.
        path.write_text(json.dumps(notebook), "utf-8")


def _handed_in(source: str, notebook: NotebookNode, folder: Path) -> Any:
    def cell(grade_id: str) -> NotebookNode:
        return notebook.cells[_index(notebook, grade_id)]

    names = {"notebook": notebook, "folder": folder, "cell": cell}
    exec(compile(source, HAND_IN, "exec"), names)
    return names["notebook"]


def _index(notebook: NotebookNode, grade_id: str) -> int:
    for index, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return index
    raise ValueError(f"There is no cell `{grade_id}`.")


def _filled(source: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        source = source.replace(f"@{name}@", value)
    return source
