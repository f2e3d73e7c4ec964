"""Compare an answer with what it should be: pure functions that return differences.

No answer makes them raise, only an expectation that cannot be compared (`TypeError`).

A comparison looks at structure first (type, length, shape, kind of dtype) and at numbers last,
and never broadcasts, so `tensor([1.])` does not pass for `ones(5)`. Where an answer is not unique,
a comparator such as `up_to_sign` judges what is invariant instead. All take `(actual, expected)`
and a tolerance, and return a list of `Difference`, empty when the answer is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from numbers import Real
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Tolerance(NamedTuple):
    """`actual` is close when `|actual - expected| <= atol + rtol * |expected|`."""

    rtol: float
    atol: float


#: Tolerances by the dtype of what is expected. float64 shows whether the formula is right, with
#: room for another order of summation; float32 shows whether it is stable, with room for rounding
#: in a few thousand operations. A plain number written in a test counts as float32: it is rounded
#: to a few digits. Integers and booleans are exact.
TOLERANCES: Mapping[torch.dtype, Tolerance] = {
    torch.float64: Tolerance(rtol=1e-9, atol=1e-11),
    torch.float32: Tolerance(rtol=1e-4, atol=1e-5),
    torch.float16: Tolerance(rtol=1e-2, atol=1e-3),
    torch.bfloat16: Tolerance(rtol=3e-2, atol=1e-2),
    torch.complex128: Tolerance(rtol=1e-9, atol=1e-11),
    torch.complex64: Tolerance(rtol=1e-4, atol=1e-5),
}
EXACT = Tolerance(rtol=0.0, atol=0.0)


class Kind(Enum):
    """What is different."""

    TYPE = "type"
    LENGTH = "length"
    KEYS = "keys"
    DTYPE = "dtype"
    SHAPE = "shape"
    NON_FINITE = "non-finite"
    VALUE = "value"
    PROPERTY = "property"


@dataclass(frozen=True)
class Difference:
    """One difference; `where` is the path inside a nested answer, such as `[1]` or `['mean']`."""

    kind: Kind
    where: str
    actual: Any
    expected: Any
    tolerance: Tolerance = EXACT
    note: str = ""


Comparator = Callable[..., list[Difference]]


def default_tolerance(expected: Any) -> Tolerance:
    """Tolerance for an expected value, by its dtype (see `TOLERANCES`)."""
    if isinstance(expected, Tensor):
        return TOLERANCES.get(expected.dtype, EXACT)
    return TOLERANCES[torch.float32]


def compare(
    actual: Any, expected: Any, tolerance: Tolerance | None = None, where: str = ""
) -> list[Difference]:
    """Differences between nested answers of tensors, numbers, strings, lists, tuples and dicts."""
    if isinstance(expected, Tensor):
        return _compare_tensors(actual, expected, tolerance, where)
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return _compare_exact(actual, expected, where)
    if isinstance(expected, Real):
        return _compare_number(actual, expected, tolerance, where)
    if isinstance(expected, (list, tuple)):
        if not isinstance(actual, (list, tuple)):
            return [Difference(Kind.TYPE, where, actual, expected)]
        if len(actual) != len(expected):
            return [Difference(Kind.LENGTH, where, actual, expected)]
        pairs: list[tuple[str, Any, Any]] = [
            (f"{where}[{i}]", a, e) for i, (a, e) in enumerate(zip(actual, expected, strict=True))
        ]
    elif isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [Difference(Kind.TYPE, where, actual, expected)]
        if set(actual) != set(expected):
            return [Difference(Kind.KEYS, where, actual, expected)]
        pairs = [(f"{where}[{key!r}]", actual[key], expected[key]) for key in expected]
    else:
        raise TypeError(f"cannot compare with an expected {type(expected).__name__}")
    return [d for path, a, e in pairs for d in compare(a, e, tolerance, path)]


def dtype_kind(dtype: torch.dtype) -> str:
    """`boolean`, `integer`, `floating` or `complex`."""
    if dtype == torch.bool:
        return "boolean"
    if dtype.is_complex:
        return "complex"
    return "floating" if dtype.is_floating_point else "integer"


def mismatched(actual: Tensor, expected: Tensor, tolerance: Tolerance) -> Tensor:
    """Boolean mask of the entries that differ; NaN equals NaN. Shapes must be the same."""
    if dtype_kind(expected.dtype) in ("boolean", "integer"):
        return actual != expected
    common = torch.promote_types(actual.dtype, expected.dtype)
    a, e = actual.detach().to(common), expected.detach().to(common)
    return ~torch.isclose(a, e, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True)


def _structure(actual: Any, expected: Tensor, where: str) -> list[Difference]:
    if not isinstance(actual, Tensor):
        return [Difference(Kind.TYPE, where, actual, expected)]
    if actual.shape != expected.shape:
        return [Difference(Kind.SHAPE, where, actual, expected)]
    if dtype_kind(actual.dtype) != dtype_kind(expected.dtype):
        return [Difference(Kind.DTYPE, where, actual, expected)]
    return []


def _compare_tensors(
    actual: Any, expected: Tensor, tolerance: Tolerance | None, where: str
) -> list[Difference]:
    differences = _structure(actual, expected, where)
    if differences:
        return differences
    if _has_same_numbers(actual, expected):
        return []
    tolerance = tolerance or default_tolerance(expected)
    wrong = mismatched(actual, expected, tolerance)
    if not wrong.any():
        return []
    non_finite = not torch.isfinite(actual[wrong]).all()
    kind = Kind.NON_FINITE if non_finite else Kind.VALUE
    return [Difference(kind, where, actual, expected, tolerance)]


def _has_same_numbers(actual: Tensor, expected: Tensor) -> bool:
    """Whether nothing is left to compare: told in a tenth of the time that `mismatched` takes."""
    plain = actual.layout is torch.strided is expected.layout and actual.device == expected.device
    return plain and actual.dtype == expected.dtype and torch.equal(actual, expected)


def _compare_number(
    actual: Any, expected: Real, tolerance: Tolerance | None, where: str
) -> list[Difference]:
    value = actual
    if isinstance(actual, Tensor):
        if actual.ndim:
            return [Difference(Kind.SHAPE, where, actual, torch.tensor(float(expected)))]
        value = actual.item()
    if not isinstance(value, Real) or isinstance(value, bool):
        return [Difference(Kind.TYPE, where, actual, expected)]
    tolerance = tolerance or default_tolerance(expected)
    wanted, got = float(expected), float(value)
    if got == wanted or (math.isnan(got) and math.isnan(wanted)):
        return []
    if math.isfinite(wanted) and abs(got - wanted) <= tolerance.atol + tolerance.rtol * abs(wanted):
        return []
    kind = Kind.VALUE if math.isfinite(got) else Kind.NON_FINITE
    return [Difference(kind, where, actual, expected, tolerance)]


def _compare_exact(actual: Any, expected: Any, where: str) -> list[Difference]:
    if isinstance(actual, Tensor) and actual.dtype == torch.bool and actual.ndim == 0:
        actual = bool(actual)
    if type(actual) is not type(expected):
        return [Difference(Kind.TYPE, where, actual, expected)]
    return [] if actual == expected else [Difference(Kind.VALUE, where, actual, expected)]


# Comparators for answers that are not unique ------------------------------------------------


def up_to_sign(dim: int = -2) -> Comparator:
    """Vectors along `dim` may each be flipped, as eigenvectors in columns (`dim=-2`) may."""

    def comparator(
        actual: Any, expected: Tensor, tolerance: Tolerance | None = None
    ) -> list[Difference]:
        differences = _structure(actual, expected, "")
        if differences:
            return differences
        agreement = (actual * expected).sum(dim=dim, keepdim=True)
        sign = torch.where(agreement < 0, -1.0, 1.0).to(actual.dtype)
        return compare(actual * sign, expected, tolerance)

    return comparator


def same_subspace(
    actual: Any, expected: Tensor, tolerance: Tolerance | None = None
) -> list[Difference]:
    """The columns (…, n, k) span the same space: their orthogonal projectors A A⁺ agree."""
    differences = _structure(actual, expected, "")
    if differences:
        return differences
    if not torch.isfinite(actual).all():
        return [Difference(Kind.NON_FINITE, "", actual, expected)]
    found = compare(
        actual @ torch.linalg.pinv(actual), expected @ torch.linalg.pinv(expected), tolerance
    )
    note = "its columns do not span the right subspace"
    return [Difference(Kind.PROPERTY, "", actual, expected, note=note)] if found else []


def reconstructs(build: Callable[..., Tensor]) -> Comparator:
    """A factorization is judged by what `build(*factors)` gives, each factor's shape first."""

    def comparator(
        actual: Any, expected: tuple[Tensor, ...], tolerance: Tolerance | None = None
    ) -> list[Difference]:
        if not isinstance(actual, (list, tuple)):
            return [Difference(Kind.TYPE, "", actual, expected)]
        if len(actual) != len(expected):
            return [Difference(Kind.LENGTH, "", actual, expected)]
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            differences = _structure(a, e, f"[{i}]")
            if differences:
                return differences
        found = compare(build(*actual), build(*expected), tolerance)
        note = "its factors do not multiply back to the original"
        return [Difference(Kind.PROPERTY, "", actual, expected, note=note)] if found else []

    return comparator


