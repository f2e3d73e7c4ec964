"""Honest submissions get the same marks and the same reports in a sandbox as in a kernel.

For each chapter one student hands in references, alternatives and known mistakes, mixed. The
notebook is graded twice: by nbgrader's own `Execute`, and isolated.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from tests.conftest import ROOT
from torchmarks.classroom import Student, references, solutions, submit
from torchmarks.course import Chapter, chapters
from torchmarks.demo import nbgrader, prepare, reports

pytestmark = pytest.mark.slow

STUDENT = "ada"
#: Settings that stand at the end of the course's own.
STOCK = "\nfrom traitlets.config import Config\nc.Autograde = Config()\n"
ISOLATED = "\nfrom torchmarks.isolation import configure\nconfigure(c)\n"


@pytest.mark.parametrize("chapter", chapters(ROOT), ids=lambda chapter: chapter.assignment)
def test_a_mixed_submission_is_graded_alike_in_a_kernel_and_in_a_sandbox(
    chapter: Chapter, tmp_path: Path
):
    course = prepare(ROOT, tmp_path / "stock")
    submit(chapter, Student(STUDENT, _mixed), course)
    nbgrader(course, "generate_assignment", chapter.assignment)
    isolated = tmp_path / "isolated"
    shutil.copytree(course, isolated)
    expected = _graded(chapter, course, STOCK)
    found = _graded(chapter, isolated, ISOLATED)
    assert expected["states"] == {"passed", "failed"}, expected
    for exercise, report in expected["reports"].items():
        assert found["reports"].get(exercise) == report
    assert found == expected


def _mixed(chapter: Chapter) -> dict[str, str]:
    """Every other exercise is solved with a mistake, of the others every other by an alternative."""
    mixed = references(chapter)
    mistakes = solutions(chapter, "mistakes", 0)
    alternatives = solutions(chapter, "alternatives", 0)
    for n, name in enumerate(mixed):
        if n % 2:
            mixed[name] = mistakes[name]
        elif n % 4:
            mixed[name] = alternatives[name]
    return mixed


def _graded(chapter: Chapter, course: Path, settings: str) -> dict[str, Any]:
    """Points of each grade cell, and what its report says."""
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(settings)
    nbgrader(course, "autograde", chapter.assignment)
    path = course / "autograded" / STUDENT / chapter.assignment / chapter.path.name
    told = {report["exercise"]: report for report in reports(path)}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(chapter.assignment, STUDENT)
        grades = submission.notebooks[0].grades
        scores = {grade.name: (grade.auto_score, grade.max_score) for grade in grades}
    return {
        "scores": scores,
        "reports": told,
        "states": {report["state"] for report in told.values()},
        "errors": [
            output["evalue"]
            for cell in json.loads(path.read_text("utf-8"))["cells"]
            for output in cell.get("outputs", ())
            if output["output_type"] == "error"
        ],
    }
