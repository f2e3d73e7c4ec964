"""A visible check is put to the session once, though its cell is run twice."""

from __future__ import annotations

from tests.isolation.grading import Course, Graded, grade, student

LOGS = """
from pathlib import Path
LOG = Path("/tmp/log")

def logged(x):
    with LOG.open("a") as file:
        file.write("call\\n")
    {then}

def calls():
    return len(LOG.read_text().splitlines())
"""


def checks(function: str, hidden: str, visible: str, limit: str = "10") -> str:
    """A grade cell with one visible check, and hidden lines."""
    return (
        "import torch\n"
        "from torchmarks import Marks\n"
        f"marks = Marks({function}, points=2, time_limit={limit})\n"
        f"marks.check('visible', {visible})\n"
        f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS\n"
        "marks"
    )


def states(graded: Graded) -> list[str]:
    assert graded.said == [""]
    return [check["state"] for check in graded[1].report["checks"]]


HIDDEN = "marks.check('hidden', torch.zeros(3), expect=torch.ones(3))\n"


def test_an_answer_to_a_visible_check_is_taken_from_the_first_run(course: Course):
    cell = checks(
        "logged", HIDDEN + "assert calls() == 2", "torch.ones(3), expect=2 * torch.ones(3)"
    )
    graded = course.grade(student(LOGS.format(then="return x + 1")), grade(cell))
    assert states(graded) == ["passed", "passed"]


def test_a_call_that_never_ends_is_waited_for_once(course: Course):
    cell = checks("logged", HIDDEN + "assert calls() == 1", "torch.ones(3), expect=1", limit="1")
    graded = course.grade(student(LOGS.format(then="while True: pass")), grade(cell))
    assert states(graded) == ["failed", "failed"]
    assert "time" in graded[1].report["checks"][0]["sentence"]


def test_a_check_after_other_questions_begins_anew(course: Course):
    cell = "note(0)\n" + checks("note", "marks.check('hidden', 2, expect=3)", "1, expect=2")
    graded = course.grade(
        student("seen = []\ndef note(x):\n    seen.append(x)\n    return len(seen)"), grade(cell)
    )
    assert states(graded) == ["passed", "passed"]
