"""Cheats and harms, each handed in to be graded: none may earn, leak, harm, or hang.

A class of attackers is graded in one course by `nbgrader autograde`, and after each of them an
honest student, who must notice nothing. What the attacks are is told in `tests/attacks/`.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import pytest

from tests.attacks._attack import Attack, attacks, control
from tests.attacks._grading import grade
from tests.attacks._world import make_world
from tests.once import once

pytestmark = pytest.mark.slow

#: Classes in which the attackers sit. Each is graded once, by the worker that needs it first.
CLASSES = 4
CONTROLS = [control("right"), control("wrong")]


def _classes() -> list[list[Attack]]:
    """Attackers in the order of their names, so that accomplices sit in one class."""
    everybody = attacks()
    size = -(-len(everybody) // CLASSES)
    return [everybody[n : n + size] for n in range(0, len(everybody), size)]


def _attackers() -> list[Any]:
    """Every attack with its class; neighbours are of different classes, and so go to two workers."""
    numbered = [[(number, attack) for attack in those] for number, those in enumerate(_classes())]
    rows = zip_longest(*numbered)
    return [pytest.param(*seat, id=seat[1].name) for row in rows for seat in row if seat]


@pytest.fixture
def graded(tmp_path_factory: pytest.TempPathFactory, number: int) -> Any:
    """What came of the class with this number."""
    members = [*CONTROLS, *_classes()[number]]
    return once(tmp_path_factory, f"attacks-{number}", lambda: _grade(members))


def _grade(those: list[Attack]) -> dict[str, Any]:
    with make_world() as world:
        graded = grade(world, those, isolated=True)
        return {
            "findings": {attack.name: graded.findings(attack) for attack in those},
            "logs": {attack.name: graded.log_of(attack) for attack in those},
            "outside": graded.outside(),
        }


def test_there_are_attacks_and_each_says_what_it_tries():
    tried = [attack.tries for attack in attacks()]
    assert len(set(tried)) == len(tried) >= 40
    assert all(line.endswith(".") and "\n" not in line for line in tried)


@pytest.mark.parametrize(("number", "attack"), _attackers())
def test_an_attack_earns_leaks_and_harms_nothing(
    graded: dict[str, Any], number: int, attack: Attack
):
    assert graded["findings"][attack.name] == [], graded["logs"][attack.name]


@pytest.mark.parametrize("number", range(CLASSES))
def test_an_honest_answer_earns_all_if_right_and_nothing_if_wrong(
    graded: dict[str, Any], number: int
):
    for honest in CONTROLS:
        assert graded["findings"][honest.name] == [], graded["logs"][honest.name]


@pytest.mark.parametrize("number", range(CLASSES))
def test_nothing_around_the_attackers_has_changed(graded: dict[str, Any], number: int):
    assert graded["outside"] == []
