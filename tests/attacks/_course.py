"""The attacked course: exercises of every kind that nbgrader grades, each with secrets inside.

The hidden inputs, expected values and names are like nothing else in a notebook, so that a search
for them finds a leak and nothing but leaks.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

ASSIGNMENT = "01-small"
NOTEBOOK = "small"

#: Points of each exercise, by the name of its grade cell.
POINTS = {
    "mean_square-marks": 4.0,
    "halve-tests": 2.0,
    "double-tests": 2.0,
    "answer-tests": 2.0,
    "essay": 3.0,
}

#: What no student may see of the hidden tests: names, messages, inputs and expected values.
SECRETS = (
    *("secret_", "41.25", "17.625", "673.73", "1701.56"),
    *("9043.5", "4521.75", "20731.5", "41463", "60493"),
)

SETUP = """import numpy as np
import torch
from torch import Tensor, tensor

from torchmarks import Marks


def close(a, b):
    return abs(a - b) < 1e-9"""

MEAN_SQUARE = '''def mean_square(x: Tensor) -> Tensor:
    """Mean of the squares of all entries."""
    ### BEGIN SOLUTION
    return (x * x).mean()
    ### END SOLUTION'''

MEAN_SQUARE_MARKS = """marks = Marks(mean_square, points=4, time_limit=2)
marks.without(torch.nn.functional.mse_loss)
marks.check("of 1, 2 and 3", tensor([1.0, 2.0, 3.0]), expect=14 / 3)
marks.check("of 2 and −2", tensor([2.0, -2.0]), expect=4.0)
### BEGIN HIDDEN TESTS
secret_input = tensor([41.25, -17.625, 3.0])
marks.check("of uneven numbers", secret_input, expect=lambda x: x.square().mean())
marks.check("of a single number", secret_input[:1], expect=1701.5625)
### END HIDDEN TESTS
marks"""

HALVE = '''def halve(x: Tensor) -> Tensor:
    """Half of each entry."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION'''

HALVE_TESTS = """assert torch.allclose(halve(tensor([3.0, 8.0])), tensor([1.5, 4.0]))
### BEGIN HIDDEN TESTS
secret_tensor = tensor([9043.5, -77.25])
torch.testing.assert_close(halve(secret_tensor), secret_tensor / 2)
np.testing.assert_allclose(halve(secret_tensor).numpy(), [4521.75, -38.625])
assert torch.equal(halve(secret_tensor.double()), secret_tensor.double() / 2), "secret_words"
### END HIDDEN TESTS"""

DOUBLE = '''def double(x):
    """Twice as much."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''

DOUBLE_TESTS = """assert close(double(1.5), 3.0)
### BEGIN HIDDEN TESTS
secret_number = 20731.5
assert close(double(secret_number), 41463.0), f"secret_words: not twice {secret_number}"
### END HIDDEN TESTS"""

ANSWER = """### BEGIN SOLUTION
answer = 60493
### END SOLUTION"""

ANSWER_TESTS = """assert isinstance(answer, int)
### BEGIN HIDDEN TESTS
assert answer == 60493, f"the secret_answer is 60493, not {answer}"
### END HIDDEN TESTS"""

ESSAY = "Why is the mean of the squares never smaller than the square of the mean?"

#: The same for every grader that is tried, so that only the isolation makes the difference.
CONFIG = """import os
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

c = get_config()
c.CourseDirectory.course_id = "attacked"
c.OverwriteCells.add_missing_cells = True
# A time of day might look like a secret number.
c.Execute.record_timing = False
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
os.environ["TORCHMARKS_CATALOGUE"] = str(Path(__file__).resolve().parent / "tests")
"""
STOCK = "c.Execute.timeout = 30\n"
#: A session has imported torch before it starts, so that little time is enough.
ISOLATED = """c.Execute.timeout = 6
from torchmarks.isolation import configure

configure(c)
"""

MISTAKES = '''"""Mistakes of the small course: @canary@."""

from torchmarks.catalogue import mistake


@mistake("mean_square", "It squares the mean, not the entries.")
def square_of_mean(x):
    return x.mean() ** 2
'''


def make_course(course: Path, canary: str, *, isolated: bool) -> None:
    """Write source, settings and the catalogue of mistakes, the latter two marked by `canary`."""
    source = course / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(_source(), source / f"{NOTEBOOK}.ipynb")
    (course / "tests" / "mistakes").mkdir(parents=True)
    mistakes = MISTAKES.replace("@canary@", canary)
    (course / "tests" / "mistakes" / "small.py").write_text(mistakes)
    config = CONFIG + (ISOLATED if isolated else STOCK)
    (course / "nbgrader_config.py").write_text(f"# {canary}\n{config}")


def _source() -> NotebookNode:
    cells = [
        nbformat.v4.new_markdown_cell("# A small course", id="title"),
        _cell("setup", SETUP, locked=True),
        _cell("mean_square", MEAN_SQUARE, solution=True),
        _cell("mean_square-marks", MEAN_SQUARE_MARKS, grade=True),
        _cell("halve", HALVE, solution=True),
        _cell("halve-tests", HALVE_TESTS, grade=True),
        _cell("double", DOUBLE, solution=True),
        _cell("double-tests", DOUBLE_TESTS, grade=True),
        _cell("answer", ANSWER, solution=True),
        _cell("answer-tests", ANSWER_TESTS, grade=True),
        _cell("essay", ESSAY, grade=True, solution=True),
    ]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def _cell(
    grade_id: str,
    source: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
) -> NotebookNode:
    new = nbformat.v4.new_markdown_cell if grade and solution else nbformat.v4.new_code_cell
    cell = new(source, id=grade_id)
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": locked or (grade and not solution),
        "task": False,
    }
    if grade:
        cell.metadata["nbgrader"]["points"] = POINTS[grade_id]
    return cell
