"""Grade a class of students as an instructor would, and find out what came of each of them."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.filters import strip_ansi
from nbgrader.api import Gradebook

from tests.scenarios._course import ASSIGNMENT, NOTEBOOK, make_course
from tests.scenarios._scenario import Scenario, hand_in

#: Seconds for a class, and within it for a student.
CLASS_LIMIT = 1200


@dataclass(frozen=True)
class Graded:
    """A class that was graded: where, each student's marks by grade cell, and nbgrader's log."""

    course: Path
    scores: dict[str, dict[str, float]]
    log: str

    def findings(self, scenario: Scenario) -> list[str]:
        """What did not come of a submission as it must, a sentence each."""
        path = self.course / "autograded" / scenario.name / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        if not path.is_file():
            return ["It was not graded."]
        scores = self.scores[scenario.name]
        found = [
            f"It earned {scores.get(cell)} in {cell}, and {due:g} is due."
            for cell, due in scenario.earns.items()
            if scores.get(cell) != due
        ]
        shown = dict(_shown(json.loads(path.read_text("utf-8"))))
        for cell, text in scenario.says:
            if text not in shown.get(cell, ""):
                found.append(f"`{text}` is not shown in {cell}, but: {shown.get(cell)!r:.2000}")
        for cell, text in scenario.silent:
            if text in shown[cell]:
                found.append(f"`{text}` is shown in {cell}: {shown[cell]!r:.2000}")
        return found


def grade(scenarios: list[Scenario], folder: Path, *, isolated: bool = True) -> Graded:
    """Let each student hand in, and grade them with nbgrader's own commands."""
    course = folder / "course"
    make_course(course, isolated=isolated)
    log = _nbgrader(course, "generate_assignment", ASSIGNMENT)
    for scenario in scenarios:
        student = course / "submitted" / scenario.name / ASSIGNMENT
        hand_in(scenario, course / "release" / ASSIGNMENT, student)
    log += _nbgrader(course, "autograde", ASSIGNMENT)
    return Graded(course, _scores(course), log)


def _nbgrader(course: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=CLASS_LIMIT,
    )
    return done.stdout


def _scores(course: Path) -> dict[str, dict[str, float]]:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.find_assignment(ASSIGNMENT).submissions
        }


def _shown(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The name of each code cell, and all that it shows to a reader."""
    further = 0
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell["cell_type"] == "code":
            if name is None:
                further += 1
                name = f"further-{further}"
            yield name, "\n".join(text for o in cell["outputs"] for text in _texts(o))


def _texts(output: dict[str, Any]) -> Iterator[str]:
    if output["output_type"] == "error":
        yield f"{output['ename']}: {output['evalue']}"
        yield strip_ansi("\n".join(output["traceback"]))
    yield _joined(output.get("text", ""))
    for kind, data in output.get("data", {}).items():
        yield f"[{kind}]"
        # The words of a report are written with entities, and its code with tags.
        text = data if isinstance(data, dict) else _joined(data)
        yield html.unescape(text) if isinstance(text, str) else json.dumps(text, ensure_ascii=False)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
