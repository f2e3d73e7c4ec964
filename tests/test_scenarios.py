"""Honest misfortunes, each handed in to be graded: what was right keeps its marks.

A class of students is graded in one course by `nbgrader autograde`. What befell each of them, and
what must come of it, is told in `tests/scenarios/`.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.once import once
from tests.scenarios._grading import grade
from tests.scenarios._scenario import Scenario, scenarios
from torchmarks.calls import Verdict
from torchmarks.isolation.failures import SENTENCES

pytestmark = pytest.mark.slow

#: Classes in which the students sit. Each is graded once, by the worker that needs it first.
CLASSES = 4
STUDENTS = [(n % CLASSES, scenario) for n, scenario in enumerate(scenarios())]


@pytest.fixture
def graded(tmp_path_factory: pytest.TempPathFactory, number: int) -> Any:
    """What came of the class with this number."""

    def findings() -> dict[str, Any]:
        members = [scenario for n, scenario in STUDENTS if n == number]
        graded = grade(members, tmp_path_factory.mktemp(f"class-{number}"))
        found = {scenario.name: graded.findings(scenario) for scenario in members}
        return {"findings": found, "log": graded.log}

    return once(tmp_path_factory, f"scenarios-{number}", findings)


@pytest.mark.parametrize(
    ("number", "scenario"), [pytest.param(*seat, id=seat[1].name) for seat in STUDENTS]
)
def test_what_must_come_of_it(graded: dict[str, Any], number: int, scenario: Scenario):
    assert graded["findings"][scenario.name] == [], graded["log"]


def test_there_are_scenarios_and_each_says_what_happened():
    assert len(STUDENTS) >= 20
    assert all(scenario.what.endswith(".") for _, scenario in STUDENTS)
    assert len({scenario.what for _, scenario in STUDENTS}) == len(STUDENTS)


@pytest.mark.parametrize("verdict", [v for v in SENTENCES if v is not Verdict.GONE])
def test_every_verdict_is_told_in_some_scenario(verdict: Verdict):
    said = [text for _, scenario in STUDENTS for _, text in scenario.says]
    assert any(text.startswith(SENTENCES[verdict][:20]) for text in said)
