"""Bad input to a command gets one clear sentence and a non-zero exit, and nothing is overwritten."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def without_rights_of_root() -> None:
    # Root writes where it may not; without these three capabilities it is refused like others.
    for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def torchmarks(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "torchmarks", *arguments],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        preexec_fn=without_rights_of_root,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_course_goes_from_source_to_release(small_course):
    assert "1 notebooks are canonical" in torchmarks(small_course, "canonical").stdout
    audit = torchmarks(small_course, "audit")
    assert audit.returncode == 0
    line, closing = audit.stdout.splitlines()
    assert line.split() == (
        [
            "01-small",
            "mean_square",
            "4",
            "points",
            "4",
            "checks",
            "2",
            "alternatives",
            "2",
            "mistakes",
            "ok",
        ]
    )
    assert closing == "1 exercises, 4 checks, 2 alternatives, 2 mistakes: all in order"
    done = torchmarks(small_course, "release", "01-small")
    assert done.returncode == 0, done.stderr
    assert (small_course / "release" / "01-small" / "small.ipynb").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "09-nothing"], "There is no assignment 09-nothing. There are: 01-small."),
        (["release", "09-nothing"], "There is no assignment 09-nothing."),
        (["canonical", "absent.ipynb"], "There is no notebook absent.ipynb."),
        (["canonical", "nbgrader_config.py"], "is not a notebook: its name should end in .ipynb"),
        (["canonical", "source/01-small/small.ipynb", "broken.ipynb"], "broken.ipynb is broken"),
        (["demo"], "01-small is not released yet: run torchmarks release."),
        (["demo", "--into", "tests"], "is not empty and was not made by this command"),
        (["--course", "tests", "audit"], "is not a course: it has no folder source/."),
        (["--course", "tests", "release"], "is not a course"),
        (["--course", "tests", "canonical"], "There is no notebook below"),
        (["--course", "tests", "demo"], "is not a course"),
    ],
)
def test_bad_input_is_told_in_one_sentence(small_course, arguments, words):
    (small_course / "broken.ipynb").write_text('{"cells": [')
    if "--into" in arguments:
        (small_course / "release" / "01-small").mkdir(parents=True)
    # Not canonical, so that a command which went on after an error would be seen to write.
    path = small_course / "source" / "01-small" / "small.ipynb"
    path.write_text(path.read_text("utf-8") + "\n\n")
    before = files(small_course)
    done = torchmarks(small_course, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("torchmarks: ")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert words in done.stderr
    assert files(small_course) == before


@pytest.mark.parametrize("command", ["audit", "release", "canonical", "demo"])
def test_a_broken_source_notebook_is_told(small_course, command):
    path = small_course / "source" / "01-small" / "small.ipynb"
    path.write_text('{"cells": [')
    before = files(small_course)
    done = torchmarks(small_course, command)
    assert done.returncode == 2
    assert "small.ipynb is broken" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert files(small_course) == before


def test_a_folder_that_cannot_be_written_is_told(small_course):
    # Where a folder should be there is a file: refused for root as well as for others.
    (small_course / "release" / "01-small").mkdir(parents=True)
    (small_course / "solutions").write_text("in the way")
    (small_course / "build").write_text("in the way")
    for command in ("release", "demo"):
        done = torchmarks(small_course, command)
        assert done.returncode == 2
        assert "cannot be written" in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
    assert (small_course / "solutions").read_text() == "in the way"


def test_a_read_only_course_is_told(small_course):
    path = small_course / "source" / "01-small" / "small.ipynb"
    path.write_text(path.read_text("utf-8") + "\n")
    (small_course / "release" / "01-small").mkdir(parents=True)
    before = files(small_course)
    everything = [small_course, *small_course.rglob("*")]
    for entry in everything:
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    try:
        for command in ("canonical", "release", "demo"):
            done = torchmarks(small_course, command)
            assert done.returncode == 2, command
            assert "cannot be written: Permission denied" in done.stderr
            assert len(done.stderr.splitlines()) == 1, done.stderr
    finally:
        for entry in everything:
            entry.chmod(0o755 if entry.is_dir() else 0o644)
    assert files(small_course) == before


def test_an_audit_that_finds_something_exits_with_one(small_course):
    path = small_course / "tests" / "mistakes" / "small.py"
    path.write_text(path.read_text().replace("x.mean() ** 2", "(x * x).mean()"))
    done = torchmarks(small_course, "audit")
    assert done.returncode == 1
    assert "keeps all points: add a check to" in done.stdout


def test_canonical_can_check_without_writing(small_course):
    path = small_course / "source" / "01-small" / "small.ipynb"
    path.write_text(path.read_text("utf-8") + "\n")
    before = files(small_course)
    done = torchmarks(small_course, "canonical", "--check")
    assert done.returncode == 1
    assert "run torchmarks canonical" in done.stdout
    assert files(small_course) == before
    assert torchmarks(small_course, "canonical").returncode == 0
    assert torchmarks(small_course, "canonical", "--check").returncode == 0


def test_make_without_python_says_what_to_install(tmp_path):
    clone = tmp_path / "clone"
    (clone / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", ".ci/setup"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "setup", "PYTHON=python3.99"], cwd=clone, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "setup: python3.99 is missing: install Python 3.11" in done.stderr
    assert not (clone / ".venv").exists()
