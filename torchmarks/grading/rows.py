"""Rows of nbgrader's gradebook as plain values: taken out of one, entered into another.

A worker grades with a small gradebook of its own, which has only its assignment and its student.
What it says is then entered into the course's gradebook by what identifies a row there, and only
what nbgrader's autograding writes: scores and comments of a person's stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from torchmarks.errors import CourseError
from torchmarks.grading.tasks import Rows

#: Seconds to wait for a gradebook that somebody else has locked.
PATIENCE = 60
_TABLES = Base.metadata.tables
_CELLS = ("grade_cells", "solution_cells", "task_cells")
#: Tables of a submission: what identifies a row, and what autograding writes.
_SUBMISSION = {
    "student": (("id",), ()),
    "submitted_assignment": (("assignment_id", "student_id"), ("timestamp",)),
    "submitted_notebook": (("notebook_id", "assignment_id"), ("late_submission_penalty",)),
    "grade": (("cell_id", "notebook_id"), ("auto_score", "needs_manual_grade")),
    "comment": (("cell_id", "notebook_id"), ("auto_comment",)),
}
#: Parameter of an update, which may not be called as a column is.
_ITS_ID = "its_id"


def open_gradebook(url: str) -> Engine:
    """An engine for the gradebook that waits for others, and lets them read while it writes.

    Raises `CourseError` for what is no address of one.
    """
    is_file = url.startswith("sqlite")
    try:
        engine = create_engine(url, connect_args={"timeout": PATIENCE} if is_file else {})
    except (SQLAlchemyError, ValueError, ImportError) as error:
        reason = str(error).splitlines()[0]
        raise CourseError(
            f"c.CourseDirectory.db_url is no address of a gradebook here ({reason}): one is such "
            "as sqlite:////the/course/gradebook.db or postgresql+psycopg://user@host/database."
        ) from None
    if not is_file:
        return engine

    @event.listens_for(engine, "connect")
    def let_others_read(connection: Any, record: Any) -> None:
        # Python's own module would begin no transaction before a savepoint, and end it with that.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or nothing."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def make_gradebook(path: Path, rows: Rows) -> None:
    """A new gradebook with these rows."""
    engine = create_engine(f"sqlite:///{path}")
    for table in Base.metadata.sorted_tables:
        table.create(engine)
    engine.dispose()
    add_rows(path, rows)


def add_rows(path: Path, rows: Rows) -> None:
    """Put these rows into a gradebook that has none of them."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for name, found in rows.items():
            if found:
                connection.execute(_TABLES[name].insert(), found)
    engine.dispose()


def of_assignment(connection: Connection, assignment: str) -> Rows:
    """Course, assignment, notebooks and cells; raises `CourseError` if it is not in there."""
    found = _rows(connection, "assignment", name=[assignment])
    if not found:
        raise CourseError(
            f"{assignment} is not in the gradebook: nbgrader generate_assignment {assignment}"
        )
    rows = {"course": _rows(connection, "course", id=[found[0]["course_id"]]), "assignment": found}
    rows["notebook"] = _rows(connection, "notebook", assignment_id=_ids(found))
    notebooks = _ids(rows["notebook"])
    rows["base_cell"] = _rows(connection, "base_cell", notebook_id=notebooks)
    for name in _CELLS:
        rows[name] = _rows(connection, name, id=_ids(rows["base_cell"]))
    rows["source_cell"] = _rows(connection, "source_cell", notebook_id=notebooks)
    return rows


def of_class(connection: Connection, assignment: str) -> dict[str, Rows]:
    """What there is of each student's submission, by the student."""
    (found,) = _rows(connection, "assignment", name=[assignment])
    submissions = _rows(connection, "submitted_assignment", assignment_id=[found["id"]])
    by_submission = {row["id"]: row["student_id"] for row in submissions}
    notebooks = _joined(connection, "submitted_notebook", found["id"])
    by_notebook = {row["id"]: by_submission[row["assignment_id"]] for row in notebooks}
    students = {row["id"]: row for row in _rows(connection, "student")}
    parts: dict[str, Rows] = {
        student: {"student": [row], **{name: [] for name in list(_SUBMISSION)[1:]}}
        for student, row in students.items()
    }
    for row in submissions:
        parts[row["student_id"]]["submitted_assignment"].append(row)
    for row in notebooks:
        parts[by_submission[row["assignment_id"]]]["submitted_notebook"].append(row)
    for name in ("grade", "comment"):
        for row in _joined(connection, name, found["id"]):
            parts[by_notebook[row["notebook_id"]]][name].append(row)
    return parts


