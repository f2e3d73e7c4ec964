"""Whatever is handed in: the class is graded to its end, and each repair is named."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from torchmarks.isolation.arrivals import set_aside
from torchmarks.isolation.released import ReleasedCell
from torchmarks.isolation.repair import SubmissionExporter
from torchmarks.isolation.restoring import Restoration

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

Notebook = dict[str, Any]
Damage = Callable[[Path], object]

PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
IDS = ["setup", "f", "f-marks", "g", "g-marks", "essay", "project"]
F = "def f(x):\n    return x + 0 * math.pi"
G = "def g(x):\n    return 2 * x"
ESSAY = "It halves, since the größte term wins."


def cell(kind: str, source: str, name: str = "", **role: Any) -> Any:
    flags = {"grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"nbgrader": {"schema_version": 3, "grade_id": name} | flags | role} if name else {}
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, metadata=metadata, id=name or f"plain-{len(source)}")


def stub(name: str) -> str:
    return f"def {name}(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"


CELLS = [
    cell("markdown", "# A course"),
    cell("code", "import math", "setup", locked=True),
    cell("code", stub("f"), "f", solution=True),
    cell(
        "code",
        "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 2\n### END HIDDEN TESTS",
        "f-marks",
        grade=True,
        locked=True,
        points=2,
    ),
    cell("code", "tries = [f]"),
    cell("code", stub("g"), "g", solution=True),
    cell("code", "assert g(2) == 4", "g-marks", grade=True, locked=True, points=3),
    cell("markdown", "Answer.", "essay", grade=True, solution=True, points=4),
    cell(
        "markdown",
        "Draw it.\n### BEGIN MARK SCHEME\nA line.\n### END MARK SCHEME",
        "project",
        task=True,
        locked=True,
        points=5,
    ),
]


class Course:
    """A course of one assignment in a folder of its own, with the released notebook in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        notebook = new_notebook(cells=CELLS, metadata={"kernelspec": PYTHON})
        (root / "source" / "ps1" / "data").mkdir(parents=True)
        nbformat.write(notebook, root / "source" / "ps1" / "nb.ipynb")
        (root / "source" / "ps1" / "data" / "table.csv").write_text("1,2")
        self.convert(GenerateAssignment)

    def convert(self, converter: Any, **traits: Any) -> None:
        """Run one of nbgrader's converters on ps1; `Group__trait=value` configures it."""
        config = Config()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.assignment_id = "ps1"
        config.Execute.enabled = False
        for name, value in traits.items():
            group, trait = name.split("__")
            setattr(config[group], trait, value)
        converter(coursedir=CourseDirectory(config=config), config=config).start()

    def grade(self, **traits: Any) -> None:
        """Autograde as this package configures it."""
        ours = {
            "Autograde__exporter_class": SubmissionExporter,
            "Autograde__pre_convert_hook": set_aside,
        }
        self.convert(Autograde, **ours | traits)

    def submit(self, student: str) -> Path:
        """Hand in a right and complete submission, as Jupyter saves it."""
        path = self.root / "submitted" / student / "ps1" / "nb.ipynb"
        shutil.copytree(self.root / "release" / "ps1", path.parent)
        notebook = json.loads(path.read_text())
        for name, source in (("f", F), ("g", G), ("essay", ESSAY)):
            one(notebook, name)["source"] = source.splitlines(True)
        output = {"output_type": "stream", "name": "stdout", "text": ["hello"]}
        one(notebook, "f").update(outputs=[output], execution_count=3)
        notebook["metadata"]["language_info"] = {
            "name": "python",
            "version": "3.11.7",
            "codemirror_mode": {"name": "ipython", "version": 3},
        }
        path.write_text(json.dumps(notebook, indent=1))
        return path

    def graded(self, student: str) -> Any:
        """The student's autograded notebook."""
        path = self.root / "autograded" / student / "ps1" / "nb.ipynb"
        return nbformat.read(path, as_version=4)

    def scores(self, student: str) -> dict[str, float | None]:
        """The automatic score of each grade cell and task."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            submission = gradebook.find_submission("ps1", student)
            return {g.name: g.auto_score for n in submission.notebooks for g in n.grades}


def one(notebook: Notebook, name: str) -> Notebook:
    return next(c for c in notebook["cells"] if grade_id(c) == name)


def grade_id(cell: Notebook) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def edit(change: Callable[[Notebook], object]) -> Damage:
    def damage(path: Path) -> None:
        notebook = json.loads(path.read_text())
        change(notebook)
        path.write_text(json.dumps(notebook))

    return damage


def put(name: str, **values: Any) -> Damage:
    """Change entries of a cell."""
    return edit(lambda notebook: one(notebook, name).update(values))


def tell(name: str, **values: Any) -> Damage:
    """Change entries of a cell's nbgrader metadata."""
    return edit(lambda notebook: one(notebook, name)["metadata"]["nbgrader"].update(values))


