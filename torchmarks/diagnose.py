"""From an outcome and its differences to one sentence: an ordered list of small pure rules.

The first rule that applies speaks. It states a fact, what it should be, and at most one hint about
the cause. No sentence quotes an argument or an expected value, so all may be shown for hidden
checks; only the text of a student's own exception could, and it is left out there (see `raised`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from torchmarks.calls import Outcome, Verdict
from torchmarks.compare import (
    Difference,
    Kind,
    Tolerance,
    dtype_kind,
    mismatched,
)
from torchmarks.relations import relation


@dataclass(frozen=True)
class Observation:
    """All that a rule may look at."""

    outcome: Outcome
    differences: list[Difference]
    arguments: tuple[Any, ...]
    hidden: bool


Rule = Callable[[Observation], str | None]


def diagnose(observation: Observation) -> str:
    """One sentence about a failed check."""
    for rule in RULES:
        sentence = rule(observation)
        if sentence:
            return sentence
    return "The answer is not right."


def not_attempted(o: Observation) -> str | None:
    """The stub is still there."""
    if o.outcome.verdict is Verdict.NOT_ATTEMPTED:
        return "Not attempted yet: replace `raise NotImplementedError()` by your solution."
    return None


def timed_out(o: Observation) -> str | None:
    """The call was stopped."""
    if o.outcome.verdict is Verdict.TIMED_OUT:
        return "It ran out of time. Is there a loop that does not end?"
    return None


_NO_ANSWER = {
    Verdict.KILLED: (
        "It was killed: it crashed Python, or took more memory or processes than it may."
    ),
    Verdict.EXITED: "It ended Python: take out `exit`, `quit` and `os._exit`.",
    Verdict.TOO_LARGE: "Its answer is too large to be looked at.",
    Verdict.MALFORMED: "Its answer cannot be read: it is nested without end, or was forged.",
    Verdict.GONE: "It could not be run: other code of the notebook had ended Python before.",
}


def no_answer(o: Observation) -> str | None:
    """The process in which the call ran gave no answer."""
    return _NO_ANSWER.get(o.outcome.verdict)


def raised(o: Observation) -> str | None:
    """An exception, with the student's own line; its text only where the inputs may be seen."""
    outcome = o.outcome
    if outcome.verdict is not Verdict.RAISED:
        return None
    if outcome.error == "LostGraph":
        return (
            "The answer does not carry a gradient. Something on the way cut the graph: "
            "`.item()`, `.detach()`, `.data`, NumPy, or a new `torch.tensor(...)`."
        )
    text = "" if o.hidden or not outcome.message else f": {_first_line(outcome.message)}"
    where = f" in your line `{outcome.line}`" if outcome.line else ""
    return f"It raised {outcome.error.lstrip('_')}{where}{text}."


def returned_none(o: Observation) -> str | None:
    """The return statement is missing."""
    wanted_none = any(d.expected is None for d in o.differences)
    if o.outcome.verdict is Verdict.RETURNED and o.outcome.value is None and not wanted_none:
        return "It returned None. Is a `return` missing?"
    return None


def wrong_type(o: Observation) -> str | None:
    """Another Python type, or another length of a tuple, or other keys."""
    d = _first(o, Kind.TYPE, Kind.LENGTH, Kind.KEYS)
    if d is None:
        return None
    if d.kind is Kind.LENGTH and o.hidden and len(d.actual) > 9:
        return f"{_name(d)} has too many parts; it should have {len(d.expected)}."
    if d.kind is Kind.LENGTH:
        return f"{_name(d)} has {len(d.actual)} parts, but should have {len(d.expected)}."
    if d.kind is Kind.KEYS:
        wanted = ", ".join(sorted(map(repr, d.expected)))
        return f"{_name(d)} has other keys; they should be {wanted}."
    hint = ""
    if isinstance(d.expected, Tensor) and isinstance(d.actual, float):
        hint = " Keep it a tensor, so that autograd can follow it."
    if type(d.actual).__module__ == "torch.return_types":
        hint = " Along an axis it gives values and indices: take `.values`."
    got, wanted = _article(_type(d.actual)), _article(_type(d.expected))
    return f"{_name(d)} is {got}, but should be {wanted}.{hint}"


def wrong_dtype(o: Observation) -> str | None:
    """Integers for floating-point numbers, and the like."""
    d = _first(o, Kind.DTYPE)
    if d is None:
        return None
    wanted = dtype_kind(d.expected.dtype)
    return f"{_name(d)} has dtype {_dtype(d.actual)}, but should be {wanted}."


def wrong_shape(o: Observation) -> str | None:
    """Another shape; a transposed one is named."""
    d = _first(o, Kind.SHAPE)
    if d is None:
        return None
    actual, wanted = tuple(d.actual.shape), tuple(d.expected.shape)
    if o.hidden and not _tells_nothing_new(actual, o, d.expected):
        return f"{_name(d)} has another shape than {wanted}."
    hint = ""
    if len(actual) == len(wanted) >= 2 and actual == (*wanted[:-2], wanted[-1], wanted[-2]):
        hint = " It looks transposed."
    elif math.prod(actual) == math.prod(wanted) and len(actual) > len(wanted):
        hint = " It has an axis of length 1 too many."
    elif len(actual) > len(wanted):
        hint = " A sum or mean over an axis seems to be missing."
    elif actual == () and wanted:
        hint = " It reduces over every axis, the batch included."
    return f"{_name(d)} has shape {actual}, but should have {wanted}.{hint}"


