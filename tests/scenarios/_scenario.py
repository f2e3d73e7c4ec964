"""A scenario as a file: what was handed in, and what must come of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.attacks import _attack
from tests.attacks._attack import HAND_IN, Attack
from tests.scenarios._course import POINTS

FOLDER = Path(__file__).resolve().parent
_UNTOUCHED = re.compile(r"^# untouched: (.+)$", re.MULTILINE)
_TEXT = re.compile(r"^# (says|silent): ([\w-]+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Scenario:
    """One submission, the marks that are due for it, and texts that its cells show or do not."""

    name: str
    what: str
    submission: Attack
    earns: Mapping[str, float]
    says: tuple[tuple[str, str], ...]
    silent: tuple[tuple[str, str], ...]


def read(path: Path) -> Scenario:
    """The scenario in a file; see the package's docstring for its form."""
    given = _attack.read(path)
    head = path.read_text("utf-8").partition("\n# %%")[0]
    named = {where for where, _ in given.cells}
    named.update(*(names.split(", ") for names in _UNTOUCHED.findall(head)))
    others = _attack.read(FOLDER / "_right.py").cells
    solved = [cell for cell in given.cells if cell[0] != HAND_IN]
    solved += [(where, source) for where, source in others if where not in named]
    solved += [cell for cell in given.cells if cell[0] == HAND_IN]
    told = _TEXT.findall(head)
    unknown = set(given.earns) - set(POINTS)
    if unknown:
        raise ValueError(f"{path.name} earns marks in {unknown}, which the course has not.")
    return Scenario(
        name=given.name,
        what=given.tries,
        submission=replace(given, cells=tuple(solved)),
        earns={**POINTS, **given.earns},
        says=tuple((cell, text) for kind, cell, text in told if kind == "says"),
        silent=tuple((cell, text) for kind, cell, text in told if kind == "silent"),
    )


def scenarios() -> list[Scenario]:
    """All scenarios, by name."""
    return [read(path) for path in sorted(FOLDER.glob("[!_]*.py"))]


def hand_in(scenario: Scenario, released: Path, folder: Path) -> None:
    """Write the submission into `folder`."""
    _attack.hand_in(scenario.submission, released, folder, {})
