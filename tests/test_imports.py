"""The two wings of the package: the student's needs torch alone, and imports run one way."""

import ast
import sys
from pathlib import Path

import torchmarks

PACKAGE = Path(torchmarks.__file__).parent

#: Every module may import from those before it.
ORDER = [
    "errors",
    "compare",
    "watch",
    "calls",
    "cells",
    "cases",
    "probes",
    "relations",
    "results",
    "diagnose",
    "catalogue",
    "causes",
    "render",
    "questions",
    "marks",
    "figures",
    "undefined",
    "__init__",
    # The grader's wing.
    "notebooks",
    "course",
    "audit",
    "release",
    "classroom",
    "demo",
    "cli",
    "__main__",
]
GRADER_WING = set(ORDER[ORDER.index("notebooks") :])


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "torchmarks":
                found |= {f"torchmarks.{alias.name}" for alias in node.names}
    return found


def test_imports_run_one_way():
    assert sorted(ORDER) == sorted(path.stem for path in PACKAGE.glob("*.py"))
    for position, module in enumerate(ORDER):
        for name in imported(PACKAGE / f"{module}.py"):
            if name.startswith("torchmarks."):
                assert name.split(".")[1] in ORDER[:position], f"{module} imports {name}"


def test_the_students_wing_needs_torch_alone():
    for module in set(ORDER) - GRADER_WING:
        for name in imported(PACKAGE / f"{module}.py"):
            # IPython and Matplotlib are there whenever a notebook shows a figure.
            allowed = {"IPython", "matplotlib"} if module == "figures" else set()
            package = name.split(".")[0]
            assert package in {"torch", "torchmarks", *sys.stdlib_module_names} | allowed, module


def test_only_the_command_line_prints():
    for path in PACKAGE.glob("*.py"):
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "print" not in calls or path.stem == "cli", path


def test_what_a_notebook_imports_is_listed():
    assert torchmarks.__all__ == sorted(torchmarks.__all__)
    assert all(hasattr(torchmarks, name) for name in torchmarks.__all__)
