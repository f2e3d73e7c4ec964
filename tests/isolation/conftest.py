"""One warm workplace for all tests that grade in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.isolation.grading import Course
from torchmarks.isolation.workplace import Workplace


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    workplace = Workplace.start(tmp_path_factory.mktemp("hidden"), unsafe=False)
    yield workplace
    workplace.close()


@pytest.fixture
def course(place: Workplace, tmp_path: Path) -> Course:
    return Course(place, tmp_path)


@pytest.fixture(scope="session")
def one_course(place: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(place, tmp_path_factory.mktemp("course"))
