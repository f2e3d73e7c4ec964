"""Notebooks in canonical form, and clear errors for files that are none."""

import json
import subprocess
import sys

import nbformat
import pytest

from tests.small_course import MARKS, SETUP, SOLUTION
from torchmarks import notebooks
from torchmarks.errors import CourseError


def untidy():
    code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    notebook = nbformat.v4.new_notebook(
        cells=[
            markdown("# The `mean` of $x^2$, twice\n\nText."),
            code(SETUP, execution_count=7),
            markdown("More text."),
            code("1 + 1", outputs=[nbformat.v4.new_output("stream", text="2")]),
            code("   \n"),
            code(SOLUTION + "\n\n"),
            code(MARKS, metadata={"scrolled": True, "tags": ["b", "a"]}),
            markdown("## The `mean` of $x^2$, twice"),
        ],
        metadata={"language_info": {"name": "python", "version": "3.99"}},
    )
    return notebook


def test_the_canonical_form_keeps_the_text_and_works_out_the_rest():
    result = notebooks.canonical(untidy())
    assert [cell.id for cell in result.cells] == [
        "the-mean-of-twice",
        "setup",
        "the-mean-of-twice-text",
        "the-mean-of-twice-code",
        "mean_square",
        "mean_square-marks",
        "the-mean-of-twice-2",
    ]
    assert result.metadata == {"kernelspec": notebooks.KERNELSPEC}
    assert all(not c.outputs and c.execution_count is None for c in result.cells if "outputs" in c)
    solution, marks = result.cells[4:6]
    assert solution.metadata.nbgrader.solution
    assert not solution.metadata.nbgrader.grade
    assert (marks.metadata.nbgrader.points, marks.metadata.nbgrader.locked) == (4, True)
    assert marks.metadata.tags == ["a", "b"]
    assert result.cells[1].metadata.nbgrader.locked


def test_it_is_idempotent():
    once = notebooks.canonical(untidy())
    assert notebooks.to_bytes(notebooks.canonical(once)) == notebooks.to_bytes(once)


def test_an_edit_as_text_keeps_everything(tmp_path):
    import jupytext

    once = notebooks.canonical(untidy())
    text = jupytext.writes(once, "py:percent", config=None)
    again = notebooks.canonical(jupytext.reads(text, "py:percent"))
    assert notebooks.to_bytes(again) == notebooks.to_bytes(once)


def test_every_source_notebook_is_canonical(course):
    paths = sorted((course / "source").glob("*/*.ipynb"))
    assert paths
    for path in paths:
        canonical = notebooks.to_bytes(notebooks.canonical(notebooks.read(path)))
        assert path.read_bytes() == canonical, f"run: torchmarks canonical {path}"


def test_every_source_notebook_is_formatted(course):
    paths = sorted((course / "source").glob("*/*.ipynb"))
    command = [sys.executable, "-m", "ruff", "format", "--check", "--line-length", "88", *paths]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}run: make canonical"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"{}", "is not a notebook: its name should end in .ipynb"),
        ("absent.ipynb", None, "There is no notebook"),
        ("cut.ipynb", b'{"cells": [\n{"cell_type": "co', "its JSON ends or changes unexpectedly"),
        ("latin.ipynb", '{"é": 1}'.encode("latin-1"), "is not UTF-8 text"),
        ("list.ipynb", b"[]", "it has no list of cells"),
        ("old.ipynb", json.dumps({"nbformat": 3, "worksheets": []}).encode(), "no list of cells"),
        (
            "odd.ipynb",
            json.dumps({"nbformat": 4, "cells": [1]}).encode(),
            "is not a valid notebook",
        ),
        (
            "odd2.ipynb",
            json.dumps(
                {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"source": 3}]}
            ).encode(),
            "is not a valid notebook",
        ),
    ],
)
def test_a_file_that_is_no_notebook_gets_one_clear_sentence(tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError, match=words) as error:
        notebooks.read(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_solution_region_outside_of_a_function_is_told():
    with pytest.raises(CourseError, match="stands in no function"):
        notebooks.solution_name("x = 1\n### BEGIN SOLUTION\ny = 2\n### END SOLUTION")
    with pytest.raises(CourseError, match="does not parse"):
        notebooks.solution_name("def f(:\n### BEGIN SOLUTION\n### END SOLUTION")


def test_a_class_may_be_an_exercise():
    source = "import torch\n\nclass A(torch.nn.Module):\n    def f(self):\n        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION"
    assert notebooks.solution_name(source) == "A"
