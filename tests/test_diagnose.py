"""Each relation and each kind of failure has its sentence, and chance relations have none."""

import math

import pytest
import torch
from torch import tensor

from torchmarks import cases
from torchmarks.calls import Outcome, Verdict, observe
from torchmarks.compare import Tolerance, compare
from torchmarks.diagnose import Observation, diagnose


def sentence(function, arguments, expected, hidden=False):
    outcome = observe(function, arguments, time_limit=0.5)
    differences = compare(outcome.value, expected) if outcome.verdict.value == "returned" else []
    return diagnose(Observation(outcome, differences, arguments, hidden))


X = cases.normal(7, 5) + 0.3
V = cases.normal(6)
P = cases.simplex(6)


def stub(x):
    raise NotImplementedError()


def endless(x):
    while True:
        pass


def torch_cannot(x):
    raise NotImplementedError("not for this dtype")


def multiplied(x):
    return x * torch.ones(3)


def half_secret(x):
    raise ValueError(f"saw {x.tolist()}")


@pytest.mark.parametrize(
    ("function", "expected", "words"),
    [
        (stub, X, "Not attempted yet"),
        (endless, X, "ran out of time"),
        (torch_cannot, X, "It raised NotImplementedError in your line `raise NotImplementedError("),
        (lambda x: x @ x, X, "It raised RuntimeError in your line"),
        (lambda x: None, X, "It returned None. Is a `return` missing?"),
        (lambda x: x.numpy(), X, "is a NumPy ndarray, but should be a tensor."),
        (lambda x: x.max(-1), X.max(-1).values, "gives values and indices: take `.values`."),
        (
            lambda x: x.sum().item(),
            X.sum(),
            "is a float, but should be a tensor. Keep it a tensor, so that",
        ),
        (lambda x: (x, x), (X, X, X), "has 2 parts, but should have 3."),
        (lambda x: {"a": 1.0}, {"mean": 1.0}, "has other keys; they should be 'mean'."),
        (lambda x: x.long(), X, "has dtype int64, but should be floating."),
        (lambda x: x.T, X, "has shape (5, 7), but should have (7, 5). It looks transposed."),
        (lambda x: x[None], X, "It has an axis of length 1 too many."),
        (lambda x: x, X.sum(-1), "A sum or mean over an axis seems to be missing."),
        (lambda x: x.sum(), X.sum(-1), "It reduces over every axis, the batch included."),
        (lambda x: x.log(), X, "The answer is NaN in"),
        (lambda x: x / 0.0, X, "The answer is infinite in 35 of 35 entries"),
        (lambda x: x.float().double().float(), X, "is rounded to float32"),
        (lambda x: -x, X, "has the wrong sign."),
        (lambda x: 2 * x, X, "is twice what it should be."),
        (lambda x: -x / 2, X, "is, but for its sign, half of what it should be."),
        (lambda x: x / math.log(2), X, "bits for nats"),
        (lambda x: x * 0, X, "is zero everywhere."),
        (lambda x: x**2, X, "is the square of what it should be."),
        (lambda x: x.exp(), X, "is the exponential of what it should be."),
        (lambda x: 1 / x, X, "is the reciprocal of what it should be."),
        (lambda x: 1 - x, X, "is one minus what it should be."),
        (lambda x: x.flip(0), X, "has the right entries in reversed order."),
        (lambda x: x + 0.25, X, "is off by one constant, 0.25, everywhere."),
        (lambda x: x.sum(0), X.mean(0), "a sum where a mean should be."),
        (lambda x: x.mean(1), X.sum(1), "a mean where a sum should be."),
        (lambda x: x.var(0, correction=0), X.var(0), "dividing by n where n − 1 should be, n = 7."),
        (lambda x: x + 0.1 * x.sin(), X, "is off in 35 of 35 entries, by "),
        (lambda x: (1.0, x + 1e-3 * x.sin()), (1.0, X), "Part [1] of the answer is off in"),
        (lambda x: "maximum", "saddle", "is 'maximum', which is wrong here."),
        (lambda x: x > 9, X > 0, "The answer is wrong in "),
    ],
)
def test_a_failure_is_told_by_its_sentence(function, expected, words):
    assert words in sentence(function, (X,), expected)


def test_the_line_shown_is_the_students_and_not_that_of_the_watch():
    told = sentence(multiplied, (X,), X)
    assert "in your line `return x * torch.ones(3)`: The size of tensor" in told


def test_relations_hold_for_vectors_and_square_matrices_too():
    square = cases.normal(4, 4)
    assert "is transposed" in sentence(lambda a: a.T, (square,), square)
    assert "reversed order" in sentence(lambda v: v.flip(0), (V,), V)
    other = V[tensor([3, 0, 5, 1, 4, 2])]
    assert "in another order" in sentence(lambda v: other, (V,), V)


def test_a_changed_input_is_told_by_its_name():
    def doubled(weights):
        return weights.mul_(2.0)

    assert sentence(doubled, (V,), 2 * V) == (
        "It changes its input `weights` in place. Make a new tensor instead."
    )


def test_one_number_alone_shows_no_relation_by_chance():
    assert "off by one constant" not in sentence(lambda v: v.sum() + 3.7, (V,), V.sum())
    assert "constant" not in sentence(lambda v: torch.full((6,), 3.0), (V,), torch.full((6,), 2.0))


def test_the_worst_entry_counts_only_where_the_answer_is_wrong():
    expected = tensor([math.inf, 1.0, 2.0])
    told = sentence(lambda v: tensor([math.inf, 1.0, 2.5]), (V,), expected)
    assert "off in 1 of 3 entries, by 0.5 at the most" in told


def test_a_finite_number_in_place_of_infinity_is_told():
    told = sentence(lambda v: tensor([-30.0, 0.0, -1.0]), (V,), tensor([-math.inf, 0.0, -1.0]))
    assert told == "The answer is finite in 1 of 3 entries, where it should be infinite."


def test_an_answer_wrong_in_its_last_digits_shows_no_relation():
    near = V + tensor([1e-8, 2e-8, -3e-8, 1e-8, 0.0, 5e-9])
    assert "The answer is off in" in sentence(lambda v: near, (V,), V)
    assert "exponential" not in sentence(lambda v: tensor(0.0), (V,), tensor(-66.31))
    three = tensor([1.0, 3.0, 5.0])
    assert "a mean where a sum should be" in sentence(lambda v: v.mean(), (three,), three.sum())


def test_what_is_allowed_is_what_the_worst_entry_is_allowed():
    expected = tensor([2e-3, 1e4])
    differences = compare(tensor([0.0, 1e4]), expected, Tolerance(rtol=1e-5, atol=1e-12))
    outcome = Outcome(Verdict.RETURNED, tensor([0.0, 1e4]))
    told = diagnose(Observation(outcome, differences, (), False))
    assert (
        told == "The answer is off in 1 of 2 entries, by 0.002 at the most, where 2e-08 is allowed."
    )


def test_a_hidden_check_keeps_the_text_of_an_exception_to_itself():
    visible, hidden = (sentence(half_secret, (V,), V, hidden=h) for h in (False, True))
    assert "saw [" in visible
    assert "saw" not in hidden.split("`")[-1]
    assert hidden == 'It raised ValueError in your line `raise ValueError(f"saw {x.tolist()}")`.'