def of_student(engine: Engine, student: str) -> Rows:
    """All of a submission in a worker's gradebook, which holds no other."""
    with engine.connect() as connection:
        rows = {name: _rows(connection, name) for name in _SUBMISSION}
    rows["student"] = [row for row in rows["student"] if row["id"] == student]
    return rows


def enter(connection: Connection, before: Rows, after: Rows) -> None:
    """Enter what came of a submission; `before` is what its grading started from.

    Whatever a person has written meanwhile wins: a grade with a manual score that is new asks to
    be looked at, as nbgrader has it.
    """
    ids: dict[str, str] = {}
    old_scores = {row["id"]: row["manual_score"] for row in before.get("grade", ())}
    for name, (keys, fields) in _SUBMISSION.items():
        rows: list[dict[str, Any]] = [
            {k: ids.get(v, v) if k in keys else v for k, v in row.items()}
            for row in after.get(name, ())
        ]
        found = _there(connection, name, rows)
        changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            there = found.get(_key(name, row))
            if there is None:
                continue
            ids[row["id"]] = there["id"]
            new = {field: row[field] for field in fields}
            if name == "grade" and there["manual_score"] != old_scores.get(row["id"]):
                new["needs_manual_grade"] = True
            new = {field: value for field, value in new.items() if there[field] != value}
            if new:
                changed.setdefault(tuple(new), []).append({_ITS_ID: there["id"], **new})
        # Only the fields that differ: others may be changed by somebody at this moment.
        table = _TABLES[name]
        for updates in changed.values():
            connection.execute(table.update().where(table.c.id == bindparam(_ITS_ID)), updates)


def written(rows: Rows) -> str:
    """Digest of what autograding writes of a submission, and no person changes."""
    return digest(
        {
            name: [
                {field: row[field] for field in fields if field != "needs_manual_grade"}
                for row in rows.get(name, ())
            ]
            for name, (_, fields) in _SUBMISSION.items()
        }
    )


def digest(rows: Rows) -> str:
    """Of the values that decide marks, whatever the ids of a gradebook are."""
    told = {
        name: sorted(
            json.dumps(
                {k: v for k, v in row.items() if not k.endswith("id")}, default=str, sort_keys=True
            )
            for row in found
        )
        for name, found in rows.items()
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _rows(connection: Connection, table_name: str, /, **wanted: list[str]) -> list[dict[str, Any]]:
    table = _TABLES[table_name]
    query = select(table)
    for column, values in wanted.items():
        query = query.where(table.c[column].in_(values))
    return [dict(row) for row in connection.execute(query).mappings()]


def _joined(connection: Connection, name: str, assignment: str) -> list[dict[str, Any]]:
    """All rows of a table that belong to submissions of one assignment."""
    table, notebook = _TABLES[name], _TABLES["submitted_notebook"]
    submission = _TABLES["submitted_assignment"]
    query = select(table)
    if name != "submitted_notebook":
        query = query.join(notebook, table.c.notebook_id == notebook.c.id)
    query = query.join(submission, notebook.c.assignment_id == submission.c.id)
    query = query.where(submission.c.assignment_id == assignment)
    return [dict(row) for row in connection.execute(query).mappings()]


def _key(name: str, row: dict[str, Any]) -> tuple[Any, ...]:
    """What identifies a row of a submission."""
    return tuple(row[key] for key in _SUBMISSION[name][0])


def _there(
    connection: Connection, name: str, rows: list[dict[str, Any]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What the gradebook has in place of these rows, by its key; what is missing is inserted."""
    found = _find(connection, name, rows)
    missing = [row for row in rows if _key(name, row) not in found]
    if not missing:
        return found
    if _insert(connection, name, missing):
        return found | {_key(name, row): row for row in missing}
    # Somebody else was quicker with one of them.
    for row in missing:
        _insert(connection, name, [row])
    return found | _find(connection, name, missing)


def _find(
    connection: Connection, name: str, rows: list[dict[str, Any]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    if not rows:
        return {}
    wanted = {key: sorted({row[key] for row in rows}) for key in _SUBMISSION[name][0]}
    return {_key(name, row): row for row in _rows(connection, name, **wanted)}


def _insert(connection: Connection, name: str, rows: list[dict[str, Any]]) -> bool:
    """Insert all of these or none; False if one is there already."""
    try:
        with connection.begin_nested():
            connection.execute(_TABLES[name].insert(), rows)
    except IntegrityError:
        return False
    return True


def _ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]
