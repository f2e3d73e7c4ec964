"""Gradients through a call: a graph that begins in the grader goes on in the session.

A tensor that a call returns with a graph behind it gets a node here, whose backward pass asks the
session. Leaf tensors of the student's, such as the parameters of a model, are mirrored: an
optimizer in a test may step them, and the next question takes the step along.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from torchmarks.isolation.changes import remembered, unchanged

#: Asks the session for gradients: of which tensor, for which ones, after which gradient.
Ask = Callable[[int, list[int], Tensor], Any]


class Mirrors:
    """Leaf tensors that came from the session, by their number there."""

    def __init__(self) -> None:
        self._tensors: dict[int, Tensor] = {}
        self._sent: dict[int, list[Any]] = {}

    def number(self, value: Any) -> int | None:
        """The number of a mirrored tensor."""
        return next((n for n, tensor in self._tensors.items() if tensor is value), None)

    def take(self, number: int, value: Tensor) -> Tensor:
        """The mirror of a tensor, which is `value` if there was none."""
        mirror = self._tensors.setdefault(number, value)
        if mirror is not value:
            mirror.data, mirror.grad = value.data, value.grad
        self._sent[number] = remembered([mirror])
        return mirror

    def pending(self) -> dict[int, tuple[Tensor, Tensor | None]]:
        """Mirrors that a test changed since the session heard of them; from now on it has."""
        found = {}
        for number, mirror in self._tensors.items():
            now = remembered([mirror])
            if not unchanged(self._sent[number], now):
                found[number] = (mirror.detach(), mirror.grad)
                self._sent[number] = now
        return found

    def in_use(self) -> list[Tensor]:
        """The mirrors that a test still holds; others are forgotten."""
        for number in list(self._tensors):
            if sys.getrefcount(self._tensors[number]) <= 2:
                del self._tensors[number], self._sent[number]
        return list(self._tensors.values())

    def settle(self, value: Tensor) -> None:
        """The session knows of this change of a mirror, for it made it."""
        number = self.number(value)
        if number is not None:
            self._sent[number] = remembered([value])

    def clear(self) -> None:
        """Forget them all: the process that had them is gone."""
        self._tensors.clear()
        self._sent.clear()


def joined(value: Tensor, number: int, inputs: Sequence[tuple[Tensor, int]], ask: Ask) -> Tensor:
    """`value` with a graph behind it, whose gradients the session computes."""
    used = [(tensor, n) for tensor, n in inputs if tensor.requires_grad]
    # A node needs an input that asks for a gradient, even if all of them are in the session.
    tensors = [tensor for tensor, _ in used] or [torch.zeros(0, requires_grad=True)]
    answer: Tensor = _Node.apply(  # type: ignore[no-untyped-call]
        value.detach(), number, [n for _, n in used], ask, *tensors
    )
    return answer


class _Node(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, value: Tensor, number: int, numbers: list[int], ask: Ask, *inputs: Tensor
    ) -> Tensor:
        ctx.question = number, numbers, ask
        ctx.shapes = [tensor.shape for tensor in inputs]
        return value.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        number, numbers, ask = ctx.question
        answers = ask(number, numbers, gradient.contiguous())
        fits = isinstance(answers, list) and len(answers) == len(numbers)
        found = list(answers) if fits else [None] * len(numbers)
        for place, answer in enumerate(found):
            if not isinstance(answer, Tensor) or answer.shape != ctx.shapes[place]:
                found[place] = None
        return (None, None, None, None, *(found or [None]))
