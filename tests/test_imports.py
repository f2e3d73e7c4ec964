"""The two wings of the package: the student's needs torch alone, and imports run one way."""

import ast
import subprocess
import sys
from pathlib import Path

import torchmarks

PACKAGE = Path(torchmarks.__file__).parent

#: Every module may import from those before it.
ORDER = [
    "errors",
    "conventions",
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
    # A name is looked up in the package's own module, which knows where it is.
    "isolation.__init__",
    # The wire, and what both sides of it need.
    "isolation.channel",
    "isolation.values",
    "isolation.handles",
    "isolation.changes",
    "isolation.conditions",
    "isolation.files",
    "isolation.clock",
    "isolation.displays",
    "isolation.records",
    "isolation.methods",
    "isolation.disguises",
    "isolation.standins",
    "isolation.parcels",
    # What runs in the sandbox.
    "isolation.drawings",
    "isolation.showing",
    "isolation.compiling",
    "isolation.shell",
    "isolation.parts",
    "isolation.warming",
    "isolation.answerer",
    "isolation.namespaces",
    "isolation.forking",
    "isolation.snapshot",
    "isolation.session",
    # The grader's process.
    "isolation.rebuilding",
    "isolation.gradients",
    "isolation.failures",
    "isolation.raising",
    "isolation.asking",
    "isolation.hopeless",
    "isolation.recall",
    "isolation.answers",
    "isolation.remote",
    "isolation.trusted",
    "isolation.interrupting",
    # Warm processes.
    "isolation.serving",
    "isolation.rehearsal",
    "isolation.residents",
    "isolation.ground",
    "isolation.supervisor",
    "isolation.zygote",
    "isolation.grader",
    "isolation.warmprocess",
    "isolation.bubblewrap",
    # The driver.
    "isolation.sandbox",
    "isolation.selftest",
    "isolation.gradeprocess",
    "isolation.names",
    "isolation.plan",
    "isolation.jobs",
    "isolation.inert",
    "isolation.fitting",
    "isolation.groundwork",
    "isolation.workplace",
    "isolation.phase_one",
    "isolation.phase_two",
    "isolation.conduct",
    "isolation.harmless",
    "isolation.pictures",
    "isolation.markup",
    "isolation.markdown",
    "isolation.outputs",
    "isolation.pages",
    "isolation.execute",
    # What arrives.
    "isolation.arrivals",
    "isolation.released",
    "isolation.parsing",
    "isolation.reading",
    "isolation.restoring",
    "isolation.repair",
    "isolation.configuration",
    "isolation.doctor",
    # A class in parallel.
    "grading.__init__",
    "grading.tasks",
    "grading.rows",
    "grading.reasons",
    "grading.gather",
    "grading.log",
    "grading.quick",
    "grading.reports",
    "grading.worker",
    "grading.writer",
    "grading.lanes",
    "grading.changes",
    "grading.run",
    "grading.progress",
    "grading.command",
    "demo",
    "cli",
    "__main__",
]
#: Their output is a cell's.
PRINTS_FOR_A_CELL = ("grader", "shell")
GRADER_WING = set(ORDER[ORDER.index("notebooks") :])
#: Two modules that name what they start, or what is asked for, as late as they can.
LAZY = {"isolation.__init__", "__init__"}


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


def modules() -> dict[str, Path]:
    """All modules by their name below the package."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in PACKAGE.rglob("*.py")
    }


def test_imports_run_one_way():
    assert sorted(ORDER) == sorted(modules())
    for position, module in enumerate(ORDER):
        if module in LAZY:
            continue
        for name in imported(modules()[module]):
            if name.startswith("torchmarks."):
                wanted = name.removeprefix("torchmarks.")
                before = ORDER[:position]
                known = wanted in before or f"{wanted}.__init__" in before
                # `from module import name` is listed twice, the second time with the name.
                assert known or wanted.rsplit(".", 1)[0] in before or hasattr(torchmarks, wanted), (
                    f"{module} imports {name}"
                )


def test_the_students_wing_needs_torch_alone():
    for module in set(ORDER) - GRADER_WING:
        for name in imported(modules()[module]):
            # IPython and Matplotlib are there whenever a notebook shows a figure.
            allowed = {"IPython", "matplotlib"} if module == "figures" else set()
            package = name.split(".")[0]
            assert package in {"torch", "torchmarks", *sys.stdlib_module_names} | allowed, module


def test_only_the_command_line_prints():
    for path in PACKAGE.rglob("*.py"):
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "print" not in calls or path.stem in ("cli", *PRINTS_FOR_A_CELL), path


def test_what_a_notebook_imports_is_listed():
    assert torchmarks.__all__ == sorted(torchmarks.__all__)
    assert all(hasattr(torchmarks, name) for name in torchmarks.__all__)


def test_nbgrader_is_as_it_was_where_a_worker_is_only_imported():
    from nbgrader import api
    from sqlalchemy import create_engine

    import torchmarks.grading.worker  # noqa: F401

    assert api.create_engine is create_engine
    assert "create_all" not in vars(api.Base.metadata)


def test_what_drives_a_grading_is_imported_soon():
    """No torch, which only its sandboxes need, and no grammar built by a JSON schema's validator."""
    code = "import sys, torchmarks.grading.command; print(*{'torch', 'lark'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
