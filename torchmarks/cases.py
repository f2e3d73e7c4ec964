"""Inputs for checks: seeded, uneven, and the same on every machine and in every order of checks.

Every function has its own generator, so neither a student's `manual_seed` nor another check changes
what comes out. All give float64 unless told otherwise: float64 shows whether a formula is right,
`.float()` whether it is stable.
"""

from __future__ import annotations

import torch
from torch import Tensor


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> Tensor:
    """Standard normal numbers."""
    return torch.randn(*shape, generator=_generator(seed), dtype=torch.float64)


def uniform(*shape: int, low: float = 0.0, high: float = 1.0, seed: int = 0) -> Tensor:
    """Uniform numbers in [low, high)."""
    unit = torch.rand(*shape, generator=_generator(seed), dtype=torch.float64)
    return low + (high - low) * unit


def positive(*shape: int, seed: int = 0) -> Tensor:
    """Positive numbers of uneven size, log-normal: standard deviations, rates, variances."""
    return (0.7 * normal(*shape, seed=seed)).exp()


def logits(*shape: int, seed: int = 0) -> Tensor:
    """Scores of a classifier, along the last axis; spread enough that some classes stand out."""
    return 3.0 * normal(*shape, seed=seed)


def simplex(*shape: int, seed: int = 0) -> Tensor:
    """Probability vectors along the last axis, all entries positive."""
    return torch.softmax(1.5 * normal(*shape, seed=seed), dim=-1)


def sparse_simplex(*shape: int, seed: int = 0) -> Tensor:
    """Probability vectors along the last axis in which about half of the entries are exactly 0."""
    p = simplex(*shape, seed=seed)
    keep = uniform(*shape, seed=seed + 1) < 0.5
    keep[..., 0] = True
    p = torch.where(keep, p, 0.0)
    return p / p.sum(dim=-1, keepdim=True)


def joint(*shape: int, seed: int = 0) -> Tensor:
    """Joint probabilities over the last two axes, rows and columns of uneven mass."""
    return simplex(*shape[:-2], shape[-2] * shape[-1], seed=seed).reshape(shape)


def labels(n: int, classes: int, seed: int = 0) -> Tensor:
    """Class labels of shape (n,), int64."""
    return torch.randint(classes, (n,), generator=_generator(seed))


def flips(*shape: int, probability: float = 0.5, seed: int = 0) -> Tensor:
    """Independent zeros and ones, as float64; ones with the given probability."""
    return (uniform(*shape, seed=seed) < probability).double()


def orthogonal(n: int, k: int | None = None, seed: int = 0) -> Tensor:
    """A matrix (n, k) with orthonormal columns."""
    q, _ = torch.linalg.qr(normal(n, n, seed=seed))
    columns: Tensor = q[:, : n if k is None else k].contiguous()
    return columns


def spd(n: int, condition: float = 20.0, seed: int = 0) -> Tensor:
    """A symmetric positive definite matrix (n, n), eigenvalues from 1 up to `condition`."""
    q = orthogonal(n, seed=seed)
    eigenvalues = torch.logspace(0, torch.log10(torch.tensor(condition)).item(), n).double()
    return (q * eigenvalues) @ q.T
