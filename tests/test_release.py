"""`release/` and `solutions/` are what `make release` makes of `source/`, and hold no secret."""

import json
import re
from pathlib import Path

import pytest

from torchmarks import notebooks
from torchmarks.course import chapters
from torchmarks.errors import CourseError
from torchmarks.release import generate, recorded_mistakes, release, same_records

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENTS = [chapter.assignment for chapter in chapters(ROOT)]
SUFFIXES = {".ipynb", ".json"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_what_is_committed_is_what_the_source_gives(assignment, tmp_path):
    (chapter,) = chapters(ROOT, [assignment])
    record = chapter.path.with_name("mistakes.json")
    assert same_records(record.read_text("utf-8"), recorded_mistakes(chapter)), "run: make release"
    for folder in generate(chapter, tmp_path):
        committed = ROOT / folder.relative_to(tmp_path)
        assert contents(committed) == contents(folder), "run: make release"


def test_records_are_the_same_but_for_the_last_digits_of_another_processor():
    record = '{"a": [{"tensor": ["4.24748e-02", "nan"], "sentence": "It is off."}]}'
    assert same_records(record, record.replace("4.24748", "4.24747"))
    assert not same_records(record, record.replace("4.24748", "4.34748"))
    assert not same_records(record, record.replace("off", "on"))
    assert not same_records(record, record.replace(', "nan"', ""))
    beside_thousands = '{"tensor": ["4.44444e+03", "-5.29819e-05"]}'
    assert same_records(beside_thousands, beside_thousands.replace("-5.2", "-7.9"))
    assert not same_records(beside_thousands, beside_thousands.replace("-5.29819e-05", "0.529819"))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_secret_is_released(assignment):
    (chapter,) = chapters(ROOT, [assignment])
    secrets = secret_lines(chapter.notebook)
    assert len(secrets) > len(chapter.exercises)
    assert (ROOT / "release" / assignment / chapter.path.name).exists(), "run: make release"
    for path in sorted((ROOT / "release" / assignment).rglob("*")):
        if path.is_dir():
            continue
        assert path.suffix in SUFFIXES, f"{path} must not be released"
        text = path.read_text("utf-8")
        for delimiter in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS"):
            assert delimiter not in text, path
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            shown = {
                line.strip() for cell in cells for line in "".join(cell["source"]).splitlines()
            }
            assert not secrets & shown, path
    solutions = (ROOT / "solutions" / assignment / chapter.path.name).read_text("utf-8")
    assert "HIDDEN TESTS" not in solutions


def secret_lines(notebook) -> set[str]:
    """Lines of solutions and hidden tests that no visible line repeats."""
    secret, visible = set(), set()
    for cell in notebook.cells:
        hidden = False
        for line in cell.source.splitlines():
            if re.search("BEGIN (SOLUTION|HIDDEN TESTS)", line):
                hidden = True
            elif re.search("END (SOLUTION|HIDDEN TESTS)", line):
                hidden = False
            else:
                (secret if hidden else visible).add(line.strip())
    return {line for line in secret - visible if len(line) > 3}


def test_the_records_name_no_hidden_check(small_course):
    release(small_course)
    record = (small_course / "release" / "01-small" / "mistakes.json").read_text("utf-8")
    exercises = json.loads(record)["exercises"]
    assert set(exercises) == {"mean_square"}
    assert set(exercises["mean_square"]) == {"of 1, 2 and 3"}
    assert "41.25" not in record


def test_the_solutions_show_the_reference_and_no_hidden_test(small_course):
    release(small_course)
    text = (small_course / "solutions" / "01-small" / "small.ipynb").read_text("utf-8")
    assert "return (x * x).mean()" in text
    assert "secret_input" not in text


def test_a_release_that_fails_leaves_the_old_one_as_it_was(small_course):
    release(small_course)
    before = contents(small_course / "release")
    path = small_course / "source" / "01-small" / "small.ipynb"
    notebook = notebooks.read(path)
    notebook.cells[-2].source = notebook.cells[-2].source.replace("    ### END SOLUTION", "")
    notebooks.write(notebook, path)
    with pytest.raises(CourseError, match="no end solution statement found"):
        release(small_course)
    assert contents(small_course / "release") == before
