"""The decimal numbers in the text of 04-information: where they stand, and what gives them."""

import math
from fractions import Fraction
from statistics import NormalDist

import torch

from tests.claims.form import Claim, given


def entropy(*p: float) -> float:
    """Entropy in nats."""
    return math.fsum(-x * math.log(x) for x in p if x)


def cross_entropy(p: tuple[float, ...], q: tuple[float, ...]) -> float:
    """Cross-entropy in nats."""
    return math.fsum(-x * math.log(y) for x, y in zip(p, q, strict=True) if x)


def divergence(p: tuple[float, ...], q: tuple[float, ...]) -> float:
    """Kullback–Leibler divergence in nats, by its definition."""
    return math.fsum(x * math.log(x / y) for x, y in zip(p, q, strict=True) if x)


def to_standard_normal(mu: float, sigma: float) -> float:
    """Divergence of N(mu, sigma²) from N(0, 1), by the trapezoidal rule on its definition."""
    p, q = NormalDist(mu, sigma), NormalDist()
    steps = 4000
    width = 20 * sigma / steps
    points = (mu - 10 * sigma + width * i for i in range(steps + 1))
    return width * math.fsum(p.pdf(x) * math.log(p.pdf(x) / q.pdf(x)) for x in points)


def gaussian_information(correlation: float) -> float:
    """Mutual information of two Gaussians: H(X) + H(Y) − H(X, Y), with unit variances."""
    covariance = torch.tensor([[1.0, correlation], [correlation, 1.0]], dtype=torch.float64)
    zero = torch.zeros(2, dtype=torch.float64)
    joint = torch.distributions.MultivariateNormal(zero, covariance).entropy()
    apart = torch.distributions.MultivariateNormal(zero, torch.eye(2).double()).entropy()
    return float(apart - joint)


def softmax(*z: float) -> tuple[float, ...]:
    """Softmax of a few small logits."""
    return tuple(math.exp(x) / math.fsum(map(math.exp, z)) for x in z)


def log_sum_exp(*z: float) -> float:
    """Log-sum-exp of a few small logits."""
    return math.log(math.fsum(map(math.exp, z)))


def best_gap() -> float:
    """The logit of the true class of four at which the smoothed loss is lowest, by search."""
    target = (0.925, 0.025, 0.025, 0.025)
    low, high = 0.0, 10.0
    while high - low > 1e-7:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if cross_entropy(target, softmax(left, 0, 0, 0)) < cross_entropy(
            target, softmax(right, 0, 0, 0)
        ):
            high = right
        else:
            low = left
    return low


