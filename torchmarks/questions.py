"""What a check asks of a student's function, and how its answer is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchmarks.calls import Outcome, Verdict
from torchmarks.compare import Comparator, Difference, Kind, Tolerance


class NotCallable:
    """Stands for a name that is no function any more: `softmax = 3`."""

    def __init__(self, value: Any) -> None:
        self.__name__ = type(value).__name__

    def __call__(self, *arguments: Any) -> Any:
        """Raise what calling the value would raise, in words of the exercise."""
        raise TypeError("it is not a function any more")


def differences(
    outcome: Outcome, expected: Any, by: Comparator, tolerance: Tolerance | None
) -> list[Difference]:
    """Differences of an answer; one that cannot be compared at all is a difference, too."""
    if outcome.verdict is not Verdict.RETURNED:
        return []
    try:
        return by(outcome.value, expected, tolerance)
    except (TypeError, AttributeError, RuntimeError, NotImplementedError) as error:
        # A sparse or quantized tensor, say: nothing that an exercise asks for. An author whose own
        # expectation cannot be compared sees it at once, for the reference fails as well.
        note = f"it cannot be compared ({type(error).__name__})"
        return [Difference(Kind.PROPERTY, "", outcome.value, expected, note=note)]


def is_right(outcome: Outcome, found: list[Difference]) -> bool:
    """Whether a call with these differences is a right answer."""
    return outcome.verdict is Verdict.RETURNED and not found and not outcome.changed


def asked(exercise: str, through: Callable[..., Any] | None) -> str:
    """What was called, as a report shows it: the exercise, or a probe of it."""
    name = getattr(through, "__name__", "<lambda>")
    return exercise if through is None else f"{name.replace('<lambda>', 'probe')}({exercise}, …)"


def kept_or_why_not(what: Callable[..., bool | str]) -> Callable[..., bool | str]:
    """A probe for a property: True where it holds, else a sentence why not."""

    def probe(function: Callable[..., Any], *arguments: Any) -> bool | str:
        answer = what(function, *arguments)
        if isinstance(answer, str):
            return answer
        return True if answer else "this property does not hold"

    return probe
