"""Cells of a session behave as in Jupyter: the same notebook through a kernel gives the same."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.isolation.cells import CELLS, OURS
from tests.isolation.grading import Course, Graded, error, grade, printed, student

pytestmark = pytest.mark.xdist_group("isolation")


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The cells' outputs from a real kernel."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    folder = {"metadata": {"path": str(tmp_path_factory.mktemp("kernel"))}}
    client = NotebookClient(
        notebook, allow_errors=True, timeout=60, kernel_name="python3", resources=folder
    )
    client.execute()
    return [(cell.execution_count, cell.outputs) for cell in notebook.cells]


@pytest.fixture(scope="session")
def ours(one_course: Course) -> Graded:
    return one_course.grade(*(student(source) for source in CELLS.values()))


#: What differs from one run to the next, and where we differ on purpose.
FREE = [
    (r"0x[0-9a-f]+", "0x"),
    (r"/tmp/ipykernel_\d+/\d+\.py|<ipython-input-[\w-]+>|\d+\.py(?=, line)", "<cell>"),
    (r"(CPU times|Wall time): .*\n", ""),
    (r"[\d.]+ (ns|μs|ms|s) ± .*", "loops"),
    (r"Thread-\d+", "Thread"),
    (r"object at [0-9a-f]+", "object at"),
    (r"\r\n", "\n"),  # a kernel runs `!cmd` in a pseudo-terminal
    (r"ZMQInteractiveShell", "Shell"),
    (r"raw_input was called, but .*|a notebook that is graded .*", "no input"),
    (r"File \"/.*?/IPython", 'File "IPython'),
]


def plain(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs in a form that two runs can be compared in."""
    found: list[dict[str, Any]] = []
    for output in outputs:
        kept = {k: v for k, v in output.items() if k not in ("execution_count", "traceback")}
        kept.pop("transient", None)
        for name in kept.get("data", {}):
            if name.startswith("image/"):
                kept = {**kept, "data": {**kept["data"], name: "a picture"}}
        text = json.dumps(kept, ensure_ascii=False)
        kept = json.loads(text)
        found.append(kept)
    together = []
    for kind, neighbours in itertools.groupby(found, key=lambda output: output["output_type"]):
        if kind != "stream":
            together += neighbours
            continue
        # A kernel sends its two streams from a thread: which comes first is a matter of chance.
        for name, pieces in itertools.groupby(
            sorted(neighbours, key=lambda output: output["name"]), key=lambda o: o["name"]
        ):
            text = "".join(piece["text"] for piece in pieces)
            together.append({"output_type": "stream", "name": name, "text": text})
    return [_freed(output) for output in together]


def _freed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _freed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_freed(entry) for entry in value]
    if isinstance(value, str):
        for pattern, other in FREE:
            value = re.sub(pattern, other, value)
    return value


@pytest.mark.parametrize(("number", "what"), list(enumerate(CELLS)))
def test_a_cell_shows_what_it_shows_in_jupyter(
    ours: Graded, kernels: list[Any], number: int, what: str
):
    count, outputs = kernels[number]
    assert plain(ours[number].outputs) == plain(outputs)
    if CELLS[what].strip():
        assert ours[number].count == count


@pytest.mark.parametrize("what", OURS)
def test_a_cell_on_which_we_differ_from_jupyter(course: Course, what: str):
    source, outputs = OURS[what]
    graded = course.grade(student("import sys, os"), student(source), student("print('on')"))
    assert plain(graded[1].outputs) == outputs
    assert printed(graded[2]) == "on\n"


def test_a_traceback_names_the_cell_and_its_line(course: Course):
    graded = course.grade(student("def f():\n    return 1 / 0"), student("x = 1\nf()"))
    (output,) = graded[1].outputs
    text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output["traceback"]))
    assert "In[2], line 2" in text
    assert "----> 2     return 1 / 0" in text
    assert "torchmarks" not in text
    assert "site-packages" not in text


def test_an_endless_recursion_is_told_soon(course: Course):
    graded = course.grade(student("def f(n): return f(n + 1)\nf(0)"), timeout=15.0)
    assert error(graded[0]).startswith("RecursionError")


def test_a_cell_that_does_not_end_is_interrupted_and_the_rest_goes_on(course: Course):
    graded = course.grade(
        student("n = 1\nprint('begun')\nwhile True: pass"),
        student("import asyncio\nn += 1\nawait asyncio.sleep(60)"),
        student("n += 1\nimport time\ntry:\n    time.sleep(60)\nfinally:\n    print('cleaned')"),
        student("print(n)"),
        grade("assert n == 3"),
        timeout=1.5,
    )
    assert [graded[n].timed_out for n in range(4)] == [True, True, True, False]
    ended = ["KeyboardInterrupt", "CancelledError", "KeyboardInterrupt"]
    assert [error(graded[n]).split(":")[0] for n in range(3)] == ended
    assert printed(graded[0]) == "begun\n"
    assert printed(graded[2]) == "cleaned\n"
    assert printed(graded[3]) == "3\n"
    assert graded.said == [""]


def test_a_cell_that_ends_python_is_left_out_and_the_rest_goes_on(course: Course):
    graded = course.grade(
        student("n = 1"),
        student("n = 2\nimport os\nos._exit(3)"),
        student("import ctypes\nctypes.string_at(0)"),
        student("print(n)"),
        grade("assert n == 1"),
    )
    assert error(graded[1]).startswith("Exited")
    assert error(graded[2]).startswith("Killed")
    assert printed(graded[3]) == "1\n"
    assert graded.said == [""]


def test_too_much_output_is_cut_and_the_rest_goes_on(course: Course):
    graded = course.grade(
        student("for n in range(10**5): print('x' * 60)"),
        student("raise ValueError('x' * 10**8)"),
        student("'y' * 10**7"),
        student("print('on')"),
        timeout=20.0,
    )
    for n in range(3):
        assert len(str(graded[n].outputs)) < 6_000_000
    assert "dropped" in printed(graded[0])
    assert error(graded[1]).startswith("ValueError: xxx")
    assert printed(graded[3]) == "on\n"


def test_files_of_the_submission_are_where_the_session_runs(course: Course, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.txt").write_text("1 2 3")
    (tmp_path / "own.py").write_text("def f(): return 7")
    graded = course.grade(
        student("print(open('data/numbers.txt').read())\nimport own\nprint(own.f())\n!ls data"),
        grade("import own\nassert own.f() == 7 and open('data/numbers.txt').read() == '1 2 3'"),
    )
    assert printed(graded[0]) == "1 2 3\n7\nnumbers.txt\n"
    assert graded.said == [""]


def test_settings_of_the_shell_are_taken_over(course: Course):
    graded = course.grade(
        student("1\n2"), shell={"ast_node_interactivity": "all", "no_such_trait": "x"}
    )
    assert [output["data"]["text/plain"] for output in graded[0].outputs] == ["1", "2"]
