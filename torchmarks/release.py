"""Make `release/` and `solutions/` from `source/` with nbgrader's own converters.

Both are made in a scratch folder with a gradebook of its own and then take the place of the old
ones, so that a failure leaves these as they were and the course's gradebook is never touched.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment, GenerateSolution
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from torchmarks.catalogue import RECORDED_NAME, encode_outcome
from torchmarks.course import Chapter, candidate, chapters, run_marks
from torchmarks.errors import CourseError
from torchmarks.results import State


def release(course: Path, names: list[str] | None = None) -> list[Path]:
    """Make the named assignments (all by default) anew; returns what was written.

    Raises `CourseError` if a source notebook is broken or a folder cannot be written.
    """
    course = course.resolve()
    chosen = chapters(course, names)
    # A mistake in any chapter is told before anything is written.
    records = {chapter: recorded_mistakes(chapter) for chapter in chosen}
    written = []
    for chapter, text in records.items():
        record = chapter.path.with_name(RECORDED_NAME)
        if not record.exists() or not same_records(record.read_text("utf-8"), text):
            _write(record, text)
        written.append(record)
        with tempfile.TemporaryDirectory() as scratch:
            for folder in generate(chapter, Path(scratch)):
                target = course / folder.relative_to(scratch)
                _replace(folder, target)
                written.append(target)
    return written


def generate(chapter: Chapter, scratch: Path) -> tuple[Path, Path]:
    """The chapter's released and solution folders, made below an empty `scratch`."""
    source = scratch / "source" / chapter.assignment
    shutil.copytree(chapter.path.parent, source, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    config = PyFileConfigLoader("nbgrader_config.py", str(chapter.course)).load_config()
    config.CourseDirectory.root = str(scratch)
    config.CourseDirectory.assignment_id = chapter.assignment
    config.CourseDirectory.db_url = f"sqlite:///{scratch / 'gradebook.db'}"
    _find_alembic()
    for converter_class in (GenerateAssignment, GenerateSolution):
        converter = converter_class(coursedir=CourseDirectory(config=config), config=config)
        converter.log = complaints = _Complaints()
        try:
            converter.start()
        except NbGraderException as error:
            raise CourseError(
                f"nbgrader cannot make {chapter.path}: {complaints.reason}"
            ) from error
    return scratch / "release" / chapter.assignment, scratch / "solutions" / chapter.assignment


def recorded_mistakes(chapter: Chapter) -> str:
    """JSON with the wrong answers that known mistakes give in the visible checks.

    A student's kernel names a mistake by it, without the code of any.
    """
    names = chapter.namespace()
    exercises: dict[str, dict[str, list[Any]]] = {}
    for exercise in chapter.exercises:
        checks: dict[str, list[Any]] = {}
        for entry in chapter.entries("mistakes"):
            if entry.exercise != exercise.name:
                continue
            wrong = candidate(names, exercise.name, entry.function)
            marks = run_marks(exercise.visible_marks, wrong, f"{exercise.name}-visible")
            for check, state, outcome in marks.outcomes():
                record = encode_outcome(outcome) if state is State.FAILED else None
                if record:
                    checks.setdefault(check, []).append(
                        {"sentence": entry.sentence, "outcome": record}
                    )
        exercises[exercise.name] = checks
    about = "Wrong answers to the visible checks, and the mistakes behind them. Made by torchmarks."
    contents = {"about": about, "exercises": exercises}
    return _json_with_one_record_a_line(contents) + "\n"


def same_records(one: str, other: str) -> bool:
    """Whether two records say the same; the last digits of an answer are the processor's own."""
    try:
        return _same(json.loads(one), json.loads(other))
    except ValueError:
        return False


def _same(one: Any, other: Any, scale: float = 1.0) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        # Beside 4444, an entry of 1e-5 is a zero with rounding on top.
        scale = max(
            [scale, *(abs(number) for number in map(_number, one) if math.isfinite(number))]
        )
        return len(one) == len(other) and all(
            _same(*pair, scale) for pair in zip(one, other, strict=True)
        )
    return one == other or math.isclose(
        _number(one), _number(other), rel_tol=1e-3, abs_tol=1e-6 * scale
    )


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _json_with_one_record_a_line(value: Any, depth: int = 0) -> str:
    # Readable in a diff; json's own indentation would spread each number over a line.
    if depth == 4 or not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, ensure_ascii=False)
    indent, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, list):
        items = [_json_with_one_record_a_line(v, 4) for v in value]
        return f"[{indent}{f',{indent}'.join(items)}{end}]"
    pairs = [
        f"{json.dumps(key, ensure_ascii=False)}: {_json_with_one_record_a_line(v, depth + 1)}"
        for key, v in value.items()
    ]
    return f"{{{indent}{f',{indent}'.join(pairs)}{end}}}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None


def _find_alembic() -> None:
    # nbgrader makes a gradebook by running `alembic` from PATH, where a virtual environment is
    # missing that was not activated.
    scripts = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if scripts not in paths:
        os.environ["PATH"] = os.pathsep.join([scripts, *paths])


def _replace(folder: Path, target: Path) -> None:
    fresh = target.with_name(target.name + ".new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(folder, fresh)
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise CourseError(f"{target} cannot be written: {error.strerror}.") from None


class _Complaints(logging.Logger):
    """Keeps what nbgrader's traceback ends with, instead of printing all that it does."""

    def __init__(self) -> None:
        super().__init__("nbgrader-release", logging.ERROR)
        self.reason = "see its log"

    def handle(self, record: logging.LogRecord) -> None:
        """Keep the last line of a traceback: the error itself."""
        message = record.getMessage().strip()
        if message.startswith("Traceback"):
            self.reason = message.splitlines()[-1]
