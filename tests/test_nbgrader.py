"""With nbgrader itself: the Validate dialog, a graded class, feedback, and no secret anywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.small_course import RIGHT, WRONG, submit
from torchmarks import notebooks
from torchmarks.demo import reports
from torchmarks.release import release

pytestmark = pytest.mark.slow

UNDEFINED = "def mean_squares(x):\n    return (x ** 2).mean()"
NOISY = (
    "import sys, warnings\n\ndef mean_square(x):\n"
    "    warnings.warn('careful')\n    print('noise', file=sys.stderr)\n    return (x ** 2).mean()"
)
TELLTALE = (
    "def mean_square(x):\n    print('saw', x.tolist())\n    raise ValueError(str(x.tolist()))"
)


def nbgrader(course: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    return done.stdout + done.stderr


def validate(course: Path, student: str, solution: str | None) -> str:
    path = submit(course, student, solution)
    return nbgrader(course, "validate", str(path.relative_to(course)))


def test_the_validate_dialog_shows_the_sentences(small_course):
    release(small_course)
    assert "Success! Your notebook passes all the tests." in validate(small_course, "ada", RIGHT)
    wrong = validate(small_course, "alan", WRONG)
    assert "VALIDATION FAILED ON 1 CELL" in wrong
    assert "It squares the mean, not the entries." in wrong
    assert "should be 4.66667" in wrong
    assert "Traceback" not in wrong
    assert "mean_square: not attempted yet (4 points)" in validate(small_course, "evariste", None)
    undefined = validate(small_course, "emmy", UNDEFINED)
    assert "Run the cell that defines `mean_square`" in undefined
    assert "Traceback" not in undefined


def test_a_class_is_graded_and_nothing_hidden_is_shown(small_course):
    release(small_course)
    nbgrader(small_course, "generate_assignment", "--force", "01-small")
    deleted = submit(small_course, "deleter", WRONG)
    notebook = notebooks.read(deleted)
    notebook.cells = notebook.cells[:-1]
    notebooks.write(notebook, deleted)
    for student, solution in (
        ("ada", RIGHT),
        ("alan", WRONG),
        ("emmy", UNDEFINED),
        ("evariste", None),
        ("noisy", NOISY),
        ("telltale", TELLTALE),
    ):
        submit(small_course, student, solution)
    log = nbgrader(small_course, "autograde", "01-small")
    with Gradebook(f"sqlite:///{small_course / 'gradebook.db'}") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.find_assignment("01-small").submissions}
    assert scores == {
        "ada": 4,
        "alan": 1,
        "deleter": 1,
        "emmy": 0,
        "evariste": 0,
        "noisy": 4,
        "telltale": 0,
    }, log

    graded = small_course / "autograded" / "alan" / "01-small" / "small.ipynb"
    (report,) = reports(graded)
    assert report["state"] == "failed"
    assert {c["cause"] for c in report["checks"] if c["cause"]} == {
        "It squares the mean, not the entries."
    }
    for student in scores:
        path = small_course / "autograded" / student / "01-small" / "small.ipynb"
        for cell in json.loads(path.read_text())["cells"]:
            assert "41.25" not in json.dumps(cell.get("outputs", "")), student
            assert "metadata" not in cell or "execution" not in cell["metadata"]
    saw = (small_course / "autograded" / "telltale" / "01-small" / "small.ipynb").read_text()
    outputs = [
        output
        for cell in json.loads(saw)["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]
    printed = "".join("".join(output["text"]) for output in outputs)
    assert printed.splitlines() == ["saw [1.0, 2.0, 3.0]", "saw [0.0, 0.0]"]

    nbgrader(small_course, "generate_feedback", "01-small")
    page = (small_course / "feedback" / "alan" / "01-small" / "small.html").read_text()
    assert "It squares the mean, not the entries." in page
    for secret in ("41.25", "secret_input", "HIDDEN TESTS"):
        assert secret not in page
