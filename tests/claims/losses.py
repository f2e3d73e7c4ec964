"""The decimal numbers in the text of 05-losses: where they stand, and what gives them."""

import math
from statistics import NormalDist, fmean, quantiles, variance

from tests.claims.form import Claim, given

# The ten predictions of the calibration table: confidence, and whether the prediction was right.
TABLE = (
    ((0.4, True), (0.5, True)),
    ((0.6, True), (0.7, False), (0.7, False)),
    ((0.8, True), (0.9, True), (0.9, False), (1.0, True), (1.0, True)),
)


def conf(rows):
    return fmean(c for c, _ in rows)


def acc(rows):
    return fmean(right for _, right in rows)


def gap(rows):
    return abs(acc(rows) - conf(rows))


def nll(prediction, target, v):
    return -math.log(NormalDist(prediction, math.sqrt(v)).pdf(target))


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


ALL = [row for rows in TABLE for row in rows]

CLAIMS = (
    Claim(
        r"0.9189 + 0.6931 + 0.5 = 2.1121$",
        lambda: (0.5 * math.log(2 * math.pi), 0.5 * math.log(4), 4 / 8, nll(3, 5, 4)),
    ),
    given("at σ = 0.01 a perfect"),
    Claim(
        "loss $0.9189 - 4.6052 = -3.6862$",
        lambda: (0.5 * math.log(2 * math.pi), -math.log(0.01), nll(0, 0, 1e-4)),
    ),
    Claim(
        r"$\tfrac12 \ln 2 = 0.3466$ nats, from 100 to 50",
        lambda: 0.5 * math.log(2 * math.pi * 100) - 0.5 * math.log(2 * math.pi * 50),
    ),
    Claim("is a probability of $0.8808$", lambda: sigmoid(2)),
    Claim(
        r"is $-\log 0.8808 = 0.1269$; if it was no, $-\log 0.1192 = 2.1269$",
        lambda: (sigmoid(2), -math.log(sigmoid(2)), 1 - sigmoid(2), -math.log(1 - sigmoid(2))),
    ),
    Claim("A rate of $3$ ($s = 1.0986$) and a count of $2$", lambda: math.log(3)),
    Claim(r"$3 - 2 \cdot 1.0986 = 0.8028$", lambda: (math.log(3), 3 - 2 * math.log(3))),
    Claim(
        r"$\log 2! = 0.6931$ added it would be the full NLL, $1.4959$",
        lambda: (math.log(2), -math.log(3**2 * math.exp(-3) / math.factorial(2))),
    ),
    Claim(
        r"$q = 0.9$. A prediction of $8$ for a target of $10$ costs $0.9 \cdot 2 = 1.8$",
        lambda: (0.9, 0.9, 0.9 * (10 - 8)),
    ),
    Claim(r"costs only $0.1 \cdot 2 = 0.2$", lambda: (1 - 0.9, (1 - 0.9) * (12 - 10))),
    given("outputs for $q = 0.1$, $0.5$ and $0.9$"),
    Claim("a residual of $1$ costs $0.5$", lambda: 0.5 * 1**2),
    Claim("half the square would be $12.5$", lambda: 0.5 * 5**2),
    given("Losses $0.2, 0.4, 3.0$ with weights"),
    Claim("the risk is $6.6 / 4 = 1.65$", lambda: (0.2 + 0.4 + 2 * 3, (0.2 + 0.4 + 2 * 3) / 4)),
    Claim(
        "would give $2.2$, and the plain mean is $1.2$",
        lambda: ((0.2 + 0.4 + 2 * 3) / 3, fmean((0.2, 0.4, 3.0))),
    ),
    Claim(
        "mean of the two means is $2.5$, the mean over the tokens $7 / 4 = 1.75$",
        lambda: (fmean((4, fmean((1, 1, 1)))), fmean((4, 1, 1, 1))),
    ),
    given("An accuracy of 0.90 on 200 examples"),
    Claim(
        r"$\sqrt{0.9 \cdot 0.1 / 200} = 0.0212$",
        # From the definition: 180 ones and 20 zeros.
        lambda: (0.9, 0.1, math.sqrt(variance([1] * 180 + [0] * 20) * 199 / 200 / 200)),
    ),
    Claim("might easily have said 0.88 or 0.92", lambda: (0.9 - 0.0212, 0.9 + 0.0212)),
    given("at a level of, say, $0.95$ cuts off"),
    Claim(
        "$(1 - 0.95) / 2 = 0.025$ and $(1 + 0.95) / 2 = 0.975$ of the means",
        lambda: (0.95, (1 - 0.95) / 2, 0.95, (1 + 0.95) / 2),
    ),
    Claim("quartiles $2$ and $4.5$", lambda: quantiles((1, 3, 6), method="inclusive")[2]),
    given("| 0.4, 0.5 |"),
    Claim("| 2 of 2 | 0.45 | 1 | 0.55 | 0.2 |", lambda: (conf(TABLE[0]), gap(TABLE[0]), 0.2)),
    given("| 0.6, 0.7, 0.7 |"),
    Claim(
        "| 1 of 3 | 0.6667 | 0.3333 | 0.3333 | 0.3 |",
        lambda: (conf(TABLE[1]), acc(TABLE[1]), gap(TABLE[1]), 3 / 10),
    ),
    given("| 0.8, 0.9, 0.9, 1, 1 |"),
    Claim(
        "| 4 of 5 | 0.92 | 0.8 | 0.12 | 0.5 |",
        lambda: (conf(TABLE[2]), acc(TABLE[2]), gap(TABLE[2]), 5 / 10),
    ),
    Claim(
        r"$0.2 \cdot 0.55 + 0.3 \cdot 0.3333 + 0.5 \cdot 0.12 = 0.27$",
        lambda: (
            *(v for rows in TABLE for v in (len(rows) / 10, gap(rows))),
            sum(len(rows) / 10 * gap(rows) for rows in TABLE),
        ),
    ),
    Claim(
        "an accuracy of $0.7$ and a mean confidence of $0.75$",
        lambda: (acc(ALL), conf(ALL)),
    ),
    Claim(r"$\sigma(4) = 0.9820$", lambda: sigmoid(4)),
    Claim(
        r"the claim is $0.8$, so $4 / T = \log (0.8 / 0.2) = 1.3863$ and $T = 2.8854$",
        lambda: (8 / 10, 8 / 10, 2 / 10, math.log(8 / 2), 4 / math.log(8 / 2)),
    ),
)
