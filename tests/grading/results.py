"""What a grading leaves behind, in a form that two gradings can be compared by."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text


def gradebook(course: Path, url: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a grading writes, by what it says and not by its ids."""
    queries = {
        "student": "select * from student",
        "submission": "select student_id, timestamp, extension from submitted_assignment",
        "notebook": "select s.student_id, n.late_submission_penalty, n.flagged"
        " from submitted_notebook n join submitted_assignment s on n.assignment_id = s.id",
        "grade": "select s.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit,"
        " g.needs_manual_grade from grade g join base_cell c on g.cell_id = c.id"
        " join submitted_notebook n on g.notebook_id = n.id"
        " join submitted_assignment s on n.assignment_id = s.id",
        "comment": "select s.student_id, c.name, m.auto_comment, m.manual_comment from comment m"
        " join base_cell c on m.cell_id = c.id join submitted_notebook n on m.notebook_id = n.id"
        " join submitted_assignment s on n.assignment_id = s.id",
    }
    engine = create_engine(url or f"sqlite:///{course / 'gradebook.db'}")
    with engine.connect() as connection:
        rows = {
            name: sorted(
                (tuple(map(plain, row)) for row in connection.execute(text(query))), key=repr
            )
            for name, query in queries.items()
        }
    engine.dispose()
    return rows


def plain(value: Any) -> Any:
    """A value as every database gives it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.removesuffix(".000000") if isinstance(value, str) else value


def autograded(course: Path) -> dict[str, tuple[int, bytes]]:
    """Every autograded file, with its permissions."""
    folder = course / "autograded"
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
