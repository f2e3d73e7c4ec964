"""Honest misfortunes, each handed in to be graded: what was right keeps its marks.

A class of students is graded in one course by `nbgrader autograde`. What befell each of them, and
what must come of it, is told in `tests/scenarios/`.
"""

from __future__ import annotations

import pytest

from tests.scenarios._grading import Graded, grade
from tests.scenarios._scenario import Scenario, scenarios
from torchmarks.calls import Verdict
from torchmarks.isolation.remote import SENTENCES

pytestmark = pytest.mark.slow

#: Classes in which the students sit; each is graded once, by whichever worker tests it.
CLASSES = 4
STUDENTS = [(n % CLASSES, scenario) for n, scenario in enumerate(scenarios())]


@pytest.fixture(scope="module")
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    members = [scenario for number, scenario in STUDENTS if number == request.param]
    return grade(members, tmp_path_factory.mktemp(f"class-{request.param}"))


@pytest.mark.parametrize(
    ("graded", "scenario"),
    [
        pytest.param(
            number,
            scenario,
            id=scenario.name,
            marks=pytest.mark.xdist_group(f"scenarios-{number}"),
        )
        for number, scenario in STUDENTS
    ],
    indirect=["graded"],
)
def test_what_must_come_of_it(graded: Graded, scenario: Scenario):
    assert graded.findings(scenario) == [], graded.log


def test_there_are_scenarios_and_each_says_what_happened():
    assert len(STUDENTS) >= 20
    assert all(scenario.what.endswith(".") for _, scenario in STUDENTS)
    assert len({scenario.what for _, scenario in STUDENTS}) == len(STUDENTS)


@pytest.mark.parametrize("verdict", [v for v in SENTENCES if v is not Verdict.GONE])
def test_every_verdict_is_told_in_some_scenario(verdict: Verdict):
    said = [text for _, scenario in STUDENTS for _, text in scenario.says]
    assert any(text.startswith(SENTENCES[verdict][:20]) for text in said)
