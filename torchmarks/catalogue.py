"""The catalogue: other right ways to solve an exercise, and known mistakes with their sentences.

`tests/alternatives/<topic>.py` and `tests/mistakes/<topic>.py` hold plain functions under the two
decorators of this module. The catalogue tests the tests (`torchmarks audit`), names a student's
mistake in feedback, and tells an instructor what a class misunderstood.

A student's copy has no such folder, for its code would give the solution away. It has
`mistakes.json` beside the notebook instead: the wrong answers, with their sentences, that known
mistakes give in the *visible* checks.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from torchmarks.calls import Outcome, Verdict
from torchmarks.compare import Comparator, Tolerance, compare
from torchmarks.conventions import CATALOGUE_VARIABLE

RECORDED_NAME = "mistakes.json"

Solution = TypeVar("Solution", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """A function or class in an exercise's place; an alternative has no `sentence`."""

    exercise: str
    name: str
    function: Callable[..., Any]
    sentence: str = ""


def alternative(exercise: str) -> Callable[[Solution], Solution]:
    """Mark another right way to solve `exercise`: it must earn every point."""
    return _register(exercise, "")


def mistake(exercise: str, sentence: str) -> Callable[[Solution], Solution]:
    """Mark a known mistake: it must lose points, and a student who makes it reads `sentence`."""
    return _register(exercise, sentence)


def _register(exercise: str, sentence: str) -> Callable[[Solution], Solution]:
    def decorate(function: Solution) -> Solution:
        entry = Entry(exercise, function.__name__, function, sentence)
        sys.modules[function.__module__].__dict__.setdefault("__entries__", []).append(entry)
        return function

    return decorate


def load(path: Path) -> tuple[Entry, ...]:
    """The entries of one catalogue file, in the order in which they are written."""
    name = f"torchmarks_catalogue_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # the decorators find the module by its name
    spec.loader.exec_module(module)
    return tuple(module.__dict__.get("__entries__", ()))


Attempt = Callable[[Callable[..., Any]], Outcome]


@dataclass(frozen=True)
class Answered:
    """A check that was answered: how another function would be asked, and how answers compare.

    `passes` tells whether the outcome of another function is right.
    """

    name: str
    attempt: Attempt
    outcome: Outcome
    passes: Callable[[Outcome], bool]
    by: Comparator = compare
    tolerance: Tolerance | None = None


class Catalogue(Protocol):
    """Names the known mistakes that give the same outcome as a student's function."""

    def suspects(self, exercise: str, check: Answered) -> list[str]:
        """Sentences of the mistakes whose outcome in this failed check is the same."""

    def contradicted(self, exercise: str, check: Answered, sentence: str) -> bool:
        """Whether that mistake fails this check, and not as it was failed, if it was."""


@dataclass(frozen=True)
class LiveCatalogue:
    """Runs each known mistake on the same arguments."""

    entries: tuple[Entry, ...]

    def suspects(self, exercise: str, check: Answered) -> list[str]:
        """See `Catalogue`."""
        return [
            entry.sentence
            for entry in self.entries
            if entry.exercise == exercise
            and same_outcome(
                check.attempt(entry.function), check.outcome, check.by, check.tolerance
            )
        ]

    def contradicted(self, exercise: str, check: Answered, sentence: str) -> bool:
        """See `Catalogue`."""
        outcomes = (
            check.attempt(entry.function)
            for entry in self.entries
            if entry.exercise == exercise and entry.sentence == sentence
        )
        return not any(
            check.passes(outcome) or same_outcome(outcome, check.outcome, check.by, check.tolerance)
            for outcome in outcomes
        )


@dataclass(frozen=True)
class RecordedCatalogue:
    """Looks the outcome up among the recorded wrong answers of the visible checks."""

    records: dict[str, dict[str, list[dict[str, Any]]]]

    def suspects(self, exercise: str, check: Answered) -> list[str]:
        """See `Catalogue`."""
        return [
            record["sentence"]
            for record in self.records.get(exercise, {}).get(check.name, ())
            if same_outcome(decode_outcome(record["outcome"]), check.outcome, check.by)
        ]

    def contradicted(self, exercise: str, check: Answered, sentence: str) -> bool:
        """See `Catalogue`. Only failures are recorded, so a record here is one."""
        records = self.records.get(exercise, {}).get(check.name, ())
        failures = [record for record in records if record["sentence"] == sentence]
        return bool(failures) and sentence not in self.suspects(exercise, check)


