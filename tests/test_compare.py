"""Comparisons judge structure before numbers, and what is invariant where answers vary."""

import math

import pytest
import torch
from torch import tensor

from torchmarks import cases
from torchmarks.compare import (
    TOLERANCES,
    Kind,
    compare,
    reconstructs,
    same_subspace,
    sampled_from,
    up_to_constant,
    up_to_sign,
)


def kinds(differences):
    return [d.kind for d in differences]


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (tensor([1.0, math.inf, math.nan]), tensor([1.0, math.inf, math.nan])),
        (tensor([1.0], dtype=torch.float64), tensor([1.0])),
        (tensor(2.0), 2.0),
        (2.0, 2),
        (math.nan, math.nan),
        (tensor(True), True),
        ((tensor(1), [tensor(2.0), "x"]), (tensor(1), [tensor(2.0), "x"])),
        ([tensor(1.0)], (tensor(1.0),)),
        ({"mean": 1.0}, {"mean": tensor(1.0)}),
        (None, None),
    ],
)
def test_equal_answers_have_no_differences(actual, expected):
    if isinstance(expected, dict):
        actual = {"mean": tensor(1.0)}
    assert compare(actual, expected) == []


@pytest.mark.parametrize(
    ("actual", "expected", "kind", "where"),
    [
        (tensor([1.0]), torch.ones(5), Kind.SHAPE, ""),
        (torch.ones(3, 3), torch.ones(3), Kind.SHAPE, ""),
        (tensor([1, 2]), tensor([1.0, 2.0]), Kind.DTYPE, ""),
        (tensor([1, 0]), tensor([True, False]), Kind.DTYPE, ""),
        (1.0, tensor(1.0), Kind.TYPE, ""),
        (True, 1.0, Kind.TYPE, ""),
        (1, True, Kind.TYPE, ""),
        (tensor([1.0, 2.0]), 1.0, Kind.SHAPE, ""),
        ((tensor(1.0),), (tensor(1.0), tensor(2.0)), Kind.LENGTH, ""),
        ({"a": 1}, {"b": 1}, Kind.KEYS, ""),
        ((1.0, tensor([1.0, 3.0])), (1.0, tensor([1.0, 2.0])), Kind.VALUE, "[1]"),
        (tensor([math.nan]), tensor([1.0]), Kind.NON_FINITE, ""),
        (tensor([1.0]), tensor([math.inf]), Kind.VALUE, ""),
        (math.inf, 1.0, Kind.NON_FINITE, ""),
        (1.0, math.inf, Kind.VALUE, ""),
        (tensor([1, 2]), tensor([1, 3]), Kind.VALUE, ""),
        ("minimum", "saddle", Kind.VALUE, ""),
    ],
)
def test_each_kind_of_difference(actual, expected, kind, where):
    (difference,) = compare(actual, expected)
    assert (difference.kind, difference.where) == (kind, where)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_tolerance_follows_the_dtype_of_what_is_expected(dtype):
    rtol = TOLERANCES[dtype].rtol
    expected = tensor([100.0, -3.0], dtype=dtype)
    near = (expected.double() * (1 + rtol / 2)).to(torch.float64)
    far = (expected.double() * (1 + rtol * 3)).to(torch.float64)
    assert compare(near, expected) == []
    assert kinds(compare(far, expected)) == [Kind.VALUE]


def test_eigenvectors_may_be_flipped_one_by_one_but_not_mixed():
    vectors = cases.orthogonal(5, 3)
    flipped = vectors * tensor([1.0, -1.0, -1.0], dtype=torch.float64)
    assert up_to_sign()(flipped, vectors) == []
    assert kinds(up_to_sign()(vectors.flip(1), vectors)) == [Kind.VALUE]
    assert kinds(up_to_sign()(flipped.T, vectors)) == [Kind.SHAPE]


def test_a_subspace_is_judged_by_its_projector():
    basis = cases.orthogonal(6, 2)
    turned = basis @ cases.orthogonal(2, seed=3)
    assert same_subspace(turned, basis) == []
    assert kinds(same_subspace(cases.orthogonal(6, 2, seed=1), basis)) == [Kind.PROPERTY]
    assert kinds(same_subspace(basis * math.nan, basis)) == [Kind.NON_FINITE]


def test_a_factorization_is_judged_by_its_product():
    a = cases.normal(5, 3)
    u, s, vh = torch.linalg.svd(a, full_matrices=False)
    build = reconstructs(lambda u, s, vh: u @ torch.diag(s) @ vh)
    assert build((-u, s, -vh), (u, s, vh)) == []
    assert kinds(build((u, s, -vh), (u, s, vh))) == [Kind.PROPERTY]
    assert kinds(build((u.T, s, vh), (u, s, vh))) == [Kind.SHAPE]
    assert kinds(build((u, s), (u, s, vh))) == [Kind.LENGTH]
    assert kinds(build(u, (u, s, vh))) == [Kind.TYPE]


def test_an_additive_constant_is_forgiven_for_all_or_along_an_axis():
    x = cases.normal(4, 6)
    assert up_to_constant()(x + 5.0, x) == []
    assert kinds(up_to_constant()(x + cases.normal(4, 1), x)) == [Kind.VALUE]
    assert up_to_constant(dim=1)(x + cases.normal(4, 1), x) == []
    assert kinds(up_to_constant()(2 * x, x)) == [Kind.VALUE]


def test_samples_are_judged_by_their_distribution():
    normal = torch.distributions.Normal(0.0, 1.0)
    judge = sampled_from(normal.cdf)
    expected = torch.empty(20_000, dtype=torch.float64)
    assert judge(cases.normal(20_000), expected) == []
    assert kinds(judge(cases.normal(20_000) * 1.1, expected)) == [Kind.PROPERTY]
    assert kinds(judge(cases.normal(20_000).sort().values[:10_000], expected)) == [Kind.SHAPE]


def test_discrete_samples_are_judged_at_the_steps_of_their_cdf():
    uniforms = cases.uniform(20_000)
    samples = (uniforms > 0.3).double()
    judge = sampled_from(lambda x: torch.where(x < 1, 0.3, 1.0).double())
    assert judge(samples, samples) == []
    assert kinds(judge(1 - samples, samples)) == [Kind.PROPERTY]


def test_an_expectation_that_cannot_be_compared_is_the_authors_mistake():
    with pytest.raises(TypeError, match="expected object"):
        compare(1, object())
