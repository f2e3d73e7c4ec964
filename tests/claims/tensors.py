"""The decimal numbers in the text of 01-tensors: where they stand, and what gives them."""

import itertools
import math

from tests.claims.form import Claim, given


def _dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def _softmax(*scores):
    total = sum(math.exp(s) for s in scores)
    return [math.exp(s) / total for s in scores]


QUERY = (1, 2, 0, 1)
KEYS = ((2, 1, 0, 0), (0, 1, 3, 0), (0, 0, 1, 0))
X, Y = (1, 2, 3), (2, 2, 1)
COSINE = _dot(X, Y) / (math.hypot(*X) * math.hypot(*Y))

CLAIMS = (
    Claim(r"(27 + 64)^{1/3} = 4.498$", lambda: (3**3 + 4**3) ** (1 / 3)),
    Claim("it is $(0.6, 0.8)$", lambda: (3 / math.hypot(3, 4), 4 / math.hypot(3, 4))),
    Claim(r"$\sqrt{14} = 3.7417$", lambda: math.hypot(*X)),
    Claim(r"$9 / (3 \sqrt{14}) = 0.8018$", lambda: COSINE),
    Claim("an angle of $36.7$ degrees", lambda: math.degrees(math.acos(COSINE))),
    Claim(
        "softmax gives $0.6652$, $0.2447$ and $0.0900$",
        lambda: _softmax(*(_dot(QUERY, key) / math.sqrt(len(QUERY)) for key in KEYS)),
    ),
    Claim(
        "Without the division it would be $0.8668$, $0.1173$ and $0.0159$",
        lambda: _softmax(*(_dot(QUERY, key) for key in KEYS)),
    ),
    Claim(
        "/ 9 = 1.3333$",
        lambda: sum((a - b) ** 2 for a, b in itertools.product((1, 2, 3), repeat=2)) / 9,
    ),
    given("For $c = 6.5$"),
    Claim("both are halved: $(1.5, 2)$", lambda: 3 * 6.5 / math.hypot(3, 4, 12)),
)
