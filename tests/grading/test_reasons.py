"""Why something failed is told by the error itself, and with what mends it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from torchmarks.grading.log import TaskLog
from torchmarks.grading.reasons import of_a_file, of_the_gradebook

TRACEBACK = """Traceback (most recent call last):
  File "base.py", line 390, in convert_notebooks
    raise error
{said}
"""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) disk I/O error\n"
            "[SQL: SELECT 1]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)",
            "OperationalError: (sqlite3.OperationalError) disk I/O error",
        ),
        (
            "torchmarks.isolation.sandbox.SandboxMissing: No sandbox: install bubblewrap.",
            "No sandbox: install bubblewrap.",
        ),
        (
            "nbgrader.converters.base.NbGraderException: No notebooks found.",
            "No notebooks found.",
        ),
        ("AssertionError", "AssertionError"),
        ("plugins.Strange: \n----\nno table", "Strange: ----"),
    ],
)
def test_of_a_traceback_the_error_is_told(said: str, reason: str):
    log = TaskLog("/scratch", "/course")
    log.error("There was an error processing assignment: %s", "/scratch/submitted/ada/01")
    log.error(TRACEBACK.format(said=said))
    log.error("There was an error processing assignment '01' for student 'ada'")
    log.error("Please see the the above traceback for details on the specific errors")
    assert log.reason == reason


def test_a_sentence_of_several_lines_is_told_whole():
    log = TaskLog("/scratch", "/course")
    log.error("One or more notebooks use an old version \nof the format:\n\nnbgrader update .\n")
    assert log.reason == "One or more notebooks use an old version of the format: nbgrader update ."
    log = TaskLog("/scratch", "/course")
    log.error(TRACEBACK.format(said="OperationalError: no such column: course.name"))
    log.error("There was an error accessing the nbgrader database. This may occur if you recently")
    assert log.reason == "OperationalError: no such column: course.name"


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("no such table: assignment", "is empty: nbgrader generate_assignment 01"),
        ('relation "assignment" does not exist', "is empty: nbgrader generate_assignment 01"),
        ("database is locked", "close it, and start again"),
        ("database or disk is full", "make room on it, and start again"),
        ("could not extend file: No space left on device", "make room on it, and start again"),
        ("attempt to write a readonly database", "chmod u+w"),
        ("unable to open database file", "c.CourseDirectory.db_url names its file"),
        ("server closed the connection unexpectedly", "start the server, or mend"),
        ("the connection is lost", "start the server, or mend"),
        ('connection failed: FATAL: database "x" does not exist', "start the server, or mend"),
        ("permission denied for table grade", "ask whoever runs its server"),
        ("failed to resolve host 'there'", "start the server, or mend"),
        ("database disk image is malformed", "put a copy of it in its place"),
        ("file is not a database", "put a copy of it in its place"),
        ("no such column: course.name", "nbgrader db upgrade may mend it"),
    ],
)
def test_each_error_of_the_gradebook_has_its_own_advice(reason: str, advice: str):
    error = OperationalError("select 1", {}, Exception(f"{reason}\nand more"))
    told = of_the_gradebook(error, "01")
    assert told.endswith((".", "01"))
    assert advice in told
    assert ("db upgrade" in told) == ("no such column" in reason)


def test_an_error_without_the_name_of_a_file_is_told():
    assert of_a_file(OSError("unexpected end of data")) == "unexpected end of data"
    assert of_a_file(OSError(2, "No such file", "a.txt")) == "a.txt: No such file"
    assert of_a_file(OSError()) == "OSError"
