"""What a call changed in place: found out in the session, done again in the grader."""

from __future__ import annotations

import collections
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchmarks.isolation.values import Encoder


@dataclass(frozen=True)
class Rebound:
    """Names around a function that it binds anew itself: `global calls; calls += 1`."""

    function: types.FunctionType
    names: tuple[str, ...]

    def read(self) -> dict[str, Any]:
        """What the names stand for now."""
        return {name: self._place(name)[0] for name in self.names}

    def write(self, values: dict[str, Any]) -> None:
        """Let them stand for something else."""
        for name in self.names:
            self._place(name)[1](values[name])

    def _place(self, name: str) -> tuple[Any, Callable[[Any], None]]:
        if name in self.function.__code__.co_freevars:
            cells = self.function.__closure__ or ()
            cell = cells[self.function.__code__.co_freevars.index(name)]
            return cell.cell_contents, lambda value: setattr(cell, "cell_contents", value)
        around = self.function.__globals__
        return around.get(name), lambda value: around.__setitem__(name, value)


def remembered(values: Sequence[Any]) -> list[Any]:
    """What is in each of some objects now, so that a change can be seen."""
    return [_inside(value) for value in values]


def changes(values: Sequence[Any], before: Sequence[Any], encoder: Encoder) -> list[Any]:
    """Number and contents of each object that is not as it was before."""
    return [
        [number, encoder.contents(_contents(value))]
        for number, value in enumerate(values)
        if not _same(before[number], _inside(value))
    ]


def unchanged(before: Sequence[Any], now: Sequence[Any]) -> bool:
    """Whether what is remembered of objects is the same."""
    return all(map(_same, before, now))


def _contents(value: Any) -> Any:
    if isinstance(value, Rebound):
        return value.read()
    return vars(value) if _is_instance(value) else value


def change(value: Any, inside: Any) -> None:
    """Give an object the contents that it has in the session; an error if they do not fit."""
    if isinstance(value, Rebound) and type(inside) is dict:
        value.write(inside)
    elif isinstance(value, (list, bytearray)) and isinstance(inside, (list, bytes)):
        value[:] = inside
    elif _are(dict, value, inside) or _are(set, value, inside):
        value.clear()
        value.update(inside)
    elif isinstance(value, collections.deque) and isinstance(inside, collections.deque):
        value.clear()
        value.extend(inside)
    elif isinstance(value, np.ndarray) and isinstance(inside, np.ndarray):
        value[...] = inside
    elif isinstance(value, Tensor) and isinstance(inside, Tensor):
        _change_tensor(value, inside)
    elif _is_instance(value) and type(inside) is dict:
        vars(value).clear()
        vars(value).update({str(name): entry for name, entry in inside.items()})
    else:
        raise TypeError


def _are(kind: type, value: Any, inside: Any) -> bool:
    return isinstance(value, kind) and isinstance(inside, kind)


def _change_tensor(value: Tensor, inside: Tensor) -> None:
    if value.shape == inside.shape and value.dtype == inside.dtype:
        with torch.no_grad():
            value.data.copy_(inside.detach())
    else:
        value.data = inside.detach()
    if value.is_leaf:
        if inside.requires_grad and not value.requires_grad:
            value.requires_grad_()
        value.grad = inside.grad


def _is_instance(value: Any) -> bool:
    known = (list, dict, set, collections.deque, bytearray, np.ndarray, Tensor)
    return not isinstance(value, known)


def _inside(value: Any) -> Any:
    if isinstance(value, Tensor):
        gradient = value.grad if value.is_leaf else None
        return (
            value.detach().clone(),
            value.requires_grad,
            None if gradient is None else gradient.detach().clone(),
        )
    if isinstance(value, np.ndarray):
        return (value.copy(),)
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, set):
        return [frozenset(value)]
    if isinstance(value, Rebound):
        return list(value.read().values())
    if isinstance(value, bytearray):
        return [bytes(value)]
    if isinstance(value, (list, collections.deque)):
        return list(value)
    return [*vars(value).keys(), *vars(value).values()]


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, list):
        return len(before) == len(after) and all(map(_is_or_equals, before, after))
    return all(map(_equal, before, after))


def _is_or_equals(one: Any, other: Any) -> bool:
    if one is other:
        return True
    # Never by a rule of the student's or an array's: what is no plain value is itself or another.
    plain = (int, float, str, bytes, frozenset)
    return type(one) is type(other) and type(one) in plain and bool(one == other)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.shape == other.shape and one.dtype == other.dtype and _same_bits(one, other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return (
            one.shape == other.shape
            and one.dtype == other.dtype
            and (one.tobytes() == other.tobytes())
        )
    return one is other or (type(one) is bool and one == other)


def _same_bits(one: Tensor, other: Tensor) -> bool:
    try:
        return bool(((one == other) | ((one != one) & (other != other))).all())
    except RuntimeError:  # a sparse or quantized one, which cannot be compared so
        return True
