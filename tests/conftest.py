"""Fixtures: the real course, and a small one in a scratch folder that a test may break."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Before torch is imported, here and in kernels: with a worker for each core a second thread in each
# would only wait for a core.
os.environ["OMP_NUM_THREADS"] = "1"

# nbgrader looks for its helpers in PATH, also when the virtual environment was not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture(autouse=True)
def no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set by nbgrader_config.py for kernels that grade; a test says itself when it wants it.
    monkeypatch.delenv("TORCHMARKS_CATALOGUE", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.fixture
def course() -> Path:
    return ROOT


@pytest.fixture
def small_course(tmp_path: Path) -> Path:
    from tests.small_course import make_small_course

    return make_small_course(tmp_path / "course")
