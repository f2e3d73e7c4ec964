"""Relations between a wrong answer and the right one that name a cause: a sign, a factor, an axis.

Each rule is a pure function of two tensors of one shape. A rule speaks only when the relation holds
in every entry and could hardly hold by chance: a single number is always *some* multiple of
another, so only factors that have a name are looked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

Found = str | None


def relation(actual: Tensor, expected: Tensor, arguments: tuple[Any, ...] = ()) -> Found:
    """What the answer is, as the end of a sentence that starts with “The answer”, or None."""
    if actual.shape != expected.shape or not _real(actual) or not _real(expected):
        return None
    a, e = actual.detach().double(), expected.detach().double()
    if not torch.isfinite(a).all() or not torch.isfinite(e).all() or not e.any():
        return None
    if _close(a, e):  # wrong only in its last digits, and every small gap looks like a relation
        return None
    for rule in (_zero, _sign, _factor):
        found = rule(a, e)
        if found:
            return found
    # A sum for a mean is a commoner mistake than a root that gives the same number.
    return _sized_factor(a, e, arguments) or _function(a, e) or _arrangement(a, e) or _offset(a, e)


def _real(x: Tensor) -> bool:
    return x.dtype != torch.bool and not x.dtype.is_complex


def _close(a: Tensor, b: Tensor) -> bool:
    finite = torch.isfinite(b).all()
    # Relative to the largest entry: under an absolute tolerance all tiny numbers are alike.
    return bool(finite) and torch.allclose(a, b, rtol=2e-5, atol=1e-7 * float(b.abs().max()))


def _zero(a: Tensor, e: Tensor) -> Found:
    return "is zero everywhere" if a.numel() > 1 and not a.any() else None


def _sign(a: Tensor, e: Tensor) -> Found:
    return "has the wrong sign" if _close(a, -e) else None


_FACTORS: tuple[tuple[float, str], ...] = (
    (2.0, "twice what it should be"),
    (0.5, "half of what it should be"),
    (1 / math.log(2), "too large by a factor 1/ln 2: bits for nats"),
    (math.log(2), "too small by a factor ln 2: nats for bits"),
    (math.sqrt(2), "too large by a factor √2"),
    (1 / math.sqrt(2), "too small by a factor √2"),
    (math.log(10), "too large by a factor ln 10: it mixes natural and decimal logarithms"),
    (1 / math.log(10), "too small by a factor ln 10: a logarithm to base 10 for a natural one"),
)


def _factor(a: Tensor, e: Tensor) -> Found:
    for factor, words in _FACTORS:
        if _close(a, e * factor):
            return f"is {words}"
        if _close(a, -e * factor):
            return f"is, but for its sign, {words}"
    return None


def _function(a: Tensor, e: Tensor) -> Found:
    if e.numel() == 1:  # one round number is easily some function of another
        return None
    relations: tuple[tuple[Callable[[Tensor], Tensor], str], ...] = (
        (torch.square, "is the square of what it should be"),
        (torch.sqrt, "is the square root of what it should be"),
        (torch.exp, "is the exponential of what it should be"),
        (torch.log, "is the logarithm of what it should be"),
        (torch.reciprocal, "is the reciprocal of what it should be"),
        (lambda x: 1 - x, "is one minus what it should be"),
    )
    for function, words in relations:
        target = function(e)
        if target.abs().max() > 1e-3 and _close(a, target):  # all zeros are like any others
            return words
    return None


def _arrangement(a: Tensor, e: Tensor) -> Found:
    if a.ndim >= 2 and a.shape[-1] == a.shape[-2] and _close(a, e.mT):
        return "is transposed"
    for axis in range(a.ndim):
        if a.shape[axis] > 1 and _close(a, e.flip(axis)):
            return "has the right entries in reversed order"
    if a.ndim == 1 and a.numel() > 2 and _close(a.sort().values, e.sort().values):
        return "has the right entries in another order"
    return None


def _offset(a: Tensor, e: Tensor) -> Found:
    # Against fewer than three different numbers a constant gap proves nothing.
    if min(len(set(x.flatten().tolist())) for x in (a, e)) < 3:
        return None
    gap = a - e
    if _close(gap, gap.mean().expand_as(gap)):
        return f"is off by one constant, {gap.mean():.4g}, everywhere"
    return None


def _sized_factor(a: Tensor, e: Tensor, arguments: tuple[Any, ...]) -> Found:
    """Factors n, 1/n, n/(n−1), √n … where n is the length of an axis of an argument."""
    for n in sorted(set(_lengths(arguments))):
        if n < 3:
            continue
        factors = [(n, "a sum where a mean should be"), (1 / n, "a mean where a sum should be")]
        # One number alone may well be 3/2 or √3 times another for a different reason.
        several = (
            ()
            if e.numel() == 1
            else (
                ((n - 1) / n, f"dividing by n where n − 1 should be, n = {n}"),
                (n / (n - 1), f"dividing by n − 1 where n should be, n = {n}"),
                (math.sqrt(n), "a factor √n too many"),
                (1 / math.sqrt(n), "a factor √n missing"),
            )
        )
        for factor, words in (*factors, *several):
            if _close(a, e * factor):
                return f"is {factor:.4g} times what it should be, which looks like {words}"
    return None


def _lengths(arguments: tuple[Any, ...]) -> Iterator[int]:
    for argument in arguments:
        if isinstance(argument, Tensor):
            yield from argument.shape
            yield argument.numel()
