"""The course that honest students take: checks of ours, and plain tests as other courses have them.

The tests use the names and habits of real ones: `x`, `i`, `result` and `data`, built-ins, an
expected exception, objects of the student's class, a deleted function, a file beside the notebook.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

ASSIGNMENT = "01-week"
NOTEBOOK = "week"

SETUP = """import csv

import numpy as np
import torch
from torch import Tensor, tensor

from torchmarks import Marks"""

MEAN_SQUARE = '''def mean_square(x: Tensor) -> Tensor:
    """Mean of the squares of all entries."""
    ### BEGIN SOLUTION
    return (x * x).mean()
    ### END SOLUTION'''

MEAN_SQUARE_MARKS = """marks = Marks(mean_square, points=4, time_limit=2)
marks.check("of 1, 2 and 3", tensor([1.0, 2.0, 3.0]), expect=14 / 3)
marks.check("of 2 and −2", tensor([2.0, -2.0]), expect=4.0)
### BEGIN HIDDEN TESTS
x = torch.linspace(-3, 5, 12).reshape(3, 4)
marks.check("of a matrix", x, expect=lambda x: x.square().mean())
marks.check("of a single number", x[:1, :1], expect=9.0)
### END HIDDEN TESTS
marks"""

COUNT_WORDS = '''def count_words(text: str) -> int:
    """How many words there are between the blanks."""
    ### BEGIN SOLUTION
    return len(text.split())
    ### END SOLUTION'''

COUNT_WORDS_TESTS = """data = {"to be or not to be": 6, "": 0, "  blanks  around ": 2}
for i, x in enumerate(data):
    result = count_words(x)
    assert result == data[x], f"text {i} has {data[x]} words, not {result}"
assert isinstance(result, int)
### BEGIN HIDDEN TESTS
assert [count_words(x) for x in ("one", "two\\nlines", "\\t")] == [1, 2, 0]
assert list(map(count_words, "abc")) == [1, 1, 1]
### END HIDDEN TESTS"""

ACCOUNT = '''class Account:
    """A `balance`, to which one can `deposit`, and from which one can `withdraw` what is there.

    Two accounts with the same balance are equal.
    """
    ### BEGIN SOLUTION

    def __init__(self, balance=0):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError(amount)
        self.balance -= amount

    def __eq__(self, other):
        return isinstance(other, Account) and self.balance == other.balance
    ### END SOLUTION'''

ACCOUNT_TESTS = """account = Account(10)
account.deposit(5)
assert account.balance == 15
account.withdraw(12)
assert account == Account(3)
assert account != Account(4)
try:
    account.withdraw(100)
except ValueError:
    pass
else:
    raise AssertionError("nobody can withdraw more than there is")
### BEGIN HIDDEN TESTS
accounts = [Account(i) for i in range(4)]
for account in accounts:
    account.deposit(1)
assert [account.balance for account in accounts] == [1, 2, 3, 4]
assert Account() == Account(0)
### END HIDDEN TESTS"""

HEIGHTS = """### BEGIN SOLUTION
with open("heights.csv") as file:
    heights = [float(row["height"]) for row in csv.DictReader(file)]
tallest = max(heights)
### END SOLUTION"""

HEIGHTS_TESTS = """assert len(heights) == 4
assert abs(sum(heights) / len(heights) - 1.745) < 1e-9
### BEGIN HIDDEN TESTS
assert tallest == max(heights) == 1.93
np.testing.assert_allclose(sorted(heights), [1.58, 1.66, 1.81, 1.93])
### END HIDDEN TESTS"""

CUBE = '''def square(n):
    """n times n."""
    ### BEGIN SOLUTION
    return n * n
    ### END SOLUTION

def cube(n):
    """n to the third, by means of `square`."""
    ### BEGIN SOLUTION
    return n * square(n)
    ### END SOLUTION'''

CUBE_TESTS = """assert square(-2) == 4
own_square = square
del square
try:
    cube(2)
except NameError:
    pass
else:
    raise AssertionError("cube does not use square")
finally:
    square = own_square
### BEGIN HIDDEN TESTS
assert [cube(n) for n in (-1, 0, 3)] == [-1, 0, 27]
### END HIDDEN TESTS"""

RMS = '''def rms(x: Tensor) -> Tensor:
    """Root of the mean of the squares of all entries."""
    ### BEGIN SOLUTION
    return mean_square(x).sqrt()
    ### END SOLUTION'''

RMS_MARKS = """marks = Marks(rms, points=4, time_limit=2)
x = tensor([1.0, 4.0])
marks.check("of 3 and 4", tensor([3.0, 4.0]), expect=3.5355339)
marks.holds("twice as much has twice the root", lambda rms, x: rms(2 * x) == 2 * rms(x), x)
### BEGIN HIDDEN TESTS
marks.check("of a matrix", torch.eye(3), expect=0.57735027)
marks.check("of one entry", x[1:], expect=4.0)
### END HIDDEN TESTS
marks"""

HEIGHTS_FILE = "name,height\nAda,1.66\nAlan,1.81\nEmmy,1.58\nKurt,1.93\n"

ESSAY = "Why is the mean of the squares never smaller than the square of the mean?"

#: Points of each grade cell.
POINTS = {
    "mean_square-marks": 4.0,
    "count_words-tests": 2.0,
    "account-tests": 3.0,
    "heights-tests": 2.0,
    "cube-tests": 2.0,
    "rms-marks": 4.0,
}

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "scenarios"
c.Execute.timeout = 4
c.IsolatedExecute.memory_limit = 600
"""
ISOLATED = "from torchmarks.isolation import configure\nconfigure(c)\n"


def make_course(course: Path, *, isolated: bool) -> None:
    """Write the instructor's source and settings below `course`."""
    source = course / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(_source(), source / f"{NOTEBOOK}.ipynb")
    (source / "heights.csv").write_text(HEIGHTS_FILE)
    (course / "nbgrader_config.py").write_text(CONFIG + (ISOLATED if isolated else ""))


def _source() -> NotebookNode:
    cells = [
        nbformat.v4.new_markdown_cell("# A week's work", id="title"),
        _cell("setup", SETUP, locked=True),
        _cell("mean_square", MEAN_SQUARE, solution=True),
        _cell("mean_square-marks", MEAN_SQUARE_MARKS, grade=True),
        _cell("count_words", COUNT_WORDS, solution=True),
        _cell("count_words-tests", COUNT_WORDS_TESTS, grade=True),
        _cell("account", ACCOUNT, solution=True),
        _cell("account-tests", ACCOUNT_TESTS, grade=True),
        _cell("heights", HEIGHTS, solution=True),
        _cell("heights-tests", HEIGHTS_TESTS, grade=True),
        _cell("cube", CUBE, solution=True),
        _cell("cube-tests", CUBE_TESTS, grade=True),
        _cell("rms", RMS, solution=True),
        _cell("rms-marks", RMS_MARKS, grade=True),
        nbformat.v4.new_markdown_cell(ESSAY, id="essay"),
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
    cell = nbformat.v4.new_code_cell(source, id=grade_id)
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": locked or grade,
        "task": False,
    }
    if grade:
        cell.metadata["nbgrader"]["points"] = POINTS[grade_id]
    return cell
