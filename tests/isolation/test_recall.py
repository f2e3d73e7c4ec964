"""A visible check is put to the session once, though its cell is run twice."""

from __future__ import annotations

from tests.isolation.grading import Course, grade, student

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


def test_an_answer_to_a_visible_check_is_taken_from_the_first_run(course: Course):
    graded = course.grade(
        student(LOGS.format(then="return x + 1")),
        grade(
            "import torch\n"
            "from torchmarks import Marks\n"
            "marks = Marks(logged, points=2)\n"
            "marks.check('visible', torch.ones(3), expect=2 * torch.ones(3))\n"
            "### BEGIN HIDDEN TESTS\n"
            "marks.check('hidden', torch.zeros(3), expect=torch.ones(3))\n"
            "assert calls() == 2\n"
            "### END HIDDEN TESTS\n"
            "marks"
        ),
    )
    assert graded.said == [""]
    assert [c["state"] for c in graded[1].report["checks"]] == ["passed", "passed"]


def test_a_call_that_never_ends_is_waited_for_once(course: Course):
    graded = course.grade(
        student(LOGS.format(then="while True: pass")),
        grade(
            "import torch\n"
            "from torchmarks import Marks\n"
            "marks = Marks(logged, points=2, time_limit=1.0)\n"
            "marks.check('visible', torch.ones(3), expect=torch.ones(3))\n"
            "### BEGIN HIDDEN TESTS\n"
            "marks.check('hidden', torch.zeros(3), expect=torch.ones(3))\n"
            "assert calls() == 1\n"
            "### END HIDDEN TESTS\n"
            "marks"
        ),
    )
    assert graded.said == [""]
    assert [c["state"] for c in graded[1].report["checks"]] == ["failed", "failed"]
    assert "time" in graded[1].report["checks"][0]["sentence"]


def test_a_check_after_other_questions_begins_anew(course: Course):
    graded = course.grade(
        student("seen = []\ndef note(x):\n    seen.append(x)\n    return len(seen)"),
        grade(
            "from torchmarks import Marks\n"
            "note(0)\n"
            "marks = Marks(note, points=2)\n"
            "marks.check('visible', 1, expect=2)\n"
            "### BEGIN HIDDEN TESTS\n"
            "marks.check('hidden', 2, expect=3)\n"
            "### END HIDDEN TESTS\n"
            "marks"
        ),
    )
    assert graded.said == [""]
    assert [c["state"] for c in graded[1].report["checks"]] == ["passed", "passed"]
