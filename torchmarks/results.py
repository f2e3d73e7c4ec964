"""What the checks of one exercise have shown: data, without any rendering."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from torchmarks.errors import BrokenCheck


class State(StrEnum):
    """Of a check and of an exercise."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"


@dataclass(frozen=True)
class Detail:
    """What a visible check may show: the call, the answer, and what it should be."""

    call: str
    answer: str
    expected: str


@dataclass(frozen=True)
class CheckResult:
    """One check. `sentence` says what is wrong, `cause` names the known mistake behind it."""

    name: str
    hidden: bool
    state: State
    points: float
    sentence: str = ""
    cause: str = ""
    detail: Detail | None = None


@dataclass(frozen=True)
class Report:
    """All checks of one exercise; `forbidden` names functions that ran against its rules."""

    exercise: str
    points: float
    forbidden: tuple[str, ...]
    checks: tuple[CheckResult, ...]

    @property
    def state(self) -> State:
        """An exercise whose every check met the stub is not attempted, neither right nor wrong."""
        if not self.checks or all(c.state is State.NOT_ATTEMPTED for c in self.checks):
            return State.NOT_ATTEMPTED
        if self.forbidden or any(c.state is not State.PASSED for c in self.checks):
            return State.FAILED
        return State.PASSED

    @property
    def earned(self) -> float:
        """Points earned, in hundredths; rounded down, so that a failure never rounds to all."""
        if self.state is State.PASSED:
            return float(self.points)
        if self.forbidden:
            return 0.0
        earned = sum(c.points for c in self.checks if c.state is State.PASSED)
        return math.floor(earned * 100 + 1e-6) / 100

    @property
    def complete(self) -> bool:
        """Whether every check passed."""
        return self.state is State.PASSED

    @property
    def visible_only(self) -> bool:
        """Whether this is a student's copy, which has no hidden checks."""
        return not any(c.hidden for c in self.checks)

    @property
    def causes(self) -> tuple[str, ...]:
        """The known mistakes that were recognized, each once."""
        return tuple(dict.fromkeys(c.cause for c in self.checks if c.cause))

    @property
    def common_cause(self) -> str:
        """The known mistake that explains every failed check, or nothing."""
        causes = {c.cause for c in self.checks if c.state is State.FAILED}
        return causes.pop() if len(causes) == 1 else ""

    def as_json(self) -> dict[str, Any]:
        """Plain data, for the outputs of a notebook."""
        return {**asdict(self), "state": self.state.value, "earned": self.earned}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """The inverse of `as_json`."""
        checks = [
            CheckResult(
                **{
                    **check,
                    "state": State(check["state"]),
                    "detail": Detail(**check["detail"]) if check["detail"] else None,
                }
            )
            for check in data["checks"]
        ]
        return cls(data["exercise"], data["points"], tuple(data["forbidden"]), tuple(checks))


def joined(visible: Report, full: Report) -> Report:
    """The report of all checks, with what the visible ones showed when they ran by themselves.

    A function that has seen a hidden input could put it into its answer to a later visible check.
    What such a check shows is therefore taken from a run in which there was nothing hidden to see.
    """
    earlier: dict[str, list[CheckResult]] = {}
    for check in visible.checks:
        earlier.setdefault(check.name, []).append(check)
    checks = []
    for check in full.checks:
        if earlier.get(check.name):
            shown = earlier[check.name].pop(0)
            check = replace(check, hidden=False)
            if shown.state is check.state:
                check = replace(check, sentence=shown.sentence, detail=shown.detail)
        checks.append(check)
    return replace(full, exercise=visible.exercise, checks=tuple(checks))


def share_points(points: float, own: list[float | None]) -> list[float]:
    """Points of each check: its own where it names some, an equal part of the rest otherwise."""
    rest = points - sum(p for p in own if p is not None)
    equal = sum(p is None for p in own)
    if rest < -1e-9 or (not equal and own and not math.isclose(rest, 0, abs_tol=1e-9)):
        raise BrokenCheck(f"The checks name {points - rest:g} points, but there are {points:g}.")
    return [rest / equal if p is None else p for p in own]
