"""The decimal numbers in the text of 02-probability: where they stand, and what gives them."""

import math
from fractions import Fraction
from itertools import product
from statistics import NormalDist, fmean, pvariance, stdev, variance

import torch
from torch.distributions import Dirichlet, MultivariateNormal

from tests.claims.form import Claim, given

LOGITS = (2.0, 1.0, -0.5, 3.0)
WEIGHTS = [math.exp(z) for z in LOGITS]
PROBS = [w / sum(WEIGHTS) for w in WEIGHTS]
VALUES = ((0, Fraction(1, 2)), (1, Fraction(3, 10)), (4, Fraction(2, 10)))
MEAN = sum(p * x for x, p in VALUES)
NORMAL = NormalDist(2, 1.5)
TWO_TOSSES = list(product((0, 1), repeat=2))
# The sum of the squared distances from the mean of two tosses: unequal ones, and their average.
COIN_SQUARES = (2 * pvariance((0, 1)), fmean(2 * pvariance(tosses) for tosses in TWO_TOSSES))
CORRELATED = MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 0.8], [0.8, 1.0]]))
ONE = 1 / (1 + math.exp(-2))


def log_density(*x):
    return CORRELATED.log_prob(torch.tensor(x)).item()


def firm(times):
    return Dirichlet(times * torch.tensor([2.0, 3.0, 5.0])).variance.tolist()


