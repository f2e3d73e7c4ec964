"""`Marks`: the checks of one exercise, their points, and the report that comes of them.

A grade cell makes one `Marks`, asks it some checks, and ends with it. The cell's result is then the
points as a plain number, which is nbgrader's partial credit, and a report as HTML for a person.

Checks between nbgrader's hidden-test delimiters are hidden: their report never shows an argument or
an expected value. `Marks` finds out by itself, from the source of the calling cell, and takes a
check whose source it cannot see for hidden.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torchmarks import render
from torchmarks.calls import Outcome, Verdict, full_name, observe, recorded_name
from torchmarks.catalogue import Attempt, Catalogue, find_catalogue
from torchmarks.cells import exercise_name, is_hidden
from torchmarks.compare import Comparator, Difference, Kind, Tolerance, compare
from torchmarks.diagnose import Observation, diagnose
from torchmarks.errors import BrokenCheck, Incomplete
from torchmarks.results import CheckResult, Detail, Report, State, share_points

REPORT_TYPE = "application/vnd.torchmarks.report+json"


@dataclass(frozen=True)
class _Check:
    """One question and its answer. `suspects` are known mistakes that answer it alike."""

    name: str
    hidden: bool
    points: float | None
    state: State
    outcome: Outcome
    sentence: str
    detail: Detail | None
    attempt: Attempt | None


class Marks:
    """The checks of one exercise.

    `function` is the student's function or class, `points` what the exercise is worth, `time_limit`
    the seconds that one call may take. Points are shared equally among the checks; a check that
    names its own `points` takes them out of the whole first.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        points: float,
        time_limit: float = 10.0,
        catalogue: Catalogue | None = None,
    ) -> None:
        if not callable(function):
            function = _NotCallable(function)
        self.exercise = exercise_name(sys._getframe(1), function)
        self.points = points
        self._function = function
        self._time_limit = time_limit
        self._catalogue = catalogue
        self._checks: list[_Check] = []
        self._forbidden: dict[str, str] = {}
        self._called: set[str] = set()
        self._timed_out = False

    # The questions ---------------------------------------------------------------------------

    def check(
        self,
        name: str,
        *arguments: Any,
        expect: Any,
        through: Callable[..., Any] | None = None,
        by: Comparator = compare,
        tolerance: Tolerance | None = None,
        points: float | None = None,
    ) -> None:
        """Compare `function(*arguments)` with what is expected.

        `expect` is a value, or torch's own way to compute it from private copies of the same
        arguments. `through(function, *arguments)` compares what a probe returns instead; a callable
        `expect` goes through the same probe. `by` judges answers that are not unique.
        """
        hidden = is_hidden(sys._getframe(1))
        expected = self._ground_truth(name, expect, through, arguments)

        def attempt(function: Callable[..., Any]) -> Outcome:
            return self._observe(function, arguments, through, hidden)

        outcome = self._first_hand(attempt)
        differences: list[Difference] = []
        if outcome.verdict is Verdict.RETURNED:
            differences = by(outcome.value, expected, tolerance)
        passed = outcome.verdict is Verdict.RETURNED and not differences and not outcome.changed
        detail = None
        if not hidden and not passed:
            detail = render.detail(self.exercise, arguments, outcome, differences)
        self._record(name, hidden, points, passed, differences, arguments, attempt, outcome, detail)

    def holds(
        self,
        name: str,
        what: Callable[..., bool | str],
        *arguments: Any,
        points: float | None = None,
    ) -> None:
        """Ask for an invariant: `what(function, *arguments)` is true, or a sentence why not."""
        hidden = is_hidden(sys._getframe(1))

        def attempt(function: Callable[..., Any]) -> Outcome:
            return self._observe(function, arguments, what, hidden)

        outcome = self._first_hand(attempt)
        kept = outcome.value is True or (outcome.value is not False and _true(outcome.value))
        passed = outcome.verdict is Verdict.RETURNED and kept and not outcome.changed
        note = outcome.value if isinstance(outcome.value, str) else "this property does not hold"
        differences = []
        if outcome.verdict is Verdict.RETURNED and not kept:
            differences = [Difference(Kind.PROPERTY, "", None, True, note=note)]
        # A broken property is too little to know a mistake by, so none is looked for.
        self._record(name, hidden, points, passed, differences, arguments, None, outcome, None)

    def raises(
        self,
        name: str,
        exception: type[BaseException],
        *arguments: Any,
        points: float | None = None,
    ) -> None:
        """Ask that `function(*arguments)` raises `exception`."""
        hidden = is_hidden(sys._getframe(1))

        def attempt(function: Callable[..., Any]) -> Outcome:
            return self._observe(function, arguments, None, hidden)

        outcome = self._first_hand(attempt)
        raised = outcome.verdict is Verdict.RAISED
        passed = raised and exception.__name__ in outcome.exception_names
        sentence = f"It should raise {exception.__name__}"
        sentence += f", but raised {outcome.error}." if raised else ", but returned an answer."
        if outcome.verdict in (Verdict.NOT_ATTEMPTED, Verdict.TIMED_OUT):
            sentence = ""
        self._record(
            name, hidden, points, passed, [], arguments, attempt, outcome, None, sentence=sentence
        )

    def without(self, *functions: Any) -> None:
        """Forbid torch functions: where one ran in any check, the exercise earns nothing.

        It is a rule of the exercise and no check among others, for a call of the ground truth would
        otherwise pass all of these. An alias, a method or a module of the same name is seen too.
        """
        for function in functions:
            self._forbidden[recorded_name(function)] = full_name(function)

    # The answer ------------------------------------------------------------------------------

    def report(self) -> Report:
        """What the checks have shown so far."""
        return Report(
            exercise=self.exercise,
            points=self.points,
            forbidden=tuple(
                shown for name, shown in self._forbidden.items() if name in self._called
            ),
            checks=tuple(self._results()),
        )

    def outcomes(self) -> list[tuple[str, State, Outcome]]:
        """Name, state and outcome of each check that compares an answer."""
        return [
            (check.name, check.state, check.outcome)
            for check in self._checks
            if check.attempt is not None
        ]

    def __repr__(self) -> str:
        """The points as a number: nbgrader reads this as partial credit."""
        return f"{self.report().earned:g}"

    def __str__(self) -> str:
        return render.text(self.report())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        report = self.report()
        if os.environ.get("NBGRADER_EXECUTION") == "validate" and not report.complete:
            raise Incomplete(render.text(report))
        return {
            "text/plain": repr(self),
            "text/html": render.html(report),
            REPORT_TYPE: report.as_json(),
        }

    # Inside ----------------------------------------------------------------------------------

    def _ground_truth(
        self,
        name: str,
        expect: Any,
        through: Callable[..., Any] | None,
        arguments: tuple[Any, ...],
    ) -> Any:
        if not callable(expect):
            return expect
        outcome = observe(expect, arguments, through=through, quiet=True, time_limit=60)
        if outcome.verdict is not Verdict.RETURNED:
            raise BrokenCheck(f"The check “{name}” of `{self.exercise}` is broken.") from None
        return outcome.value

    def _observe(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        through: Callable[..., Any] | None,
        hidden: bool,
    ) -> Outcome:
        return observe(
            function, arguments, through=through, quiet=hidden, time_limit=self._time_limit
        )

    def _first_hand(self, attempt: Attempt) -> Outcome:
        # One check that ran out of time is enough to wait for.
        if self._timed_out:
            return Outcome(Verdict.TIMED_OUT)
        outcome = attempt(self._function)
        self._timed_out = outcome.verdict is Verdict.TIMED_OUT
        self._called |= outcome.called
        return outcome

    def _record(
        self,
        name: str,
        hidden: bool,
        points: float | None,
        passed: bool,
        differences: list[Difference],
        arguments: tuple[Any, ...],
        attempt: Attempt | None,
        outcome: Outcome,
        detail: Detail | None,
        sentence: str = "",
    ) -> None:
        state = State.PASSED if passed else State.FAILED
        if outcome.verdict is Verdict.NOT_ATTEMPTED:
            state = State.NOT_ATTEMPTED
        if not passed and not sentence:
            sentence = diagnose(Observation(outcome, differences, arguments, hidden))
        self._checks.append(_Check(name, hidden, points, state, outcome, sentence, detail, attempt))

    def _results(self) -> list[CheckResult]:
        shares = share_points(self.points, [check.points for check in self._checks])
        causes = self._causes()
        return [
            CheckResult(
                name=check.name,
                hidden=check.hidden,
                state=check.state,
                points=share,
                sentence="" if check.state is State.PASSED else check.sentence,
                cause=causes[i],
                detail=check.detail,
            )
            for i, (check, share) in enumerate(zip(self._checks, shares, strict=True))
        ]

    def _causes(self) -> list[str]:
        """For each check the known mistake behind it: one that explains all failures goes first."""
        suspects: list[list[str]] = []
        for check in self._checks:
            found: list[str] = []
            if check.state is State.FAILED and check.attempt and check.outcome.comparable:
                catalogue = self._catalogue or find_catalogue()
                found = catalogue.sentences(self.exercise, check.name, check.attempt, check.outcome)
            suspects.append(found)
        counts: dict[str, int] = {}
        for found in suspects:
            for sentence in dict.fromkeys(found):
                counts[sentence] = counts.get(sentence, 0) + 1
        return [max(found, key=lambda s: counts[s]) if found else "" for found in suspects]


class _NotCallable:
    """Stands for a name that is no function any more: `softmax = 3`."""

    def __init__(self, value: Any) -> None:
        self.__name__ = type(value).__name__

    def __call__(self, *arguments: Any) -> Any:
        raise TypeError("it is not a function any more")


def _true(value: Any) -> bool:
    return not isinstance(value, str) and bool(value)