def say(**values: Any) -> Damage:
    """Change entries of the notebook itself."""
    return edit(lambda notebook: notebook.update(values))


def without(*names: str) -> Damage:
    return edit(
        lambda notebook: notebook.update(
            cells=[c for c in notebook["cells"] if grade_id(c) not in names]
        )
    )


def rearranged(*names: str) -> Damage:
    """These cells of the instructor first, in this order."""

    def change(notebook: Notebook) -> None:
        first = [one(notebook, name) for name in names]
        rest = [c for c in notebook["cells"] if not any(c is other for other in first)]
        notebook["cells"] = first + rest

    return edit(change)


def copied(name: str, where: int, **values: Any) -> Damage:
    def change(notebook: Notebook) -> None:
        copy = json.loads(json.dumps(one(notebook, name)))
        notebook["cells"].insert(where, copy | {"id": "a-copy"} | values)

    return edit(change)


def stripped(notebook: Notebook) -> None:
    notebook["nbformat_minor"] = 0
    notebook["metadata"]["colab"] = {"provenance": []}
    for c in notebook["cells"]:
        c["metadata"] = {"id": c.pop("id")}


def older(version: int) -> Damage:
    def change(notebook: Notebook) -> None:
        for c in notebook["cells"]:
            if c["cell_type"] == "code":
                c["input"], c["language"] = c.pop("source"), "python"
        notebook["cells"].insert(0, {"cell_type": "heading", "level": 2, "source": "Top"})
        notebook["worksheets"] = [{"cells": notebook.pop("cells")}]
        notebook["nbformat"] = version

    return edit(change)


def merged(notebook: Notebook) -> None:
    one(notebook, "f")["source"] = F + "\n\n" + G
    notebook["cells"].remove(one(notebook, "g"))


