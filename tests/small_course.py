"""A course with one exercise, quick to grade and free to be broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from torchmarks import notebooks

ROOT = Path(__file__).resolve().parent.parent

SETUP = "import torch\nfrom torch import Tensor, tensor\n\nfrom torchmarks import Marks, cases"

SOLUTION = '''def mean_square(x: Tensor) -> Tensor:
    """Mean of the squares of all entries."""
    ### BEGIN SOLUTION
    return (x * x).mean()
    ### END SOLUTION'''

MARKS = """marks = Marks(mean_square, points=4)
marks.check("of 1, 2 and 3", tensor([1.0, 2.0, 3.0]), expect=14 / 3)
marks.check("of nothing but zeros", tensor([0.0, 0.0]), expect=0.0)
### BEGIN HIDDEN TESTS
secret_input = 41.25 * cases.normal(5, 4)
marks.check("of a matrix", secret_input, expect=lambda x: x.square().mean())
marks.check("of negative numbers", -cases.positive(7), expect=lambda x: x.square().mean())
### END HIDDEN TESTS
marks"""

ALTERNATIVES = '''"""Alternatives of the small course."""

from torchmarks.catalogue import alternative


@alternative("mean_square")
def dot_product(x):
    return x.flatten() @ x.flatten() / x.numel()


@alternative("mean_square")
def loop(x):
    return sum(v * v for v in x.flatten()) / x.numel()
'''

MISTAKES = '''"""Mistakes of the small course."""

from torchmarks.catalogue import mistake


@mistake("mean_square", "It forgets the square.")
def no_square(x):
    return x.mean()


@mistake("mean_square", "It squares the mean, not the entries.")
def square_of_mean(x):
    return x.mean() ** 2
'''

WRONG = "def mean_square(x):\n    return x.mean() ** 2"
RIGHT = "def mean_square(x):\n    return (x ** 2).mean()"


def make_small_course(folder: Path) -> Path:
    """Write the course below `folder`, in canonical form, and return the folder."""
    cells = [
        nbformat.v4.new_markdown_cell("# A small course\n\nOne exercise."),
        nbformat.v4.new_code_cell(SETUP),
        nbformat.v4.new_code_cell(SOLUTION),
        nbformat.v4.new_code_cell(MARKS),
    ]
    notebook = notebooks.canonical(nbformat.v4.new_notebook(cells=cells))
    notebooks.write(notebook, folder / "source" / "01-small" / "small.ipynb")
    for kind, text in (("alternatives", ALTERNATIVES), ("mistakes", MISTAKES)):
        (folder / "tests" / kind).mkdir(parents=True)
        (folder / "tests" / kind / "small.py").write_text(text)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def submit(course: Path, student: str, solution: str | None) -> Path:
    """Hand in the released notebook, its solution cell replaced by `solution`; returns the file."""
    released = course / "release" / "01-small"
    folder = course / "submitted" / student / "01-small"
    shutil.copytree(released, folder)
    path = folder / "small.ipynb"
    if solution is not None:
        notebook = notebooks.read(path)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "mean_square":
                cell.source = solution
        nbformat.write(notebook, path)
    return path
