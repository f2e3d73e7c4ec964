"""The decimal numbers in the text of 07-gradients: where they stand, and what gives them."""

import math
from fractions import Fraction

from tests.claims.form import Claim, given

X, Y, W = ((1, 2), (3, 4)), (0, 1), (1, -1)


def _loss(w):
    residuals = [
        sum(a * b for a, b in zip(row, w, strict=True)) - y for row, y in zip(X, Y, strict=True)
    ]
    return sum(r * r for r in residuals) / 2


def _after(eta):
    return [w - Fraction(eta) * g for w, g in zip(W, (-7, -10), strict=True)]


def _change(eta):
    return float(_loss(_after(eta)) - _loss(W))


CLAIMS = (
    given(r"at 2 with $\varepsilon = 0.1$"),
    Claim("the forward difference says $12.61$", lambda: ((2.1) ** 3 - 2**3) / 0.1),
    Claim("the central one $12.01$", lambda: ((2.1) ** 3 - 1.9**3) / 0.2),
    Claim(r"$\tfrac12 (1 + 4) = 2.5$", lambda: _loss(W)),
    Claim(
        r"With $\eta = 0.01$ they become $(1.07, -0.90)$ and the loss $1.2325$",
        lambda: (0.01, *map(float, _after("0.01")), float(_loss(_after("0.01")))),
    ),
    Claim(r"With $\eta = 0.1$ the loss is $9.85$", lambda: (0.1, float(_loss(_after("0.1"))))),
    Claim(r"$4 \cos 4 = -2.6146$", lambda: 4 * math.cos(4)),
    Claim(
        "Fifty factors of $0.9$ make $0.0052$ and fifty of $1.1$ make $117.4$",
        lambda: (0.9, math.prod([0.9] * 50), 1.1, math.prod([1.1] * 50)),
    ),
    Claim(
        r"$\tfrac12 (1 - \tfrac12) = 0.25$, then $-\tfrac12 \cdot \tfrac14 = -0.125$",
        lambda: (0.5 * (1 - 0.5), -0.5 * 0.25),
    ),
    Claim("the gradient is $(0.5, -0.75, 0.25)$", lambda: (0.5, 0.25 - 1, 0.25)),
    given(r"a step with $\eta = 0.25$ halves"),
    Claim(
        "$(0.5, -1)$, $(0.25, -0.5)$",
        lambda: [w * 0.5**k for k, w in ((1, 1), (2, 1), (2, -2))],
    ),
    Claim(
        "land at $(-0.25, 0.5)$",
        lambda: [w - 0.25 * g for w, g in zip((0.5, -1), (3, -6), strict=True)],
    ),
    Claim(
        r"For $\eta = 0.01$ the predicted change is $-1.49$, the actual one $1.2325 - 2.5 = -1.2675$",
        lambda: (0.01, -0.01 * (49 + 100), float(_loss(_after("0.01"))), _loss(W), _change("0.01")),
    ),
    Claim(
        r"At $\eta = 0.001$ they are $-0.149$ and $-0.146775$",
        lambda: (0.001, -0.001 * (49 + 100), _change("0.001")),
    ),
    given("at $(1.5, 0.5, 2)$ as anywhere else"),
    Claim(r"$\mathrm{softplus}(0) = \ln 2 = 0.6931$", lambda: math.log1p(math.exp(0))),
    Claim(r"$\mathrm{softplus}(10) = 10.0000454$", lambda: 10 + math.log1p(math.exp(-10))),
)
