"""The writer, stopped at each of its steps: files and rows are all old or all new, and it is told."""

from __future__ import annotations

import dataclasses
import errno
import itertools
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Base
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.grading.gradebooks import ASSIGNMENT, rows_of
from tests.small_course import make_small_course
from torchmarks.errors import CourseError
from torchmarks.grading import rows, writer
from torchmarks.grading.gather import Course
from torchmarks.grading.rows import make_gradebook, writing
from torchmarks.grading.tasks import Bundle, Graded, Rows, Task, pack
from torchmarks.grading.writer import NOTES, Writer

#: What a step may leave behind: the score in the gradebook, and the files by what is in them.
OLD = 1.0, {"small.ipynb": "1.0", "was.txt": "1.0"}
NEW = 4.0, {"small.ipynb": "4.0", "is.txt": "4.0"}
NOTHING: tuple[None, dict[str, str]] = None, {}
#: The writer's steps in their order, and whether the new files and rows have come to stay by then.
MOMENTS = {
    "new files are beside": False,
    "rows are entered": False,
    "they are expected": False,
    "old files are aside": False,
    "new files are in place": False,
    "rows are to stay": False,
    "rows stay": True,
    "permissions are set": True,
    "it is noted": True,
}
FULL = OSError(errno.ENOSPC, "No space left on device")
BUSY = OperationalError("COMMIT", {}, Exception("database is locked"))
TAKEN = IntegrityError("COMMIT", {}, Exception("UNIQUE constraint failed"))


def score_of(course: Course) -> float | None:
    with course.engine.connect() as connection:
        score: float | None = connection.execute(text("select auto_score from grade")).scalar()
    return score


def state(course: Course) -> tuple[float | None, dict[str, str]]:
    folder = course.root / "autograded" / "ada" / "01-small"
    files = {path.name: path.read_text() for path in folder.rglob("*")}
    return score_of(course), files


def left_over(course: Course) -> list[Path]:
    return list((course.root / "autograded").glob("*/.*"))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """A course whose assignment ada has handed in, never graded yet."""
    folder = make_small_course(tmp_path / "course")
    make_gradebook(folder / "gradebook.db", ASSIGNMENT)
    (folder / "submitted" / "ada" / "01-small").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCHMARKS_CATALOGUE", "")  # the course's settings change it
    with closing(Course(folder)) as course:
        yield course


@pytest.fixture
def bundle(course: Course) -> Bundle:
    return course.bundle("01-small")


def task(course: Course, bundle: Bundle, score: float) -> Task:
    """A submission that is worth so much, with what the gradebook holds of it now."""
    there = course.class_rows(bundle).get("ada", {})
    return Task("ada", "*", b"", there, f"digest of {score}")


def graded(tmp_path: Path, name: str, score: float) -> Graded:
    """What came of it, with a worker's own ids."""
    folder = tmp_path / f"graded-{score}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in ("small.ipynb", name):
        (folder / file).write_text(str(score))
    return Graded("ada", pack(folder), rows_of(1, score, ids=f"of {score}"))


@pytest.fixture
def old(course: Course, bundle: Bundle, tmp_path: Path) -> Task:
    """Graded before, for one point."""
    before = task(course, bundle, 1.0)
    Writer(course, bundle).write(before, graded(tmp_path, "was.txt", 1.0))
    assert state(course) == OLD
    return before


