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
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from torchmarks import render
from torchmarks.calls import TIME_LIMIT, Outcome, Verdict, observe
from torchmarks.catalogue import Answered, Attempt, Catalogue
from torchmarks.causes import name_causes
from torchmarks.cells import exercise_name, is_hidden
from torchmarks.compare import Comparator, Difference, Kind, Tolerance, compare
from torchmarks.conventions import REPORT_TYPE
from torchmarks.diagnose import Observation, diagnose
from torchmarks.errors import BrokenCheck, Incomplete
from torchmarks.questions import NotCallable, asked, differences, is_right, kept_or_why_not
from torchmarks.results import CheckResult, Detail, Report, State, share_points


@dataclass(frozen=True)
class _Check:
    """One question and its answer; without a `sentence` it passed.

    `attempt` asks another function the same, where that could tell a known mistake, and `passes`
    says whether its outcome is right.
    """

    name: str
    hidden: bool
    points: float | None
    outcome: Outcome
    sentence: str
    attempt: Attempt | None = None
    passes: Callable[[Outcome], bool] | None = None
    by: Comparator = compare
    tolerance: Tolerance | None = None
    detail: Detail | None = None

    @property
    def answered(self) -> Answered | None:
        """The check as a catalogue sees it, unless its answer says nothing about a mistake."""
        if self.attempt is None or self.passes is None or not self.outcome.comparable:
            return None
        return Answered(self.name, self.attempt, self.outcome, self.passes, self.by, self.tolerance)

    @property
    def state(self) -> State:
        """Whether it was passed."""
        if self.outcome.verdict is Verdict.NOT_ATTEMPTED:
            return State.NOT_ATTEMPTED
        return State.FAILED if self.sentence else State.PASSED


class Marks:
    """The checks of one exercise.

    `function` is the student's function or class, `points` what the exercise is worth, `time_limit`
    the seconds that one call may compute. Points are shared equally among the checks; a check that
    names its own `points` takes them out of the whole first.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        points: float,
        time_limit: float = TIME_LIMIT,
        catalogue: Catalogue | None = None,
    ) -> None:
        if not callable(function):
            function = NotCallable(function)
        self.exercise = exercise_name(sys._getframe(1), function)
        self.points = points
        self._function = function
        self._time_limit = time_limit
        self._catalogue = catalogue
        self._checks: list[_Check] = []
        self._forbidden: tuple[Any, ...] = ()
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
        cell = sys._getframe(1)
        hidden = is_hidden(cell)
        expected = self._ground_truth(name, expect, through, arguments)
        attempt = self._attempt(cell, arguments, through, hidden)
        outcome = self._answer(attempt)
        found = differences(outcome, expected, by, tolerance)
        sentence, detail = "", None
        if not is_right(outcome, found):
            sentence = diagnose(Observation(outcome, found, arguments, hidden))
            if not hidden:
                detail = render.detail(asked(self.exercise, through), arguments, outcome, found)

        def passes(other: Outcome) -> bool:
            return is_right(other, differences(other, expected, by, tolerance))

        self._checks.append(
            _Check(name, hidden, points, outcome, sentence, attempt, passes, by, tolerance, detail)
        )

    def holds(
        self,
        name: str,
        what: Callable[..., bool | str],
        *arguments: Any,
        points: float | None = None,
    ) -> None:
        """Ask for an invariant: `what(function, *arguments)` is true, or a sentence why not."""
        cell = sys._getframe(1)
        hidden = is_hidden(cell)
        # A verdict is not left to the process that the student's code runs in: `here`.
        outcome = self._answer(
            self._attempt(cell, arguments, kept_or_why_not(what), hidden, here=True)
        )
        if outcome.changed:  # the names are the function's, and the arguments the property's
            outcome = replace(outcome, changed=("",))
        found = []
        if isinstance(outcome.value, str):
            found = [Difference(Kind.PROPERTY, "", None, True, note=outcome.value)]
        sentence = ""
        if not is_right(outcome, found):
            sentence = diagnose(Observation(outcome, found, arguments, hidden))
        # A broken property is too little to know a mistake by, so none is looked for.
        self._checks.append(_Check(name, hidden, points, outcome, sentence))

    def raises(
        self,
        name: str,
        exception: type[BaseException],
        *arguments: Any,
        points: float | None = None,
    ) -> None:
        """Ask that `function(*arguments)` raises `exception`."""
        cell = sys._getframe(1)
        hidden = is_hidden(cell)
        call = self._attempt(cell, arguments, None, hidden)

        def attempt(function: Callable[..., Any]) -> Outcome:
            return replace(call(function), message="")  # the words of an error are free

        def passes(other: Outcome) -> bool:
            return other.verdict is Verdict.RAISED and exception.__name__ in other.exception_names

        outcome = self._answer(attempt)
        sentence = ""
        if outcome.verdict is Verdict.RAISED:
            if not passes(outcome):
                sentence = f"It should raise {exception.__name__}, but raised {outcome.error}."
        elif outcome.verdict is Verdict.RETURNED:
            sentence = f"It should raise {exception.__name__}, but returned an answer."
        else:
            sentence = diagnose(Observation(outcome, [], arguments, hidden))
        self._checks.append(_Check(name, hidden, points, outcome, sentence, attempt, passes))

    def without(self, *functions: Any) -> None:
        """Forbid torch functions: where one ran in any check, the exercise earns nothing.

        It is a rule of the exercise and no check among others, for a call of the ground truth would
        otherwise pass all of these. An alias, a method or a module of the same name is seen too.
        It comes before the first check.
        """
        if self._checks:
            raise BrokenCheck(f"`without` of `{self.exercise}` comes after a check.")
        self._forbidden += functions

    # The answer ------------------------------------------------------------------------------

    def report(self, *, with_causes: bool = True) -> Report:
        """What the checks have shown so far; looking for known mistakes takes its time."""
        return Report(
            exercise=self.exercise,
            points=self.points,
            forbidden=tuple(sorted(self._called)),
            checks=tuple(self._results(with_causes)),
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
            "text/plain": f"{report.earned:g}",
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

    def _attempt(
        self,
        cell: FrameType,
        arguments: tuple[Any, ...],
        through: Callable[..., Any] | None,
        hidden: bool,
        here: bool = False,
    ) -> Attempt:
        test_file = cell.f_code.co_filename

        def attempt(function: Callable[..., Any]) -> Outcome:
            return observe(
                function,
                arguments,
                through=through,
                quiet=hidden,
                time_limit=self._time_limit,
                watch_for=self._forbidden,
                test_file=test_file,
                here=here,
            )

        return attempt

    def _answer(self, attempt: Attempt) -> Outcome:
        # One check that ran out of time is enough to wait for.
        if self._timed_out:
            return Outcome(Verdict.TIMED_OUT)
        outcome = attempt(self._function)
        self._timed_out = outcome.verdict is Verdict.TIMED_OUT
        self._called |= outcome.called
        return outcome

    def _results(self, with_causes: bool) -> list[CheckResult]:
        shares = share_points(self.points, [check.points for check in self._checks])
        answered = [(check.state, check.answered) for check in self._checks]
        causes = [""] * len(answered)
        if with_causes:
            causes = name_causes(self.exercise, answered, self._catalogue)
        return [
            CheckResult(
                name=check.name,
                hidden=check.hidden,
                state=check.state,
                points=share,
                sentence=check.sentence,
                cause=causes[i],
                detail=check.detail,
            )
            for i, (check, share) in enumerate(zip(self._checks, shares, strict=True))
        ]