def up_to_constant(dim: int | None = None) -> Comparator:
    """Answers may differ by a constant (along `dim`, or one for all), as log densities may."""

    def centred(x: Tensor) -> Tensor:
        finite = torch.where(torch.isfinite(x), x, torch.nan)
        return x - (finite.nanmean() if dim is None else finite.nanmean(dim, keepdim=True))

    def comparator(
        actual: Any, expected: Tensor, tolerance: Tolerance | None = None
    ) -> list[Difference]:
        differences = _structure(actual, expected, "")
        if differences:
            return differences
        found = compare(centred(actual), centred(expected), tolerance)
        # The reader wants to see their own numbers, not the centred ones.
        return [Difference(d.kind, "", actual, expected, d.tolerance, d.note) for d in found]

    return comparator


def sampled_from(cdf: Callable[[Tensor], Tensor], error_probability: float = 1e-9) -> Comparator:
    """Samples of shape (n,) come from the distribution with this CDF.

    The Dvoretzky–Kiefer–Wolfowitz inequality bounds the distance between the empirical CDF and
    the true one: P(sup|F̂ − F| > ε) ≤ 2 exp(−2nε²). A right sampler fails with at most
    `error_probability`. For a discrete distribution the CDF must be right-continuous.
    """

    def comparator(
        actual: Any, expected: Tensor, tolerance: Tolerance | None = None
    ) -> list[Difference]:
        differences = _structure(actual, expected, "")
        if differences:
            return differences
        points = actual.detach().double().sort().values
        n = len(points)
        # At a tie the empirical CDF is its last count, and the first count lies below the jump.
        last = torch.searchsorted(points, points, right=True).double() / n
        bound = math.sqrt(math.log(2 / error_probability) / (2 * n))
        distance = float((last - cdf(points)).abs().max())
        if distance <= bound:
            return []
        note = f"its CDF is {distance:.3f} away from the right one, and {bound:.3f} is allowed"
        return [Difference(Kind.PROPERTY, "", actual, expected, note=note)]

    return comparator
