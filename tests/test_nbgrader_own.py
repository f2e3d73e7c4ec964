"""nbgrader's own tests of `nbgrader autograde`, run with `IsolatedExecute` in place of `Execute`.

They come with the installed package and know nothing of isolation: what they ask for is what a
course that moves behind it relies on. Those whose very point isolation forbids are named here, and
must fail.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbgrader
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

OWN = Path(nbgrader.__file__).parent / "tests" / "apps" / "test_nbgrader_autograde.py"

#: Tests that must fail, each with its reason.
FORBIDDEN = {
    "test_side_effects": "a submission's cell writes a file, which shall lie in `autograded/`; here "
    "whatever a submission writes is gone with its sandbox",
}
#: Tests that nbgrader skips itself.
SKIPPED = {"test_many_students", "test_infinite_loop_with_output"}

CONFIG = f"""import sys
sys.path.append({str(ROOT)!r})
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from torchmarks.isolation import IsolatedExecute
own = Autograde.autograde_preprocessors.default()
c = get_config()
c.Autograde.autograde_preprocessors = [IsolatedExecute if p is Execute else p for p in own]
"""


def _names() -> list[str]:
    """Names of nbgrader's tests, in their order."""
    tree = ast.parse(OWN.read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [f.name for f in functions if f.name.startswith("test_")]


# Neighbours are alike, and so are their times.
@pytest.mark.parametrize("names", [_names()[::2], _names()[1::2]], ids=["even", "odd"])
def test_nbgraders_own_tests_pass_but_those_that_ask_for_what_is_forbidden(
    names: list[str], tmp_path: Path
):
    before = _files()
    came_of, told = _run(names, tmp_path)
    assert set(came_of) == set(names), told
    failed = {name for name, outcome in came_of.items() if outcome == "failed"}
    skipped = {name for name, outcome in came_of.items() if outcome == "skipped"}
    assert failed == set(FORBIDDEN) & set(names), told
    assert skipped == SKIPPED & set(names), told
    assert _files() == before


def test_the_named_exceptions_are_tests_of_nbgraders():
    assert set(FORBIDDEN) | SKIPPED <= set(_names())


def _run(names: list[str], scratch: Path) -> tuple[dict[str, str], str]:
    """Run some of the tests in a process of their own; what came of each, and all that was told."""
    home = scratch / "home"
    home.mkdir()
    (home / "nbgrader_config.py").write_text(CONFIG)
    (scratch / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", str(scratch / "pytest.ini")),
            *("--rootdir", str(scratch), "-p", "no:cacheprovider", "-p", "no:xdist"),
            *("--tb", "short", f"--junitxml={scratch / 'results.xml'}"),
            *(f"{OWN}::TestNbGraderAutograde::{name}" for name in names),
        ],
        cwd=scratch,
        env={
            **os.environ,
            "HOME": str(home),
            "TMPDIR": str(scratch),
            "JUPYTER_CONFIG_PATH": str(home),
            "JUPYTER_CONFIG_DIR": str(home),
            "JUPYTER_DATA_DIR": str(home),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=900,
    )
    told = done.stdout + done.stderr
    came_of: dict[str, str] = {}
    for case in ElementTree.parse(scratch / "results.xml").iter("testcase"):
        found = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcome = "passed" if not found else "skipped" if found == {"skipped"} else "failed"
        name = case.attrib["name"].partition("[")[0]
        if came_of.get(name) != "failed":
            came_of[name] = outcome
    return came_of, told


def _files() -> dict[Path, float]:
    """What lies beside nbgrader's tests, and since when."""
    return {path: path.lstat().st_mtime for path in OWN.parent.rglob("*")}
