"""The graders of the course are graded, and the audit itself finds what is planted."""

from pathlib import Path

import pytest

from torchmarks import notebooks
from torchmarks.audit import audit
from torchmarks.course import chapters
from torchmarks.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("assignment", [chapter.assignment for chapter in chapters(ROOT)])
def test_every_exercise_is_marked_right(assignment):
    (chapter,) = chapters(ROOT, [assignment])
    problems = [
        f"{finding.exercise}: {problem}"
        for finding in audit(chapter)
        for problem in finding.problems
    ]
    assert not problems, "\n".join(problems)


def problems(course: Path) -> str:
    (chapter,) = chapters(course)
    return "\n".join(problem for finding in audit(chapter) for problem in finding.problems)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_small_course_is_in_order(small_course):
    assert problems(small_course) == ""


NOTEBOOK = "source/01-small/small.ipynb"
MISTAKES = "tests/mistakes/small.py"
ALTERNATIVES = "tests/alternatives/small.py"


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (NOTEBOOK, "return (x * x).mean()", "return (x * x).sum()", "the reference earns 1"),
        (NOTEBOOK, "### BEGIN HIDDEN TESTS", "# no more", "there is no hidden check"),
        (MISTAKES, "x.mean() ** 2", "(x ** 2).mean()", "`square_of_mean` keeps all points"),
        (ALTERNATIVES, "/ x.numel()\n\n", "/ x.shape[0]\n\n", "alternative `dot_product` earns 3"),
        (
            ALTERNATIVES,
            '@alternative("mean_square")\ndef loop',
            "def loop",
            "1 alternatives: write",
        ),
        (MISTAKES, "It forgets the square.", "", "no sentence"),
    ],
)
def test_a_planted_fault_is_found_and_told(small_course, file, old, new, words):
    replace(small_course / file, old, new)
    assert words in problems(small_course)


def test_a_stub_that_earns_points_is_found(small_course):
    # A stub that returns instead of raising, and a check that zero passes.
    path = small_course / "source" / "01-small" / "small.ipynb"
    notebook = notebooks.read(path)
    solution = next(cell for cell in notebook.cells if cell.id == "mean_square")
    solution.source = (
        "def mean_square(x):\n    y = 0.0\n    if x.any():\n        ### BEGIN SOLUTION\n"
        "        y = (x * x).mean()\n        ### END SOLUTION\n    return x.new_tensor(float(y))"
    )
    notebooks.write(notebook, path)
    assert "the stub earns 1 and is failed" in problems(small_course)


def test_an_entry_for_no_exercise_is_told(small_course):
    replace(
        small_course / MISTAKES,
        '@mistake("mean_square", "It forgets',
        '@mistake("mean", "It forgets',
    )
    with pytest.raises(
        CourseError, match=r"`no_square` in tests/ names an exercise that .* `mean`"
    ):
        problems(small_course)