CLAIMS = (
    Claim(r"$\ln 2 \approx 0.6931$ nats", lambda: math.log(2)),
    Claim("the surprises are $0.6931$, $1.3863$", lambda: (math.log(2), math.log(4))),
    Claim("and $1.3863$ nats", lambda: math.log(4)),
    Claim(
        r"H(p) = \tfrac12 \cdot 0.6931 + \tfrac12 \cdot 1.3863 = 1.0397$ nats",
        lambda: (math.log(2), math.log(4), 0.5 * math.log(2) + 0.5 * math.log(4)),
    ),
    Claim("bits it is $1.5$", lambda: 0.5 * 1 + 0.5 * 2),
    Claim(r"$\log 4 = 1.3863$ nats", lambda: math.log(4)),
    Claim(
        "$(0.95, 0.05)$ | $0$ | $0.0513$",
        lambda: (0.95, 0.05, cross_entropy((1, 0), (0.95, 0.05))),
    ),
    Claim(
        "$(0.9, 0.1)$ | $(0.6, 0.4)$ | $0.3251$ | $0.5514$",
        lambda: (0.9, 0.1, 0.6, 0.4, entropy(0.9, 0.1), cross_entropy((0.9, 0.1), (0.6, 0.4))),
    ),
    Claim(
        "$(0.5, 0.5)$ | $(0.3, 0.7)$ | $0.6931$ | $0.7803$",
        lambda: (0.5, 0.5, 0.3, 0.7, entropy(0.5, 0.5), cross_entropy((0.5, 0.5), (0.3, 0.7))),
    ),
    Claim(
        r"$0.9 \cdot 0.5108 + 0.1 \cdot 0.9163$",
        lambda: (0.9, -math.log(0.6), 0.1, -math.log(0.4)),
    ),
    # From logits to the loss
    Claim(r"log-sum-exp $2.1698$. If the label", lambda: log_sum_exp(2, 0, -1)),
    Claim(
        r"$2.1698 - 2 = 0.1698$; if it is the last, $2.1698 + 1 = 3.1698$",
        lambda: (
            log_sum_exp(2, 0, -1),
            -math.log(softmax(2, 0, -1)[0]),
            log_sum_exp(2, 0, -1),
            -math.log(softmax(2, 0, -1)[2]),
        ),
    ),
    Claim(r"cost $\log 3 = 1.0986$", lambda: math.log(3)),
    Claim(r"near $\log 10 = 2.3026$", lambda: math.log(10)),
    Claim(
        r"floor is $\log (1 + 9/e) = 1.4612$",
        lambda: -math.log(softmax(1, *(9 * [0]))[0]),
    ),
    # Labels that admit doubt
    given(r"$\varepsilon = 0.1$: the target"),
    Claim(
        "becomes $(0.925, 0.025, 0.025, 0.025)$",
        lambda: map(float, (Fraction(37, 40), Fraction(1, 40), Fraction(1, 40), Fraction(1, 40))),
    ),
    Claim("have the log-sum-exp $2.3408$. The loss", lambda: log_sum_exp(2, 0, 0, 0)),
    Claim(
        r"$2.3408 - 0.925 \cdot 2 = 0.4908$; unsmoothed it would be $0.3408$",
        lambda: (
            log_sum_exp(2, 0, 0, 0),
            0.9 + 0.1 / 4,
            cross_entropy((0.925, 0.025, 0.025, 0.025), softmax(2, 0, 0, 0)),
            cross_entropy((1, 0, 0, 0), softmax(2, 0, 0, 0)),
        ),
    ),
    Claim(
        r"$g = \log (0.925 / 0.025) = 3.6109$, where it equals the target's own entropy, $0.3488$",
        lambda: (0.925, 0.025, best_gap(), entropy(0.925, 0.025, 0.025, 0.025)),
    ),
    given("`label_smoothing=0.1` stands"),
    # How many choices is that?
    given("The model's loss is 3.2 nats"),
    Claim(
        "The losses are $0.6931$ and $2.0794$, their mean is $1.3863$",
        lambda: (math.log(2), math.log(8), (math.log(2) + math.log(8)) / 2),
    ),
    Claim("$e^{1.3863} = 4$", lambda: (math.log(2) + math.log(8)) / 2),
    # What a wrong belief costs
    Claim(
        "| hard, predicted well | $0.0513$ | $0$ | $0.0513$ |",
        lambda: (cross_entropy((1, 0), (0.95, 0.05)), divergence((1, 0), (0.95, 0.05))),
    ),
    Claim(
        "| soft, predicted hesitantly | $0.5514$ | $0.3251$ | $0.2263$ |",
        lambda: (
            cross_entropy((0.9, 0.1), (0.6, 0.4)),
            entropy(0.9, 0.1),
            divergence((0.9, 0.1), (0.6, 0.4)),
        ),
    ),
    Claim(
        "| undecided, predicted askew | $0.7803$ | $0.6931$ | $0.0872$ |",
        lambda: (
            cross_entropy((0.5, 0.5), (0.3, 0.7)),
            entropy(0.5, 0.5),
            divergence((0.5, 0.5), (0.3, 0.7)),
        ),
    ),
    Claim(
        "forecast $(0.99, 0.01)$ one direction gives $1.6145$ nats, the other $0.6371$",
        lambda: (
            0.99,
            0.01,
            divergence((0.5, 0.5), (0.99, 0.01)),
            divergence((0.99, 0.01), (0.5, 0.5)),
        ),
    ),
    # Two bells
    given(r"autoencoder has $\mu = 1.5$, $\sigma = 0.8$"),
    Claim(
        r"$-\log 0.8 - \tfrac12 + (0.64 + 2.25) / 2 = 0.2231 - 0.5 + 1.445 = 1.1681$ nats",
        lambda: (
            0.8,
            0.8**2,
            1.5**2,
            -math.log(0.8),
            0.5,
            (0.8**2 + 1.5**2) / 2,
            to_standard_normal(1.5, 0.8),
        ),
    ),
    Claim("| $1.5$ | $0.8$ | $1.1681$ |", lambda: (1.5, 0.8, to_standard_normal(1.5, 0.8))),
    Claim("| $-0.5$ | $1.2$ | $0.1627$ |", lambda: (-0.5, 1.2, to_standard_normal(-0.5, 1.2))),
    Claim(
        "| all three | $1.3308$ |",
        lambda: to_standard_normal(1.5, 0.8) + to_standard_normal(-0.5, 1.2),
    ),
    # The leash of an autoencoder
    Claim(
        r"$\ell = (2 \log 0.8,\ 2 \log 1.2,\ 0) = (-0.4463, 0.3646, 0)$",
        lambda: (0.8, 1.2, math.log(0.64), math.log(1.44)),
    ),
    Claim(
        "the sum is $1.3308$ nats again",
        lambda: to_standard_normal(1.5, 0.8) + to_standard_normal(-0.5, 1.2),
    ),
    Claim(
        r"true $\sigma = 0.8$ is treated as if it had $0.64$",
        lambda: (0.8, math.exp(math.log(0.8**2))),
    ),
    # How far apart, and how much in common
    Claim(
        "$q = (0.5, 0.5)$ have $m = (0.75, 0.25)$",
        lambda: (0.5, 0.5, (1 + 0.5) / 2, (0 + 0.5) / 2),
    ),
    Claim(
        r"$\log \tfrac{1}{0.75} = 0.2877$ and one half of $0.5 \log \tfrac{0.5}{0.75} + 0.5 \log"
        r" \tfrac{0.5}{0.25} = 0.1438$ make $0.2158$ nats",
        lambda: (
            0.75,
            divergence((1, 0), (0.75, 0.25)),
            *(0.5, 0.5, 0.75, 0.5, 0.5, 0.25),
            divergence((0.5, 0.5), (0.75, 0.25)),
            # The other form of the formula: entropy of the mixture minus the mean entropy.
            entropy(0.75, 0.25) - entropy(0.5, 0.5) / 2,
        ),
    ),
    # What one variable tells about another
    Claim('| "dry" | $0.4$ | $0.1$ | $0.5$ |', lambda: (0.4, 0.1, 0.4 + 0.1)),
    Claim('| "rain" | $0.1$ | $0.4$ | $0.5$ |', lambda: (0.1, 0.4, 0.1 + 0.4)),
    Claim("Independence would put $0.25$ everywhere", lambda: 0.5 * 0.5),
    Claim(
        r"$I = 0.8 \log 1.6 + 0.2 \log 0.4 = 0.3760 - 0.1833 = 0.1927$ nats, out of the $0.6931$",
        lambda: (
            0.4 + 0.4,
            0.4 / 0.25,
            0.1 + 0.1,
            0.1 / 0.25,
            0.8 * math.log(1.6),
            -0.2 * math.log(0.4),
            2 * entropy(0.5, 0.5) - entropy(0.4, 0.1, 0.1, 0.4),
            entropy(0.5, 0.5),
        ),
    ),
    Claim(
        r"$-\tfrac12 \log (1 - 0.8^2) = 0.5108$ nats",
        lambda: (0.8, gaussian_information(0.8)),
    ),
)