def stop_at(
    moment: str, course: Course, stop: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let `stop` be called once the writer has come to this moment, and before it goes on."""

    def after(owner: Any, name: str, suffix: str = "") -> None:
        real = getattr(owner, name)

        def called(*arguments: Any) -> Any:
            result = real(*arguments)
            if str(arguments[-1]).endswith(suffix):
                stop()
            return result

        monkeypatch.setattr(owner, name, called)

    if moment == "new files are beside":
        after(writer, "unpack")
    elif moment == "rows are entered":
        after(writer, "enter")
    elif moment == "they are expected":
        after(Writer, "_remember")
    elif moment == "old files are aside":
        after(Path, "rename", ".old")
    elif moment == "new files are in place":
        after(Path, "rename", "01-small")
    elif moment == "rows are to stay":
        event.listen(course.engine, "commit", lambda connection: stop(), once=True)
    elif moment == "rows stay":
        monkeypatch.setattr(course.converter, "set_permissions", lambda *arguments: stop())
    elif moment == "permissions are set":
        after(course.converter, "set_permissions")
    elif moment == "it is noted":
        real = writer.remove
        monkeypatch.setattr(
            writer, "remove", lambda f: stop() if f.name.endswith(".old") else real(f)
        )


def raises(error: BaseException) -> Callable[[], None]:
    def stop() -> None:
        raise error

    return stop


def killed_at(moment: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process that ends at this moment, without a chance to clear up."""
    child = os.fork()
    if not child:
        try:
            course = Course(folder)
            bundle = course.bundle("01-small")
            one = Writer(course, bundle)
            stop_at(moment, course, lambda: os._exit(9), monkeypatch)
            one.write(task(course, bundle, 4.0), graded(tmp_path, "is.txt", 4.0))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9


def goes_on(
    course: Course,
    bundle: Bundle,
    tmp_path: Path,
    *,
    found: tuple[float | None, dict[str, str]],
    noted: bool = False,
) -> None:
    """The next run's writer finds one or the other, knows which, and writes."""
    again = Writer(course, bundle)
    assert state(course) == found
    assert not left_over(course)
    assert again.is_done(task(course, bundle, 4.0)) == noted
    if again.is_done(task(course, bundle, 1.0)):
        assert found == OLD
    again.write(task(course, bundle, 4.0), graded(tmp_path, "is.txt", 4.0))
    assert state(course) == NEW
    assert not left_over(course)
    assert Writer(course, bundle).is_done(task(course, bundle, 4.0))


@pytest.mark.parametrize("before", [OLD, NOTHING], ids=["again", "first"])
@pytest.mark.parametrize(("moment", "stays"), MOMENTS.items())
def test_killed_it_leaves_one_or_the_other(
    moment: str,
    stays: bool,
    before: tuple[float | None, dict[str, str]],
    course: Course,
    bundle: Bundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
):
    if before is OLD:
        request.getfixturevalue("old")
    elif moment == "old files are aside":
        return  # there are none
    course.close()  # a fork may not have its connections
    killed_at(moment, course.root, tmp_path, monkeypatch)
    noted = moment == "it is noted"
    goes_on(course, bundle, tmp_path, found=NEW if stays else before, noted=noted)


@pytest.mark.parametrize(("moment", "stays"), MOMENTS.items())
def test_interrupted_it_leaves_one_or_the_other(
    moment: str,
    stays: bool,
    course: Course,
    bundle: Bundle,
    old: Task,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    one = Writer(course, bundle)
    with monkeypatch.context() as patch:
        stop_at(moment, course, raises(KeyboardInterrupt()), patch)
        with pytest.raises(KeyboardInterrupt):
            one.write(task(course, bundle, 4.0), graded(tmp_path, "is.txt", 4.0))
    noted = moment == "it is noted"
    goes_on(course, bundle, tmp_path, found=NEW if stays else OLD, noted=noted)


def repaired_until(step: int, folder: Path) -> int:
    """The exit status of a process that repairs, and is killed before this change of a file."""
    child = os.fork()
    if not child:
        left = [step]

        def count(kind: str, arguments: tuple[Any, ...]) -> None:
            if kind in ("os.rename", "os.remove", "os.rmdir", "os.chmod"):
                left[0] -= 1
                if not left[0]:
                    os._exit(9)

        try:
            course = Course(folder)
            bundle = course.bundle("01-small")
            sys.addaudithook(count)
            Writer(course, bundle)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("moment", ["new files are beside", "rows are to stay", "rows stay"])
def test_killed_while_it_repairs_it_repairs_the_rest(
    moment: str,
    course: Course,
    bundle: Bundle,
    old: Task,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    course.close()
    killed_at(moment, course.root, tmp_path, monkeypatch)
    kept = tmp_path / "kept"
    shutil.copytree(course.root, kept, symlinks=True)
    for step in itertools.count(1):
        status = repaired_until(step, course.root)
        assert status in (0, 9)
        Writer(course, bundle)
        assert state(course) == (NEW if MOMENTS[moment] else OLD)
        assert not left_over(course)
        course.close()
        if status == 0:
            assert step > 3
            break
        shutil.rmtree(course.root)
        shutil.copytree(kept, course.root, symlinks=True)


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        ("new files are beside", FULL),
        ("rows are entered", BUSY),
        ("rows are entered", TAKEN),
        ("they are expected", FULL),
        ("old files are aside", FULL),
        ("rows are to stay", BUSY),
        ("rows are to stay", TAKEN),
        ("rows stay", FULL),
        ("permissions are set", FULL),
    ],
)
def test_what_the_disk_or_the_gradebook_refuses_is_undone_and_told(
    moment: str,
    error: Exception,
    course: Course,
    bundle: Bundle,
    old: Task,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    found = NEW if MOMENTS[moment] else OLD
    one = Writer(course, bundle)
    with monkeypatch.context() as patch:
        stop_at(moment, course, raises(error), patch)
        with pytest.raises(CourseError, match=r"cannot be written|cannot be read|locked"):
            one.write(task(course, bundle, 4.0), graded(tmp_path, "is.txt", 4.0))
    assert state(course) == found
    assert not left_over(course)
    goes_on(course, bundle, tmp_path, found=found)


#: Whoever enters or changes a grade owes a row, and is asked for it at the commit.
OWED = """
create table due (id integer primary key);
create table owed (id integer references due(id) deferrable initially deferred);
create trigger entered after insert on grade begin insert into owed values (1); end;
create trigger changed after update on grade begin insert into owed values (1); end;
"""


@pytest.mark.parametrize("before", [NOTHING, OLD])
def test_rows_that_are_refused_at_the_commit_take_their_files_with_them(
    before: tuple[float | None, dict[str, str]],
    course: Course,
    bundle: Bundle,
    request: pytest.FixtureRequest,
    tmp_path: Path,
):
    if before == OLD:
        request.getfixturevalue("old")
    course.close()
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.executescript(OWED)

    @event.listens_for(course.engine, "connect")
    def look_at_keys(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    one = Writer(course, bundle)
    with pytest.raises(CourseError, match="FOREIGN KEY"):
        one.write(task(course, bundle, 4.0), graded(tmp_path, "is.txt", 4.0))
    assert state(course) == before
    assert not left_over(course)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection, connection:
        connection.execute("insert into due values (1)")
    goes_on(course, bundle, tmp_path, found=before)


def test_what_cannot_be_put_right_is_told(course: Course, bundle: Bundle):
    folder = course.root / "autograded" / "ada"
    (folder / ".01-small.old").mkdir(parents=True)
    (folder / "01-small").touch()
    with pytest.raises(CourseError, match=r"\.01-small\.old cannot be written: Not a directory\."):
        Writer(course, bundle)


@pytest.mark.parametrize("name", ["small.ipynb", "was.txt"])
def test_what_is_gone_was_not_graded(course: Course, bundle: Bundle, old: Task, name: str):
    one = Writer(course, bundle)
    assert one.is_done(task(course, bundle, 1.0))
    (course.root / "autograded" / "ada" / "01-small" / name).unlink()
    assert not one.is_done(task(course, bundle, 1.0))


def test_a_note_speaks_for_the_files_of_its_own_grading(
    course: Course, bundle: Bundle, old: Task, tmp_path: Path
):
    one = Writer(course, bundle)
    one.write(
        dataclasses.replace(task(course, bundle, 4.0), notebook="small"),
        graded(tmp_path, "is.txt", 4.0),
    )
    assert state(course) == (4.0, {"was.txt": "1.0", **NEW[1]})
    (course.root / "autograded" / "ada" / "01-small" / "was.txt").unlink()
    assert one.is_done(task(course, bundle, 4.0))


@pytest.mark.parametrize("noted", [{"digest": "digest of 1.0"}, ["digest of 1.0"], None, {}])
def test_a_note_that_names_no_files_counts_for_nothing(
    course: Course, bundle: Bundle, old: Task, noted: Any
):
    (note,) = (course.root / NOTES / "01-small").iterdir()
    note.write_text(json.dumps(noted))
    assert not Writer(course, bundle).is_done(task(course, bundle, 1.0))


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What the gradebook is asked meanwhile, by its first words."""
    asked: list[str] = []

    def ask(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(" ".join(statement.split()[:3]))

    event.listen(engine, "before_cursor_execute", ask)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", ask)


@pytest.mark.parametrize("cells", [1, 40])
def test_a_submission_is_entered_in_a_few_statements(course: Course, bundle: Bundle, cells: int):
    def enter(before: Rows, after: Rows) -> list[str]:
        with statements(course.engine) as asked, writing(course.engine) as connection:
            rows.enter(connection, before, after)
        return sorted(word for word in asked if not word.startswith(("BEGIN", "SAVE", "RELEASE")))

    first = rows_of(cells, 1.0, ids="one")
    asked = enter({}, first)
    assert len(asked) == 10
    assert [word for word in asked if word.startswith("INSERT")] == [
        f"INSERT INTO {name}" for name in sorted(first)
    ]
    assert len(enter(first, first)) == 5
    changed = rows_of(cells, 1.0, ids="one")
    changed["grade"][-1]["auto_score"] = 2.0
    asked = enter(first, changed)
    assert len(asked) == 6
    assert asked[-1] == "UPDATE grade SET"
    assert len(enter(changed, rows_of(cells, 3.0, ids="one"))) == 7


def test_a_row_that_somebody_enters_meanwhile_is_kept_and_gets_what_is_ours(course: Course):
    theirs = {**rows_of(3, None, ids="theirs")["grade"][1], "manual_score": 3.5}
    looked: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "FROM grade" in statement:
            looked.append(statement)

    def be_quicker(connection: Connection, name: str) -> None:
        if looked:
            looked.clear()
            table = Base.metadata.tables["grade"]
            connection.execute(table.insert(), {**theirs, "notebook_id": "ours"})

    event.listen(course.engine, "before_cursor_execute", look)
    event.listen(course.engine, "savepoint", be_quicker)
    with writing(course.engine) as connection:
        rows.enter(connection, {}, rows_of(3, 1.0, ids="ours"))
    with course.engine.connect() as connection:
        entered = connection.execute(
            text(
                "select id, cell_id, auto_score, manual_score, needs_manual_grade from grade"
                " order by cell_id"
            )
        ).all()
    assert [tuple(row) for row in entered] == [
        ("ours-0", "c0", 1.0, None, 0),
        ("theirs-1", "c1", 1.0, 3.5, 1),
        ("ours-2", "c2", 1.0, None, 0),
    ]
