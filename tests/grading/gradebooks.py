"""Rows of a gradebook: an assignment of forty cells, and a student's submission of it."""

from __future__ import annotations

from torchmarks.grading.tasks import Rows

ASSIGNMENT: Rows = {
    "course": [{"id": "default_course"}],
    "assignment": [{"id": "a", "name": "01-small", "course_id": "default_course", "duedate": None}],
    "notebook": [{"id": "n", "name": "small", "assignment_id": "a", "kernelspec": "{}"}],
    "base_cell": [
        {"id": f"c{n}", "name": f"marks-{n}", "notebook_id": "n", "type": "GradeCell"}
        for n in range(40)
    ],
    "grade_cells": [{"id": f"c{n}", "max_score": 4.0, "cell_type": "code"} for n in range(40)],
}


def rows_of(cells: int, score: float | None, *, ids: str) -> Rows:
    """Ada's submission with so many grade cells, as a gradebook with such ids would have it."""
    person = dict.fromkeys(("first_name", "last_name", "email", "lms_user_id"))
    submission = {"id": ids, "assignment_id": "a", "student_id": "ada"}
    notebook = {"id": ids, "assignment_id": ids, "notebook_id": "n", "flagged": False}
    places = [{"id": f"{ids}-{n}", "notebook_id": ids, "cell_id": f"c{n}"} for n in range(cells)]
    by_hand = {"manual_score": None, "extra_credit": None, "needs_manual_grade": False}
    comment = {"auto_comment": f"worth {score}", "manual_comment": None}
    return {
        "student": [{"id": "ada", **person}],
        "submitted_assignment": [{**submission, "timestamp": None, "extension": None}],
        "submitted_notebook": [{**notebook, "late_submission_penalty": None}],
        "grade": [{**place, "auto_score": score, **by_hand} for place in places],
        "comment": [{**place, **comment} for place in places],
    }
