"""Figures that are taken from the instructor's own run, and are as if they had been drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.isolation.grading import Course, grade, student
from torchmarks.isolation.conduct import Conductor
from torchmarks.isolation.jobs import Job, Result
from torchmarks.isolation.workplace import Workplace

FIGURE = """
import matplotlib.pyplot as plt, torch
from torchmarks import show
figure, axes = plt.subplots()
axes.plot(torch.linspace(0, 1, 5), scale({scale}) * torch.linspace(0, 1, 5), label=r"$x^2$")
axes.set_title("fit"); axes.legend()
show(figure, "a line")
"""
INLINE = "plt.plot([1, 2, scale(3)]); plt.title('inline')"
SCALE = "def scale(x):\n    return x"
CELLS = student(SCALE), student(FIGURE.format(scale=2)), student(INLINE), grade("assert scale(1)")


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that were conducted."""
    found: list[Job] = []
    run = Conductor.run

    def noting(self: Conductor) -> dict[int, Result]:
        found.append(self._job)
        return run(self)

    monkeypatch.setattr(Conductor, "run", noting)
    return found


def test_a_figure_of_the_instructors_is_taken_and_looks_the_same(tmp_path: Path, jobs: list[Job]):
    place = Workplace.start(None, unsafe=False)
    try:
        course = Course(place, tmp_path)
        drawn = course.grade(*CELLS)
        pictures = Conductor(place.sandbox, place.grader, jobs[0]).drawings()
        assert len(pictures) == 2
        place.sandbox.know([], pictures)
        again = course.grade(*CELLS)
        # Each is taken from there: with other bytes known for it, these come out.
        place.sandbox.know([], {name: b"PNG of mine" for name in pictures})
        marked = course.grade(*CELLS)
        # Another figure is drawn.
        other = course.grade(student(SCALE), student(FIGURE.format(scale=3)))
    finally:
        place.close()
    assert [again[n].outputs for n in (1, 2)] == [drawn[n].outputs for n in (1, 2)]
    assert all("UE5HIG9mIG1pbmU" in str(marked[n].outputs) for n in (1, 2))
    assert "UE5HIG9mIG1pbmU" not in str(other[1].outputs)
    assert "image/png" in str(other[1].outputs)
    for result in drawn.results.values():
        assert all(output["output_type"] != "stream" for output in result.outputs)
