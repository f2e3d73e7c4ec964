"""A class that was handed in, and the same graded without disturbance: each made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.grading.running import grade, hand_in
from tests.once import once


@pytest.fixture
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a class's submissions, honest and broken, and nothing graded yet."""
    folder = tmp_path_factory.mktemp("handed-in")
    return Path(once(tmp_path_factory, "handed-in", lambda: str(hand_in(folder / "course"))))


@pytest.fixture
def course(handed_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(handed_in, tmp_path / "course"))


@pytest.fixture
def graded(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same course, graded without disturbance."""

    def make() -> str:
        folder = tmp_path_factory.mktemp("graded")
        course = Path(shutil.copytree(handed_in, folder / "course"))
        (course / "told").write_text(grade(course))
        return str(course)

    return Path(once(tmp_path_factory, "graded", make))
