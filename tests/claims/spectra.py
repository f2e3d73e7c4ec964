"""The decimal numbers in the text of 06-spectra: where they stand, and what gives them."""

import math

import numpy as np

from tests.claims.form import Claim

A = np.array([[12.0, 4.0], [11.0, 12.0]])


def _directions() -> tuple[np.ndarray, np.ndarray]:
    """Input and output directions of A in columns, the largest singular value first.

    From AᵀA, whose eigenvectors are turned so that each u has a positive second entry.
    """
    values, V = np.linalg.eigh(A.T @ A)
    V = V[:, ::-1]
    U = A @ V / np.sqrt(values[::-1])
    sign = np.sign(U[1])
    return V * sign, U * sign


def _slowest(kappa: float) -> float:
    """How much of the error is left by one step of gradient descent at the best of many rates."""
    rates = np.linspace(0, 2 / kappa, 2_000_001)
    return float(np.maximum(abs(1 - rates), abs(1 - kappa * rates)).min())


FOUR = np.array([[18.0, 26.0], [2.0, 14.0], [7.0, 24.0], [13.0, 16.0]])


def _component(i: int) -> np.ndarray:
    """Principal component i of the four points, by trying all directions of the half plane.

    The second is perpendicular to the first, so it is where the variance is lowest.
    """
    angles = np.linspace(0, np.pi, 1_800_001)
    directions = np.stack([np.cos(angles), np.sin(angles)])
    variances = ((FOUR - FOUR.mean(axis=0)) @ directions[:, ::1000]).var(axis=0)
    coarse = 1000 * (variances.argmax() if i == 0 else variances.argmin())
    near = directions[:, max(coarse - 1000, 0) : coarse + 1001]
    variances = ((FOUR - FOUR.mean(axis=0)) @ near).var(axis=0)
    return near[:, variances.argmax() if i == 0 else variances.argmin()]


def _along(i: int) -> np.ndarray:
    return (FOUR - FOUR.mean(axis=0)) @ _component(i)


def _shares(X: np.ndarray) -> np.ndarray:
    """Variances along the components over the total variance of the features."""
    return np.array([_along(0).var(), _along(1).var()]) / X.var(axis=0).sum()


V, U = _directions()

CLAIMS = (
    Claim(
        r"\mathbf{v}_1 = \begin{pmatrix} 0.8 \\ 0.6 \end{pmatrix} , \quad "
        r"\mathbf{u}_1 = \begin{pmatrix} 0.6 \\ 0.8 \end{pmatrix} .$$",
        lambda: (*V[:, 0], *U[:, 0]),
    ),
    Claim(r"$\mathbf{v}_2 = (-0.6, 0.8)$", lambda: V[:, 1]),
    Claim(r"$\mathbf{u}_2 = (-0.8, 0.6)$", lambda: U[:, 1]),
    Claim(
        r"A_1 = 20 \begin{pmatrix} 0.6 \\ 0.8 \end{pmatrix} \begin{pmatrix} 0.8 & 0.6 \end{pmatrix}",
        lambda: (*U[:, 0], *V[:, 0]),
    ),
    Claim(
        r"\begin{pmatrix} 9.6 & 7.2 \\ 12.8 & 9.6 \end{pmatrix}",
        lambda: (A @ np.outer(V[:, 0], V[:, 0])).ravel(),
    ),
    Claim("multiples of $(0.8, 0.6)$", lambda: V[:, 0]),
    Claim(r"$\sqrt{9 + 4 + 4} = 4.1231$", lambda: math.hypot(3, 2, 2)),
    Claim(r"$\sqrt{8} = 2.8284$", lambda: math.hypot(2, 2)),
    Claim(r"$\sqrt{425} = 20.6155$", lambda: np.sqrt((A**2).sum())),
    Claim(r"$\sqrt{265} = 16.2788$", lambda: np.sqrt((A**2).sum(axis=0)).max()),
    Claim("is $3.4720$", lambda: np.divide(*sorted(np.linalg.eigvals(A), reverse=True))),
    Claim(r"For $\kappa = 4$ it is $0.6$", lambda: _slowest(4)),
    Claim(r"For $\kappa = 100$ it is $0.9802$", lambda: _slowest(100)),
    Claim(r"The first component is $(0.8, 0.6)$", lambda: _component(0)),
    Claim("/ 3 = 66.67$", lambda: float(np.var(_along(0), ddof=1))),
    Claim(r"The second is $(-0.6, 0.8)$", lambda: _component(1)),
    Claim("$50 / 3 = 16.67$", lambda: float(np.var(_along(1), ddof=1))),
    Claim(r"of the example is $(0.4727, 0.8812)$", lambda: abs(np.linalg.svd(FOUR)[2][0])),
    Claim(r"$\rho = (0.8, 0.2)$", lambda: _shares(FOUR)),
    Claim("$20 : 5$ would be $0.8$ to $0.2$", lambda: (20 / 25, 5 / 25)),
    Claim("$0.9412$ to $0.0588$", lambda: (400 / 425, 25 / 425)),
    Claim(
        r"(10 / \sqrt{200 / 3}, 0) = (1.2247, 0)$",
        lambda: float(_along(0)[0] / np.std(_along(0), ddof=1)),
    ),
    Claim(r"$\mathbf{x} = (0.8333, 1.5)$ holds", lambda: np.polyfit((0, 1, 2), (1, 2, 4), 1)[::-1]),
    Claim(
        r"$\sqrt{10} = 3.1623$ and $\sqrt 5 = 2.2361$", lambda: (math.hypot(3, 1), math.hypot(1, 2))
    ),
)
