"""Each chapter runs in a real kernel, solved and unsolved, without an error or a warning."""

import copy
import doctest
import re
from pathlib import Path

import pytest
import torch
from nbclient import NotebookClient

from torchmarks import compare, notebooks
from torchmarks.conventions import REPORT_TYPE
from torchmarks.course import chapters, run_marks
from torchmarks.results import State

ROOT = Path(__file__).resolve().parent.parent
EACH_CHAPTER = pytest.mark.parametrize(
    "chapter", chapters(ROOT), ids=lambda chapter: chapter.assignment
)


def executed(notebook, folder):
    notebook = copy.deepcopy(notebook)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell, output


def reports(notebook):
    for _, output in outputs(notebook):
        report = output.get("data", {}).get(REPORT_TYPE)
        if report:
            yield report


def assert_quiet(notebook):
    for cell, output in outputs(notebook):
        assert output.get("name") != "stderr", f"{cell.id} writes to stderr: {output['text']}"
        # A plain inline figure has no alternative text.
        assert "image/png" not in output.get("data", {}), f"{cell.id}: use show(figure, alt=…)"


@pytest.mark.slow
@EACH_CHAPTER
def test_the_reference_solutions_earn_everything_in_a_kernel(chapter):
    done = executed(chapter.notebook, chapter.path.parent)
    assert_quiet(done)
    points = {report["exercise"]: (report["earned"], report["points"]) for report in reports(done)}
    assert list(points) == [exercise.name for exercise in chapter.exercises]
    assert all(earned == possible for earned, possible in points.values()), points
    figures = [o for _, o in outputs(done) if "<img " in o.get("data", {}).get("text/html", "")]
    assert len(figures) >= 2
    for figure in figures:
        alt = re.search(r'alt="([^"]+)"', figure["data"]["text/html"])
        assert alt, "a figure without alternative text"
        assert len(alt[1]) > 40, alt[1]


@pytest.mark.slow
@EACH_CHAPTER
def test_the_release_runs_from_top_to_bottom_before_anything_is_solved(chapter):
    released = ROOT / "release" / chapter.assignment / chapter.path.name
    done = executed(notebooks.read(released), released.parent)
    assert_quiet(done)
    assert {report["state"] for report in reports(done)} == {"not attempted"}
    assert len(list(reports(done))) == len(chapter.exercises)


@EACH_CHAPTER
def test_examples_in_docstrings_are_right(chapter):
    names = chapter.namespace()
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for exercise in chapter.exercises:
        text = names[exercise.name].__doc__ or ""
        examples = doctest.DocTestParser().get_doctest(text, names, exercise.name, None, None)
        assert examples.examples, f"{exercise.name} has no example in its docstring"
        said: list[str] = []
        assert runner.run(examples, out=said.append).failed == 0, "".join(said)


@EACH_CHAPTER
def test_expected_numbers_are_right_to_their_last_digits(chapter, monkeypatch):
    # A student's answer may be less exact than what it is compared with.
    as_written = compare.Tolerance(rtol=1e-5, atol=1e-6)
    monkeypatch.setitem(compare.TOLERANCES, torch.float32, as_written)
    names = chapter.namespace()
    for exercise in chapter.exercises:
        report = run_marks(exercise.visible_marks, names, f"{exercise.name}-visible").report()
        wrong = [check for check in report.checks if check.state is not State.PASSED]
        assert not wrong, f"{exercise.name}: {wrong}"


@EACH_CHAPTER
def test_each_exercise_is_announced_and_has_folded_hints_without_code(chapter):
    text = [cell.source for cell in chapter.notebook.cells if cell.cell_type == "markdown"]
    for number, exercise in enumerate(chapter.exercises, 1):
        heading = f"### Exercise {number}: `{exercise.name}`"
        (cell,) = (source for source in text if heading in source)
        statement = cell[cell.index(heading) :]
        line = rf"\*{exercise.points:g} points · (easy|medium|hard) · \d+ minutes\*"
        assert re.search(line, statement), (
            f"{exercise.name}: write `*{exercise.points:g} points · easy · 10 minutes*` (or medium, "
            "or hard) below its heading"
        )
        hints = re.findall(r"<details><summary>Hint \d</summary>(.*?)</details>", statement, re.S)
        assert 1 <= len(hints) <= 3, (
            f"{exercise.name}: write one to three <details><summary>Hint 1</summary> … </details>"
        )
        assert not any("```" in hint for hint in hints), f"{exercise.name}: no code in a hint"


@EACH_CHAPTER
def test_signatures_are_typed(chapter):
    names = chapter.namespace()
    for exercise in chapter.exercises:
        function = names[exercise.name]
        if isinstance(function, type):
            continue
        hints = function.__annotations__
        code = function.__code__
        arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        assert {*arguments, "return"} <= set(hints), exercise.name
