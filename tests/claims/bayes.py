"""The decimal numbers in the text of 03-bayes: where they stand, and what gives them."""

import math
from fractions import Fraction

import torch
from torch import tensor
from torch.distributions import Beta, Categorical, Normal

from tests.claims.form import Claim, given
from torchmarks import cases

PRIOR, TPR, FPR = Fraction(1, 100), Fraction(9, 10), Fraction(1, 20)


def flagged(prior: Fraction, flags: int = 1) -> float:
    """Share of the class among those with so many flags, by counting."""
    right, false = prior * TPR**flags, (1 - prior) * FPR**flags
    return float(right / (right + false))


def language() -> Categorical:
    """The posterior of the language identifier."""
    return Categorical(probs=tensor([0.6, 0.3, 0.1]) * tensor([0.02, 0.001, 0.03]))


def peak(data: torch.Tensor, sigma_likelihood: float, sigma_prior: float) -> float:
    """The peak of prior times likelihood, by refining a grid three times."""
    low, high = -20.0, 20.0
    for _ in range(3):
        theta = torch.linspace(low, high, 20001, dtype=torch.float64)
        log_p = Normal(torch.zeros_like(theta), sigma_prior).log_prob(theta)
        log_p = log_p + Normal(theta.unsqueeze(-1), sigma_likelihood).log_prob(data).sum(-1)
        best = float(theta[log_p.argmax()])
        low, high = best - (high - low) / 2000, best + (high - low) / 2000
    return best


def width(data: torch.Tensor, sigma_likelihood: float, sigma_prior: float) -> float:
    """The posterior's standard deviation on a grid."""
    theta = torch.linspace(-10, 10, 40001, dtype=torch.float64)
    log_p = Normal(torch.zeros_like(theta), sigma_prior).log_prob(theta)
    log_p = log_p + Normal(theta.unsqueeze(-1), sigma_likelihood).log_prob(data).sum(-1)
    p = log_p.softmax(0)
    mean = (p * theta).sum()
    return float((p * (theta - mean) ** 2).sum().sqrt())


def middle(a: float, b: float) -> tuple[float, float]:
    """The ends of the middle 95 % of a Beta distribution."""
    theta = torch.linspace(0, 1, 200001, dtype=torch.float64)[1:-1]
    mass = Beta(tensor(a, dtype=torch.float64), tensor(b, dtype=torch.float64)).log_prob(theta)
    below = mass.softmax(0).cumsum(0)
    return float(theta[(below < 0.025).sum()]), float(theta[(below < 0.975).sum()])


def one_weight(sigma_likelihood: float, sigma_prior: float) -> float:
    """The MAP weight of the example in one dimension, by a parabola through three values."""
    x, y = (1, 2, 3), (2, 3, 7)

    def loss(w: float) -> float:
        errors = sum((w * a - b) ** 2 for a, b in zip(x, y, strict=True))
        return errors / (2 * sigma_likelihood**2) + w**2 / (2 * sigma_prior**2)

    below, here, above = loss(-1), loss(0), loss(1)
    return (below - above) / (2 * (below + above - 2 * here))


def spam(offer: bool, meeting: bool | None) -> float:
    """Probability of spam given which words occur; None leaves a word out of account."""
    joint = {}
    for name, prior, p_offer, p_meeting in (("spam", 0.4, 0.5, 0.1), ("other", 0.6, 0.1, 0.4)):
        joint[name] = prior * (p_offer if offer else 1 - p_offer)
        if meeting is not None:
            joint[name] *= p_meeting if meeting else 1 - p_meeting
    return joint["spam"] / sum(joint.values())


THREE = tensor([4.0, 5.0, 9.0], dtype=torch.float64)
TWENTY = 3 + cases.normal(20, seed=2)