CLAIMS = (
    given("For the logits $(2, 1, -0.5, 3)$ the"),
    Claim("exponentials are $7.3891$, $2.7183$, $0.6065$ and $20.0855$", lambda: WEIGHTS),
    Claim(
        "together $30.7994$, and the probabilities are $(0.2399, 0.0883, 0.0197, 0.6521)$",
        lambda: (sum(WEIGHTS), *PROBS),
    ),
    Claim("$e^1 = 2.7183$ times as probable", lambda: PROBS[3] / PROBS[0]),
    given("For $(2, 1, -0.5, 3)$ it is"),
    Claim(r"it is $\log 30.7994 = 3.4275$", lambda: (sum(WEIGHTS), math.log(sum(WEIGHTS)))),
    Claim(
        r"$\log p_3 = 3 - 3.4275 = -0.4275$, and indeed $e^{-0.4275} = 0.6521$",
        lambda: (
            math.log(sum(WEIGHTS)),
            math.log(PROBS[3]),
            math.log(PROBS[3]),
            PROBS[3],
        ),
    ),
    given("The softmax of $(2, 1, -0.5, 3)$"),
    Claim(
        "the boundaries $0.2399$, $0.3282$, $0.3479$",
        lambda: (sum(PROBS[:1]), sum(PROBS[:2]), sum(PROBS[:3])),
    ),
    given("The uniform $0.3$ draws outcome $1$, and $0.9$ draws outcome $3$"),
    Claim(r"$\ln 4 = 1.3863$", lambda: math.log(4)),
    given("Values $(0, 1, 4)$ with probabilities $(0.5, 0.3, 0.2)$"),
    Claim(
        r"$\mathbb{E}[X] = 0.3 + 0.8 = 1.1$",
        lambda: (*(float(p * x) for x, p in VALUES[1:]), float(MEAN)),
    ),
    Claim(
        "The distances from there are $-1.1$, $-0.1$ and $2.9$",
        lambda: [float(x - MEAN) for x, _ in VALUES],
    ),
    Claim(
        r"= 0.5 \cdot 1.21 + 0.3 \cdot 0.01 + 0.2 \cdot 8.41 = 2.29$",
        lambda: (
            *(float(v) for x, p in VALUES for v in (p, (x - MEAN) ** 2)),
            float(sum(p * (x - MEAN) ** 2 for x, p in VALUES)),
        ),
    ),
    Claim("of the three values, $1.6667$", lambda: (0 + 1 + 4) / 3),
    Claim(
        "$0.8808$. Its logarithm is $-0.1269$, that of a zero is $-2.1269$",
        lambda: (ONE, math.log(ONE), math.log(1 - ONE)),
    ),
    given("$N(2, 1.5^2)$ is `Normal(2.0, 1.5)`"),
    given("For $N(2, 1.5^2)$ at its centre"),
    Claim(
        r"$\log p(2) = -0.4055 - 0.9189 = -1.3244$",
        lambda: (-math.log(1.5), 0.5 * math.log(2 * math.pi), math.log(NORMAL.pdf(2))),
    ),
    Claim(r"$\log p(5) = -3.3244$", lambda: math.log(NORMAL.pdf(5))),
    given("For $N(2, 1.5^2)$: $F(2)"),
    Claim("$F(2) = 0.5$ by symmetry", lambda: NORMAL.cdf(2)),
    Claim("One deviation up, $F(3.5) = 0.8413$", lambda: (3.5, NORMAL.cdf(3.5))),
    Claim(
        r"so that $68.27\,\%$ lie within one deviation of the mean; within two it is $95.45\,\%$",
        lambda: [100 * (NORMAL.cdf(2 + 1.5 * k) - NORMAL.cdf(2 - 1.5 * k)) for k in (1, 2)],
    ),
    Claim("by a fair coin, of variance $0.25$", lambda: pvariance((0, 1))),
    Claim("to $0$, half of the time to $0.5$, which is $0.25$ on average", lambda: COIN_SQUARES),
    Claim("Dividing by $n - 1 = 1$ gives $0.25$", lambda: fmean(map(variance, TWO_TOSSES))),
    Claim("dividing by $n = 2$ gives $0.125$", lambda: fmean(map(pvariance, TWO_TOSSES))),
    given("Unit variances and correlation $0.8$, as in the figure"),
    Claim("The determinant is $1 - 0.8^2 = 0.36$", lambda: (0.8, 1 - 0.8**2)),
    Claim(
        "squared Mahalanobis distances are $1.1111$ and $10$",
        # By (x₁ − x₂)² / 2(1 − ρ) + (x₁ + x₂)² / 2(1 + ρ), the two axes of the ellipse.
        lambda: (1 + 1) ** 2 / (2 * (1 + 0.8)),
    ),
    Claim(
        r"\log p(1, 1) = -0.55556 + 0.51083 - 1.83788 = -1.88261",
        lambda: (-0.5 / 0.9, -math.log(0.6), math.log(2 * math.pi), log_density(1.0, 1.0)),
    ),
    Claim(
        r"\log p(1, -1) = -5 + 0.51083 - 1.83788 = -6.32705",
        lambda: (-math.log(0.6), math.log(2 * math.pi), log_density(1.0, -1.0)),
    ),
    given("For correlation $0.8$ it is"),
    Claim(
        r"L = \begin{pmatrix} 1 & 0 \\ 0.8 & 0.6 \end{pmatrix}",
        lambda: CORRELATED.scale_tril[1].tolist(),
    ),
    Claim(
        r"\begin{pmatrix} 1 & 0.8 \\ 0.8 & 0.64 + 0.36 \end{pmatrix}",
        lambda: (0.8, 0.8, 0.8**2, 0.6**2),
    ),
    Claim("copies $0.8$ of the first and adds $0.6$ of", lambda: (0.8, math.sqrt(1 - 0.8**2))),
    Claim("becomes $(1, 1.4)$", lambda: 0.8 + 0.6),
    Claim(r"at $\tfrac46 = 0.6667$", lambda: 4 / 6),
    given(r"with $\lambda$ drawn from $\text{Beta}(0.2, 0.2)$ or so"),
    given(r"For $\text{Beta}(0.2, 0.2)$ it says"),
    given(r"for $\text{Beta}(0.5, 3)$ it"),
    Claim("has the means $(0.2, 0.3, 0.5)$", lambda: (2 / 10, 3 / 10, 5 / 10)),
    Claim(
        "the variances $0.16/11 = 0.0145$, $0.21/11 = 0.0191$ and $0.25/11 = 0.0227$",
        lambda: [
            v
            for m, variance_ in zip((0.2, 0.3, 0.5), firm(1), strict=True)
            for v in (m * (1 - m), variance_)
        ],
    ),
    Claim("the first variance is $0.16/101 = 0.0016$", lambda: (0.2 * 0.8, firm(10)[0])),
    Claim(
        r"$s = 3.6056$, the standard error $3.6056/\sqrt3 = 2.0817$",
        lambda: (stdev((2, 4, 9)), stdev((2, 4, 9)), stdev((2, 4, 9)) / math.sqrt(3)),
    ),
    given("variance $0.25$, so that the true risk of squared error is $(w - 2)^2 + 0.25$"),
    given("zeros and ones: $0.9$ on $1000$ examples"),
    Claim(
        r"$\sqrt{0.9 \cdot 0.1/1000} = 0.0095$",
        lambda: (0.9, 1 - 0.9, math.sqrt(pvariance([0] + 9 * [1]) / 1000)),
    ),
    given("so that $0.905$ is no improvement yet"),
)