@cache
def load_mistakes(tests: Path) -> LiveCatalogue:
    """All mistakes of a course, from its folder `tests/`."""
    files = sorted((tests / "mistakes").glob("*.py"))
    return LiveCatalogue(tuple(entry for file in files for entry in load(file)))


def find_catalogue() -> Catalogue:
    """The catalogue of the course that grades, else the one recorded beside the notebook."""
    folder = os.environ.get(CATALOGUE_VARIABLE)
    if folder:
        return load_mistakes(Path(folder))
    try:
        return RecordedCatalogue(json.loads(Path(RECORDED_NAME).read_text("utf-8"))["exercises"])
    except (OSError, ValueError, KeyError, TypeError):
        # A student without the file, or with a broken one, still gets every other diagnosis.
        return RecordedCatalogue({})


def same_outcome(
    one: Outcome, other: Outcome, by: Comparator = compare, tolerance: Tolerance | None = None
) -> bool:
    """Whether two calls ended alike: same answer, same exception, same changed arguments."""
    if one.verdict is not other.verdict or one.error != other.error:
        return False
    # Two errors of one type, such as RuntimeError, may have nothing in common.
    if one.message.partition("\n")[0] != other.message.partition("\n")[0]:
        return False
    if one.verdict is not Verdict.RETURNED:
        return True
    if len(one.changed) != len(other.changed):
        return False
    if isinstance(one.value, Tensor) != isinstance(other.value, Tensor):
        return False
    try:
        return not by(other.value, one.value, tolerance)
    except (TypeError, AttributeError, RuntimeError):  # answers of another structure
        return False


# How outcomes are written into `mistakes.json` ----------------------------------------------


def encode_outcome(outcome: Outcome) -> dict[str, Any] | None:
    """An outcome as JSON, or None if it holds something that JSON cannot."""
    try:
        value = _encode(outcome.value)
    except TypeError:
        return None
    return {
        "verdict": outcome.verdict.value,
        "error": outcome.error,
        "message": outcome.message.partition("\n")[0],
        "changed": list(outcome.changed),
        "value": value,
    }


def decode_outcome(record: dict[str, Any]) -> Outcome:
    """The inverse of `encode_outcome`."""
    return Outcome(
        Verdict(record["verdict"]),
        _decode(record["value"]),
        error=record["error"],
        message=record["message"],
        changed=tuple(record["changed"]),
    )


def _encode(value: Any) -> Any:
    if isinstance(value, Tensor):
        # Six digits are enough to tell two wrong answers apart, and keep the file the same on
        # machines whose last bits differ.
        numbers = [_encode_number(v) for v in value.detach().reshape(-1).tolist()]
        dtype = str(value.dtype).removeprefix("torch.")
        return {"tensor": numbers, "shape": list(value.shape), "dtype": dtype}
    if isinstance(value, (list, tuple)):
        return {"items": [_encode(v) for v in value]}
    if isinstance(value, dict):
        return {"keys": {str(key): _encode(v) for key, v in value.items()}}
    if isinstance(value, float):
        return {"number": _encode_number(value)}
    if value is None or isinstance(value, (bool, int, str)):
        return {"plain": value}
    raise TypeError(type(value).__name__)


def _encode_number(value: float) -> Any:
    return value if isinstance(value, (bool, int)) else f"{value:.5e}"


def _decode(record: Any) -> Any:
    if "tensor" in record:
        dtype = getattr(torch, record["dtype"])
        numbers = [float(v) if isinstance(v, str) else v for v in record["tensor"]]
        # Rounded on purpose, so float32's tolerance is the right one to compare it with.
        dtype = torch.float32 if dtype == torch.float64 else dtype
        return torch.tensor(numbers, dtype=dtype).reshape(record["shape"])
    if "items" in record:
        return [_decode(v) for v in record["items"]]
    if "keys" in record:
        return {key: _decode(v) for key, v in record["keys"].items()}
    if "number" in record:
        return float(record["number"])
    return record["plain"]
