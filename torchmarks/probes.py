"""Probes: small functions that run a student's function and return one value about it.

A probe goes into `marks.check(..., through=probe)`. It runs where the function runs, so it is no
secret; its answer is only a value, compared like every other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


class LostGraph(Exception):
    """The function's answer does not depend on its input, as far as autograd can see."""


@dataclass(frozen=True)
class _Gradient:
    """A class, for a function within a function would travel with all that it refers to."""

    wrt: int
    seed: int

    __name__ = "gradient"

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Tensor | None:
        wrt = self.wrt
        leaf = arguments[wrt].detach().clone().requires_grad_()
        answer = function(*arguments[:wrt], leaf, *arguments[wrt + 1 :])
        if answer is None:
            return None
        if not isinstance(answer, Tensor) or not answer.requires_grad:
            raise LostGraph
        generator = torch.Generator().manual_seed(self.seed)
        upstream = torch.randn(answer.shape, generator=generator, dtype=torch.float64)
        (found,) = torch.autograd.grad(answer, leaf, upstream.to(answer.dtype), allow_unused=True)
        if not isinstance(found, Tensor):
            raise LostGraph
        return found


def gradient(wrt: int = 0, seed: int = 1) -> Callable[..., Tensor | None]:
    """A probe for the gradient with respect to argument number `wrt`.

    It sends a random upstream gradient back, so that a gradient which happens to sum to zero (as a
    softmax's does) is still seen.
    """
    return _Gradient(wrt, seed)