def nested(path: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    path.write_text(path.read_text().replace('"metadata": {', f'"metadata": {{"x": {deep},', 1))


def raw(change: Callable[[bytes], bytes]) -> Damage:
    return lambda path: path.write_bytes(change(path.read_bytes()))


def text(data: bytes, encoding: str) -> bytes:
    return json.dumps(json.loads(data), ensure_ascii=False).encode(encoding)


def instead(make: Callable[[Path], object]) -> Damage:
    """Put something else in the place of the notebook."""

    def damage(path: Path) -> None:
        path.unlink()
        make(path)

    return damage


def beside(name: str, make: Callable[[Path], object]) -> Damage:
    """Put something into the submission's folder."""

    def damage(path: Path) -> None:
        target = path.parent / name
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        make(target)

    return damage


def linked(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def sized(size: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        path.touch()
        os.truncate(path, size)

    return make


def bound(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket has to be short
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(path.name)
    os.chdir(here)


def linked_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.symlink_to("../aaa/ps1")


def inside(path: Path) -> None:
    path.rename(path.parent / "mine.txt")
    path.symlink_to("mine.txt")


GONE = "The released notebook stands here, because the submitted file "

# What happens to a submission, and a repair that has to be named. The answers are still there.
MENDED: dict[str, tuple[Damage, str]] = {
    "control-characters": (
        raw(lambda b: b.replace(b"# A course", b"# A\tcourse")),
        "control characters",
    ),
    "trailing-garbage": (raw(lambda b: b + b"}}\n<<<<"), "damaged in line"),
    "nul-padded": (raw(lambda b: b + b"\0" * 512), ""),
    "byte-order-mark": (raw(lambda b: b"\xef\xbb\xbf" + b), "byte order mark"),
    "utf-16": (raw(lambda b: text(b, "utf-16")), "written as UTF-16"),
    "utf-16-bare": (raw(lambda b: text(b, "utf-16-le")), "written as UTF-16"),
    "latin-1": (raw(lambda b: text(b, "latin-1")), "Windows-1252"),
    "stray-byte": (
        raw(lambda b: text(b, "utf-8").replace(b"# A course", "# Ä Ö".encode() + b"\xff")),
        "no UTF-8",
    ),
    "half-a-surrogate": (
        raw(lambda b: b.replace(b'math.pi"', rb'math.pi  # \ud83d"')),
        "text in a wrong form",
    ),
    "nul-in-source": (put("f", source="\0" + F), "text in a wrong form"),
    "format-2": (older(2), "notebook format 2"),
    "format-3": (older(3), "notebook format 3"),
    "format-4.2": (
        edit(lambda n: [n.update(nbformat_minor=2), [c.pop("id") for c in n["cells"]]]),
        "",
    ),
    "format-4.9": (say(nbformat_minor=9), "notebook format"),
    "format-5": (say(nbformat=5, nbformat_minor=0), "notebook format"),
    "format-unsaid": (
        edit(lambda n: [n.pop("nbformat"), n.pop("nbformat_minor")]),
        "notebook format",
    ),
    "format-in-words": (say(nbformat="four", nbformat_minor=None), "notebook format"),
    "no-metadata": (edit(lambda n: n.pop("metadata")), "had no metadata"),
    "metadata-a-list": (say(metadata=[1, 2]), "had no metadata"),
    "metadata-hostile": (
        say(
            metadata={
                "kernelspec": "python3",
                "language_info": {"name": "<b>"},
                "title": 3,
                "widgets": {},
            }
        ),
        "",
    ),
    "kernel-in-numbers": (say(metadata={"kernelspec": {"name": 3, "display_name": {}}}), ""),
    "cells-among-rubbish": (edit(lambda n: n["cells"].extend([None, 7, "x", []])), "were no cells"),
    "cell-metadata-missing": (
        edit(lambda n: n["cells"][0].pop("metadata")),
        "metadata in a wrong form",
    ),
    "cell-metadata-wrong": (
        edit(
            lambda n: n["cells"][0].update(
                metadata={"jupyter": 3, "name": "", "format": 1, "collapsed": "no"}
            )
        ),
        "metadata in a wrong form",
    ),
    "cell-metadata-deep": (
        edit(lambda n: n["cells"][0]["metadata"].update(x=json.loads("[" * 400 + "]" * 400))),
        "metadata in a wrong form",
    ),
    "cell-metadata-nan": (
        edit(lambda n: n["cells"][0]["metadata"].update(x=float("nan"))),
        "metadata in a wrong form",
    ),
    "source-null": (put("setup", source=None), "`setup` was changed"),
    "source-number": (edit(lambda n: n["cells"][0].update(source=3.5)), "text in a wrong form"),
    "source-of-rubbish": (
        edit(lambda n: n["cells"][0].update(source=["a", None, {}])),
        "text in a wrong form",
    ),
    "outputs-null": (put("f", outputs=None), "outputs in a wrong form"),
    "outputs-rubbish": (put("f", outputs=[3, "x"]), "outputs in a wrong form"),
    "outputs-missing": (edit(lambda n: one(n, "f").pop("outputs")), "outputs in a wrong form"),
    "attachments-wrong": (put("essay", attachments={"a.png": 3}), "attachments in a wrong form"),
    "type-unknown": (put("f", cell_type="sql"), "of an unknown type"),
    "type-not-a-word": (put("essay", cell_type=["code"]), "`essay` had another cell type"),
    "ids-twice": (edit(lambda n: [c.update(id="same") for c in n["cells"]]), "no id of their own"),
    "ids-wrong": (put("f", id="not an id!"), "no id of its own"),
    "tags": (
        edit(lambda n: one(n, "f-marks")["metadata"].update(tags=["skip-execution", 3])),
        "tagged to be skipped",
    ),
    "kernel": (
        say(metadata={"kernelspec": {"name": "julia", "display_name": "J"}}),
        "another kernel",
    ),
    "points": (tell("f-marks", points=100), "`f-marks` had changed nbgrader metadata"),
    "points-in-words": (tell("f-marks", points="many"), "`f-marks` had changed nbgrader metadata"),
    "unlocked": (tell("setup", locked=False), "`setup` had changed nbgrader metadata"),
    "made-a-solution": (tell("g-marks", solution=True), "`g-marks` had changed nbgrader metadata"),
    "made-ungraded": (tell("g-marks", grade=False), "`g-marks` had changed nbgrader metadata"),
    "schema-old": (tell("f", schema_version=1), "`f` had changed nbgrader metadata"),
    "schema-new": (tell("f", schema_version=99), "`f` had changed nbgrader metadata"),
    "schema-in-words": (tell("f", schema_version="3"), "`f` had changed nbgrader metadata"),
    "extra-key": (tell("f", wish="full marks"), "`f` had changed nbgrader metadata"),
    "id-unknown": (
        copied("f-marks", 2, metadata={"nbgrader": {"grade_id": "<b>\n"}}),
        "not in the gradebook",
    ),
    "id-not-a-word": (
        copied("f-marks", 2, metadata={"nbgrader": {"grade_id": [1]}}),
        "without a grade id",
    ),
    "metadata-empty": (copied("f-marks", 2, metadata={"nbgrader": {}}), "without a grade id"),
    "metadata-a-word": (
        copied("f-marks", 2, metadata={"nbgrader": "yes"}),
        "metadata in a wrong form",
    ),
    "test-copied": (copied("f-marks", 8), "`f-marks` was there more than once"),
    "stub-again": (
        copied("f", 8, source="def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"),
        "`f` was there again as released",
    ),
    "answer-twice": (
        copied("f", 2, source="def f(x):\n    return 0"),
        "`f` was there more than once",
    ),
    "retyped": (
        edit(lambda n: [one(n, i).update(cell_type="markdown") for i in ("f", "g-marks")]),
        "`f` and `g-marks` had another cell type",
    ),
    "test-changed": (put("g-marks", source="pass"), "`g-marks` was changed"),
    "task-changed": (put("project", source="Nothing to do."), "`project` was changed"),
    "test-missing": (without("g-marks"), "`g-marks` was missing"),
    "locked-missing": (without("setup"), "`setup` was missing"),
    "task-missing": (without("project"), "`project` was missing"),
    "tests-missing": (without("f-marks", "g-marks"), "`f-marks` and `g-marks` were missing"),
    "reordered": (rearranged("g-marks", "g", "f-marks"), "stood in another order"),
    "setup-last": (edit(lambda n: n["cells"].append(n["cells"].pop(1))), "stood in another order"),
    "merged": (edit(merged), "`g` was missing, but"),
    "id-of-answer-lost": (
        edit(lambda n: one(n, "f").update(metadata={})),
        "`f` had lost its nbgrader metadata",
    ),
    "renamed": (
        lambda path: path.rename(path.parent / "nb (1).ipynb"),
        "It is a link; `nb (1).ipynb` was graded",
    ),
    "linked-inside": (inside, "It is a link; `mine.txt` was graded"),
}

# Here the answers, or some of them, are lost.
LOST: dict[str, tuple[Damage, str]] = {
    "truncated": (raw(lambda b: b[: b.index(b"It halves")]), "damaged in line"),
    "answer-missing": (without("f", "essay"), "`f` and `essay` were missing"),
    "everything-missing": (say(cells=[]), "were missing"),
    "no-cells": (edit(lambda n: n.pop("cells")), GONE + "is JSON, but has no list of cells"),
    "cells-a-word": (say(cells="none"), GONE + "is JSON, but has no list of cells"),
    "empty": (raw(lambda b: b""), GONE + "is empty"),
    "nul-bytes": (raw(lambda b: b"\0" * 4096), GONE + "is empty"),
    "a-list": (raw(lambda b: b"[1, 2]"), GONE + "is JSON, but no notebook"),
    "a-pdf": (raw(lambda b: b"%PDF-1.7\n" + bytes(range(256)) * 9), GONE + "is no JSON"),
    "nested": (nested, GONE + "is nested too deeply"),
    "many-cells": (
        say(cells=[{"cell_type": "raw", "source": ""}] * 20_000),
        GONE + "has more than",
    ),
    "many-parts": (say(x=[[]] * 2_100_000), GONE + "holds more parts"),
    "a-long-number": (raw(lambda b: b"[" + b"1" * 10_000 + b"]"), GONE + "is no JSON"),
    "huge": (instead(sized(60_000_000)), GONE + "is larger than 50 MB"),
    "a-pipe": (instead(os.mkfifo), GONE + "is missing"),
    "a-folder": (instead(Path.mkdir), GONE + "is no file"),
    "a-link-out": (instead(linked("../../aaa/ps1/nb.ipynb")), GONE + "is missing"),
    "a-link-to-nothing": (instead(linked("nothing")), GONE + "is missing"),
    "a-link-to-itself": (instead(linked("nb.ipynb")), GONE + "is missing"),
    "linked-folder": (linked_folder, GONE + "is missing"),
    "another-notebook": (
        instead(lambda path: (path.parent / "other.ipynb").write_text("{}")),
        GONE + "is missing",
    ),
}

# The notebook is as it should be; these have to be set aside, for the reason given.
BESIDE: dict[str, tuple[Damage, str]] = {
    "data-link-out": (
        beside("notes.txt", linked("/etc/passwd")),
        "leads out of the submission, to /etc/passwd",
    ),
    "data-link-to-aaa": (
        beside("data/other", linked("../../../aaa/ps1/nb.ipynb")),
        "leads out of the submission",
    ),
    "data-link-to-nothing": (beside("notes.txt", linked("nothing")), "link to nothing"),
    "data-link-loop": (beside("notes.txt", linked("notes.txt")), "link to nothing"),
    "data-pipe": (beside("pipe", os.mkfifo), "pipe"),
    "data-socket": (beside("sock", bound), "socket"),
    "data-huge": (beside("huge.bin", sized(101_000_000)), "larger than 100 MB"),
    "data-newline": (beside("a\nb.txt", Path.touch), "no plain text"),
    "data-no-text": (beside(os.fsdecode(b"\xff.txt"), Path.touch), "no plain text"),
    "data-deep": (beside("/".join("d" * 60), Path.touch), "too long"),
    "data-file-for-folder": (beside("data", Path.touch), "a file of its own in this place"),
    "data-folder-for-file": (
        beside("data/table.csv", Path.mkdir),
        "a file of its own in this place",
    ),
    "timestamp-garbled": (
        beside("timestamp.txt", lambda path: path.write_text("tomorrow")),
        "holds no date",
    ),
    "settings-of-jupyter": (
        beside("nbgrader_config.py", lambda path: path.write_text("raise SystemExit")),
        "could take it for settings",
    ),
    "timestamp-empty": (beside("timestamp.txt", Path.touch), "holds no date"),
    "timestamp-bytes": (
        beside("timestamp.txt", lambda path: path.write_bytes(b"\xff\xfe\x00")),
        "holds no date",
    ),
    "timestamp-pipe": (beside("timestamp.txt", os.mkfifo), "holds no date"),
    "timestamp-folder": (beside("timestamp.txt", Path.mkdir), "holds no date"),
}

DAMAGES = MENDED | LOST | BESIDE


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("template") / "course")


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    shutil.copytree(template.root, tmp_path / "course")
    copy = object.__new__(Course)
    copy.root = tmp_path / "course"
    return copy


def classes(students: Sequence[str]) -> list[list[str]]:
    """In classes of a moderate size, that can be graded side by side."""
    return [list(students[n : n + 16]) for n in range(0, len(students), 16)]


@pytest.mark.slow
@pytest.mark.parametrize("unlucky", classes(list(MENDED)))
def test_a_mended_submission_keeps_its_answers(course, caplog, unlucky):
    graded = grade_class(course, unlucky)
    for student in unlucky:
        notebook, repair = graded[student], MENDED[student][1]
        repairs = notebook.metadata.get("torchmarks", {}).get("repairs", [])
        assert repair in " ".join(repairs), student
        assert bool(repair) == bool(repairs), student
        assert all(f"nb.ipynb of {student}: {r}" in caplog.text for r in repairs), student
        assert one(notebook, "f").source.startswith(F), student
        assert G in "".join(c.source for c in notebook.cells), student
        assert one(notebook, "essay").source.startswith("It halves, since the gr"), student
        assert course.scores(student)["essay"] is None, student


@pytest.mark.slow
@pytest.mark.parametrize("unlucky", classes(list(LOST)))
def test_a_lost_submission_is_graded_as_not_worked_on(course, caplog, unlucky):
    graded = grade_class(course, unlucky)
    for student in unlucky:
        notebook, repair = graded[student], LOST[student][1]
        assert repair in " ".join(notebook.metadata.torchmarks.repairs), student
        assert f"nb.ipynb of {student}: " in caplog.text, student
        assert course.scores(student)["essay"] == 0, student
        if repair.startswith(GONE):
            assert notebook.cells[0].cell_type == "markdown", student
            assert repair in notebook.cells[0].source, student
            assert "NotImplementedError" in one(notebook, "f").source, student


@pytest.mark.slow
@pytest.mark.parametrize("unlucky", classes(list(BESIDE)))
def test_what_must_not_be_followed_or_copied_is_set_aside(course, caplog, unlucky):
    graded = grade_class(course, unlucky)
    for student in unlucky:
        (line,) = [m for m in caplog.messages if m.startswith(f"{student}/ps1/")]
        assert BESIDE[student][1] in line
        assert "torchmarks" not in graded[student].metadata, student
        assert one(graded[student], "f").source == F, student
        folder = course.root / "autograded" / student / "ps1"
        assert files(folder) == {"nb.ipynb", "data/table.csv"}, student
        assert len(files(course.root / "submitted" / student / ".set-aside" / "ps1")) == 1, student


def grade_class(course: Course, unlucky: Sequence[str]) -> dict[str, Any]:
    """Grade these between two whom nothing happened to, and return what came of them."""
    for student in ("aaa", "zzz"):
        course.submit(student)
    for student in unlucky:
        DAMAGES[student][0](course.submit(student))
    course.grade()
    graded = {}
    for student in ("aaa", *unlucky, "zzz"):
        scores = course.scores(student)
        # Cells are not run here, and a test that was not run counts as passed.
        assert (scores["f-marks"], scores["g-marks"]) == (2, 3), student
        graded[student] = notebook = course.graded(student)
        nbformat.validate(notebook)
        assert [grade_id(c) for c in notebook.cells if grade_id(c)] == IDS, student
        with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
            for released in gradebook.find_notebook("nb", "ps1").source_cells:
                mine = one(notebook, released.name)
                assert mine.cell_type == released.cell_type, student
                assert mine.source == released.source or not released.locked, student
                assert "tags" not in mine.metadata, student
        assert notebook.metadata.kernelspec == PYTHON, student
    for student in ("aaa", "zzz"):
        assert "torchmarks" not in graded[student].metadata
    return graded


def files(folder: Path) -> set[str]:
    """All that is no folder, and folders that hold none of it."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir())
    }


@pytest.mark.parametrize("traits", [{}, {"ClearOutput__enabled": False}])
def test_an_honest_submission_comes_out_as_from_nbgrader_alone(course, traits):
    for student in ("ada", "bob"):
        course.submit(student)
    shutil.copy(course.root / "release/ps1/nb.ipynb", course.root / "submitted/bob/ps1")
    course.grade(**traits)
    paths = [course.root / f"autograded/{student}/ps1/nb.ipynb" for student in ("ada", "bob")]
    ours = [path.read_bytes() for path in paths]
    shutil.rmtree(course.root / "autograded")
    course.convert(Autograde, **traits)
    assert [path.read_bytes() for path in paths] == ours
    assert bool(one(course.graded("ada"), "f").outputs) == bool(traits)


def test_outputs_that_are_kept_are_well_formed(course):
    good = {"output_type": "stream", "name": "stdout", "text": ["hello"]}
    deep = good | {"metadata": json.loads("[" * 400 + "]" * 400)}
    wrong = [{"output_type": "stream"}, {"text": "x"}, deep]
    put("f", outputs=[good, *wrong], execution_count=-1)(course.submit("ada"))
    course.grade(ClearOutput__enabled=False)
    f = one(course.graded("ada"), "f")
    assert (f.outputs, f.execution_count) == ([good | {"text": "hello"}], None)


def test_without_any_nbgrader_metadata_cells_are_recognized_by_content(course):
    edit(stripped)(course.submit("ada"))
    course.grade()
    notebook = course.graded("ada")
    assert [grade_id(c) for c in notebook.cells if grade_id(c)] == IDS
    assert (one(notebook, "f").source, one(notebook, "g").source) == (F, G)
    first, second = notebook.metadata.torchmarks.repairs
    assert first.startswith("`setup`, `f`, `f-marks`, `g`, `g-marks` and `project` had lost")
    assert second.startswith("`essay` could not be recognized; look for the answer")
    # The answer is there, in a cell of the student's own, so a person has to give the mark.
    assert ESSAY in [c.source for c in notebook.cells]
    assert course.scores("ada")["essay"] is None


@pytest.mark.slow
def test_a_lost_submission_earns_nothing(course):
    course.submit("ada")
    LOST["empty"][0](course.submit("bob"))
    course.grade(Execute__enabled=True)
    assert course.scores("ada") == {"f-marks": 2, "g-marks": 3, "essay": None, "project": None}
    assert course.scores("bob") == {"f-marks": 0, "g-marks": 0, "essay": 0, "project": None}


def test_a_garbled_timestamp_does_not_fail_a_second_grading(course):
    path = course.submit("ada")
    course.grade()
    (path.parent / "timestamp.txt").write_text("tomorrow")
    course.grade()
    assert course.scores("ada")["f-marks"] == 2
    assert not (path.parent / "timestamp.txt").exists()


def test_what_cannot_be_set_aside_fails_its_student_only(course, caplog):
    for student in ("ada", "bob", "cyd"):
        course.submit(student)
    (course.root / "submitted/bob/ps1/notes.txt").symlink_to("/etc/passwd")
    (course.root / "submitted/bob/.set-aside").touch()
    with pytest.raises(NbGraderException):
        course.grade()
    assert "chmod -R u+rwX" in caplog.text
    assert sorted(os.listdir(course.root / "autograded")) == ["ada", "bob", "cyd"]
    assert not (course.root / "autograded/bob/ps1").exists()
    assert course.scores("cyd")["f-marks"] == 2


def test_nbgrader_does_not_see_what_was_set_aside(course):
    for student in ("ada", "bob"):
        os.mkfifo(course.submit(student).parent / "pipe")
    course.grade()
    config = Config()
    config.CourseDirectory.root = str(course.root)
    seen = NbGraderAPI(coursedir=CourseDirectory(config=config))
    assert seen.get_submitted_students("*") == {"ada", "bob"}
    assert seen.get_autograded_students("ps1") == {"ada", "bob"}


def test_a_submission_of_another_name_is_graded_with_the_better_one(course):
    path = course.submit("ada")
    shutil.copy(course.root / "release/ps1/nb.ipynb", path.parent / "nb (2).ipynb")
    path.rename(path.parent / "nb (1).ipynb")
    (path.parent / "scratch.ipynb").write_text("{}")
    course.grade()
    assert one(course.graded("ada"), "f").source == F
    assert course.graded("ada").metadata.torchmarks.repairs == [
        "It is a link; `nb (1).ipynb` was graded."
    ]


def test_order_and_tags_are_those_of_the_source_notebook(course):
    source = course.root / "source/ps1/nb.ipynb"
    edit(lambda n: one(n, "g-marks")["metadata"].update(tags=["hard"]))(source)
    rearranged("g", "g-marks")(source)
    rearranged("g", "g-marks")(course.submit("ada"))
    course.grade()
    notebook = course.graded("ada")
    assert "torchmarks" not in notebook.metadata
    assert [grade_id(c) for c in notebook.cells if grade_id(c)][:2] == ["g", "g-marks"]
    assert one(notebook, "g-marks").metadata.tags == ["hard"]


def test_a_course_without_a_kernel_is_graded_with_python(course):
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.find_notebook("nb", "ps1").kernelspec = "{}"
        gradebook.db.commit()
    course.submit("ada")
    say(metadata={"kernelspec": {"name": "julia", "display_name": "J"}})(course.submit("bob"))
    course.grade()
    assert course.graded("ada").metadata.kernelspec == PYTHON
    assert "kernelspec" not in course.graded("bob").metadata


def test_the_limit_for_notebooks_can_be_set(course):
    path = course.submit("ada")
    course.grade(SubmissionExporter__max_bytes=path.stat().st_size - 1)
    assert "is larger than" in course.graded("ada").cells[0].source


RELEASED = [
    ReleasedCell("setup", "code", "import math", "import math", "0", locked=True),
    ReleasedCell("f", "code", "def f(): pass", "def f(): pass", "1", locked=False, solution=True),
    ReleasedCell("more", "code", "x = 1", "x = 1", "2", locked=True),
    ReleasedCell("f-marks", "code", "f()", "f()", "3", locked=True, grade=True, points=1),
]


def restored(*names: str) -> list[str]:
    """What becomes of a notebook of these cells; the student's own are named `_…`."""
    released = {cell.name: cell for cell in RELEASED}
    own = {n: nbformat.from_dict(cell("code", n)) for n in names if n.startswith("_")}
    cells = [own[n] if n in own else released[n].new() for n in names]
    return [grade_id(c) or c.source for c in Restoration(cells, RELEASED).cells]


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        # As released, with cells of the student's own.
        ("_a setup _b f _c more f-marks _d", "_a setup _b f _c more f-marks _d"),
        # A missing locked cell comes before the student's own that may need it, a test after.
        ("_a f _b more f-marks", "setup _a f _b more f-marks"),
        ("setup f _a f-marks", "setup f more _a f-marks"),
        ("setup f more _a", "setup f more _a f-marks"),
        ("setup _a more f-marks", "setup _a f more f-marks"),
        ("_a _b", "setup _a _b f more f-marks"),
        # What follows one of the instructor's cells moves with it.
        ("_a f-marks _b f _c setup _d more", "_a setup _d f _c more f-marks _b"),
    ],
)
def test_cells_are_put_back_where_they_belong(submitted, expected):
    assert restored(*submitted.split()) == expected.split()


def clear(folder: Path, **limits: int) -> set[str]:
    """Set aside what has to be in a submission's folder, and return what is left."""
    notebook = str(folder / "nb.ipynb")
    set_aside(assignment="ps1", student="*", notebooks=[notebook], **limits)
    return files(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ada" / "ps1"
    folder.mkdir(parents=True)
    (folder / "nb.ipynb").touch()
    return folder


def test_the_largest_folders_go_when_there_are_too_many_files(folder):
    for name, number in (("data", 5), ("venv", 20)):
        (folder / name).mkdir()
        for n in range(number):
            (folder / name / str(n)).touch()
    kept = {"nb.ipynb", *(f"data/{n}" for n in range(5))}
    assert clear(folder, max_files=10) == kept
    assert len(files(folder.parent / ".set-aside/ps1/venv")) == 20


def test_links_to_a_large_file_count_as_often_as_they_are_copied(folder):
    (folder / "data.bin").write_bytes(bytes(600))
    for n in range(3):
        (folder / f"copy{n}").symlink_to("data.bin")
    assert clear(folder, max_total=1500) == {"nb.ipynb", "data.bin", "copy2"}
    assert clear(folder, max_bytes=500) == {"nb.ipynb"}


def test_links_that_use_each_other_are_all_followed_to_their_end(folder):
    (folder / "data.txt").touch()
    (folder / "good").symlink_to("data.txt")
    (folder / "better").symlink_to("good")
    (folder / "up").symlink_to("..")
    (folder / "round").symlink_to("up/ps1/data.txt")
    assert clear(folder) == {"nb.ipynb", "data.txt", "good", "better"}


def test_what_was_set_aside_before_is_neither_lost_nor_followed(folder, tmp_path):
    (folder / "data").symlink_to(tmp_path)
    clear(folder)
    (folder / "data").mkdir()
    os.mkfifo(folder / "data" / "pipe")
    assert clear(folder) == {"nb.ipynb", "data"}
    assert files(folder.parent / ".set-aside") == {"ps1/data", "ps1.2/data/pipe"}
    assert not (tmp_path / "pipe").exists()


def test_a_folder_of_the_instructors_may_be_a_link(folder, tmp_path):
    (tmp_path / "bob").symlink_to("ada")
    (folder / "data.txt").touch()
    assert clear(tmp_path / "bob" / "ps1") == {"nb.ipynb", "data.txt"}


def test_an_unreadable_file_is_set_aside():
    nobody = 65534
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, "ada", "ps1")
        folder.mkdir(parents=True)
        (folder / "nb.ipynb").touch()
        (folder / "mine.txt").touch(mode=0)
        root = os.geteuid() == 0  # who can read everything
        if root:
            for path in (Path(top), *Path(top).rglob("*")):
                os.chown(path, nobody, -1)
            os.seteuid(nobody)
        try:
            assert clear(folder) == {"nb.ipynb"}
        finally:
            if root:
                os.seteuid(0)