CLAIMS = (
    given(r"With $\pi = 0.01$, $\mathrm{tpr} = 0.9$ and $\mathrm{fpr} = 0.05$"),
    Claim(r"$0.9 \cdot 0.01 = 0.009$", lambda: (0.9, 0.01, float(TPR * PRIOR))),
    Claim(r"$0.05 \cdot 0.99 = 0.0495$", lambda: (0.05, 0.99, float(FPR * (1 - PRIOR)))),
    Claim(
        r"$P(c \mid +) = 0.009 / 0.0585 \approx 0.1538$, exactly $2/13$",
        lambda: (0.009, float(TPR * PRIOR + FPR * (1 - PRIOR)), 2 / 13),
    ),
    Claim(
        r"precision of $0.9 / 0.95 \approx 0.9474$", lambda: (0.9, 0.95, flagged(Fraction(1, 2)))
    ),
    Claim("have a precision of $0.1538$", lambda: flagged(PRIOR)),
    given("probabilities $0.6$, $0.3$ and $0.1$"),
    given("a share of $0.02$ of English words, $0.001$ of German and $0.03$ of Dutch"),
    Claim(
        "The products are $0.012$, $0.0003$ and $0.003$, their sum, the evidence, is $0.0153$",
        lambda: (0.6 * 0.02, 0.3 * 0.001, 0.1 * 0.03, 0.6 * 0.02 + 0.3 * 0.001 + 0.1 * 0.03),
    ),
    Claim("the posterior is $0.7843$, $0.0196$, $0.1961$", lambda: language().probs.tolist()),
    Claim(
        "first flag lifts $0.01$ to $0.1538$. For the second flag $0.1538$ is the prior",
        lambda: (0.01, flagged(PRIOR), flagged(PRIOR)),
    ),
    Claim("the posterior is $0.7660$", lambda: flagged(PRIOR, flags=2)),
    Claim(r"$-\tfrac12(1 + 4) - 0 = -2.5$", lambda: -0.5 * (1 + 4) - 0),
    Claim(r"(4 + 1 + 9)/3 \approx 4.6667$", lambda: sum((x - 4) ** 2 for x in (2, 3, 7)) / 3),
    Claim(r"$\hat\theta = 18 / (3 + 1) = 4.5$", lambda: peak(THREE, 1.0, 1.0)),
    Claim(
        r"With $\tau = 0.5$ it is worth four, and $\hat\theta = 18/7 \approx 2.5714$",
        lambda: (0.5, peak(THREE, 1.0, 0.5)),
    ),
    Claim("have a mean of $3.0812$", lambda: float(TWENTY.mean())),
    Claim(r"$\hat\theta = 2.9345$", lambda: peak(TWENTY, 1.0, 1.0)),
    Claim(
        "so $s = 0.5$ around the mean $4.5$",
        lambda: (width(THREE, 1.0, 1.0), peak(THREE, 1.0, 1.0)),
    ),
    Claim(r"$1/\sqrt{21} \approx 0.2182$", lambda: width(TWENTY, 1.0, 1.0)),
    Claim(r"mean $6/9 \approx 0.6667$", lambda: float(Beta(tensor(6.0), tensor(3.0)).mean)),
    Claim(r"the MLE says $4/5 = 0.8$", lambda: 4 / 5),
    Claim("posterior reach from $0.48$ to $0.94$", lambda: middle(9.0, 3.0)),
    Claim("of the second from $0.71$ to $0.87$", lambda: middle(81.0, 21.0)),
    Claim(r"$29/14 \approx 2.0714$", lambda: one_weight(1.0, 1e9)),
    Claim(r"weight is $29/15 \approx 1.9333$", lambda: one_weight(1.0, 1.0)),
    Claim(r"it is $29/18 \approx 1.6111$", lambda: one_weight(2.0, 1.0)),
    given("A mail is spam with probability $0.4$"),
    Claim(r"$0.4 \cdot 0.5 \cdot 0.9 = 0.18$", lambda: (0.4, 0.5, 1 - 0.1, 0.4 * 0.5 * 0.9)),
    Claim(r"$0.6 \cdot 0.1 \cdot 0.6 = 0.036$", lambda: (1 - 0.4, 0.1, 1 - 0.4, 0.6 * 0.1 * 0.6)),
    Claim("spam with probability $0.8333$", lambda: spam(offer=True, meeting=False)),
    Claim("we would have said $0.7692$", lambda: spam(offer=True, meeting=None)),
)

# Two facts of the text that have no decimal point: the prior odds times 18 are 2/11, and a word
# that is counted twice lifts the odds of spam from 5 to 25.
assert math.isclose(PRIOR / (1 - PRIOR) * (TPR / FPR), 2 / 11)
assert math.isclose((0.4 * 0.5 * 0.9) / (0.6 * 0.1 * 0.6), 5)
assert math.isclose((0.4 * 0.5**2 * 0.9) / (0.6 * 0.1**2 * 0.6), 25)