def not_finite(o: Observation) -> str | None:
    """NaN or infinity where there should be none."""
    d = _first(o, Kind.NON_FINITE)
    if d is None:
        return None
    actual, wanted = torch.as_tensor(d.actual), torch.as_tensor(d.expected)
    wrong = mismatched(actual, wanted, d.tolerance)
    bad = actual[wrong & ~torch.isfinite(actual)]
    what = "NaN" if bad.isnan().any() else "infinite"
    count = _count(len(bad), actual.numel())
    return f"{_name(d)} is {what}{count}, where it should not be."


def changed_input(o: Observation) -> str | None:
    """An argument was changed in place."""
    if not o.outcome.changed:
        return None
    names = ", ".join(f"`{name}`" for name in o.outcome.changed if name)
    return (
        f"It changes its input{' ' + names if names else ''} in place. Make a new tensor instead."
    )


def broken_property(o: Observation) -> str | None:
    """A comparator says which property does not hold."""
    d = _first(o, Kind.PROPERTY)
    return f"{_name(d)} is not right: {d.note}." if d else None


def lost_precision(o: Observation) -> str | None:
    """Right in single precision, where double precision went in."""
    d = _first(o, Kind.VALUE)
    if d is None or not isinstance(d.expected, Tensor) or d.expected.dtype != torch.float64:
        return None
    single = Tolerance(rtol=3e-6, atol=3e-7)
    if d.actual.dtype == torch.float32 and not mismatched(d.actual, d.expected, single).any():
        return f"{_name(d)} is rounded to float32, though float64 went in. Keep the input's dtype."
    return None


def related(o: Observation) -> str | None:
    """A relation that the numbers themselves show."""
    d = _first(o, Kind.VALUE)
    if d is None or isinstance(d.expected, (bool, str)):
        return None
    found = relation(torch.as_tensor(d.actual), torch.as_tensor(d.expected), o.arguments)
    return f"{_name(d)} {found}." if found else None


def differs(o: Observation) -> str | None:
    """How many entries differ, and by how much."""
    d = _first(o, Kind.VALUE)
    if d is None:
        return None
    if isinstance(d.expected, (bool, str)):
        # A text could carry the inputs of a hidden check into the report.
        if o.hidden and isinstance(d.actual, str):
            return f"{_name(d)} is wrong here."
        return f"{_name(d)} is {d.actual!r}, which is wrong here."
    actual = torch.as_tensor(d.actual)
    wanted = torch.as_tensor(d.expected)
    if dtype_kind(wanted.dtype) == "boolean":
        wrong = actual != wanted
        return f"{_name(d)} is wrong{_count(int(wrong.sum()), wrong.numel())}."
    wrong = mismatched(actual, wanted, d.tolerance)
    missing = wrong & ~torch.isfinite(wanted)
    if missing.any():
        count = _count(int(missing.sum()), wanted.numel())
        what = "NaN" if wanted[missing].isnan().any() else "infinite"
        return f"{_name(d)} is finite{count}, where it should be {what}."
    gap = (actual.detach().double() - wanted.detach().double()).abs()
    # inf where inf is expected leaves NaN in the gap; only entries that are wrong count.
    worst = torch.where(wrong, gap, -1.0).flatten().argmax()
    right = abs(wanted.detach().double().flatten()[worst].item())
    allowed = d.tolerance.atol + d.tolerance.rtol * right
    if o.hidden:  # the size of the gap would tell digits of what is hidden
        return f"{_name(d)} is off{_count(int(wrong.sum()), wrong.numel())}."
    return (
        f"{_name(d)} is off{_count(int(wrong.sum()), wrong.numel())}, "
        f"by {gap.flatten()[worst].item():.2g} at the most, where {allowed:.0e} is allowed."
    )


#: In the order in which they are asked.
RULES: tuple[Rule, ...] = (
    not_attempted,
    timed_out,
    no_answer,
    raised,
    returned_none,
    wrong_type,
    wrong_dtype,
    wrong_shape,
    not_finite,
    changed_input,
    broken_property,
    lost_precision,
    related,
    differs,
)


def _tells_nothing_new(shape: tuple[int, ...], o: Observation, expected: Tensor) -> bool:
    """Whether a shape is made of sizes that the check has anyway: others could spell its inputs."""
    tensors = [expected, *(a for a in o.arguments if isinstance(a, Tensor))]
    sizes = {n for t in tensors for n in (*t.shape, t.numel())} | {0, 1}
    return len(shape) <= expected.ndim + 2 and sizes.issuperset(shape)


def _first(o: Observation, *kinds: Kind) -> Difference | None:
    return next((d for d in o.differences if d.kind in kinds), None)


def _name(d: Difference) -> str:
    return f"Part {d.where} of the answer" if d.where else "The answer"


def _count(wrong: int, total: int) -> str:
    return "" if total == 1 else f" in {wrong} of {total} entries"


def _type(value: Any) -> str:
    if isinstance(value, Tensor):
        return "tensor"
    if value is None:
        return "None"
    if type(value).__module__ == "torch.return_types":
        return "pair"
    module = type(value).__module__.split(".")[0]
    return {"numpy": "NumPy "}.get(module, "") + type(value).__name__


def _article(noun: str) -> str:
    if noun == "None":
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _dtype(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _first_line(message: str) -> str:
    line = message.strip().splitlines()[0].rstrip(".")
    return line if len(line) <= 160 else line[:157] + "…"
