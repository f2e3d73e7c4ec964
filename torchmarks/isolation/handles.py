"""What a session tells the grader of an object that stays there: enough for a look-alike.

A handle holds a number, words and names of special methods. The functions at the end run in the
session, at the grader's request, for what the look-alike is asked (`standins.py`).
"""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import inspect
import types
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

#: Operators with two sides. The grader lets a look-alike have those that the course asks for.
OPERATORS = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "divmod"),
    *("lshift", "rshift", "and", "or", "xor"),
)
_OTHERS = (
    *("call", "iter", "next", "len", "getitem", "setitem", "delitem", "contains", "reversed"),
    *("enter", "exit", "await", "neg", "pos", "abs", "invert", "round", "format"),
    *("float", "int", "index", "complex", "trunc", "floor", "ceil"),
)
#: Special methods that a look-alike has if the object's class has them.
SPECIAL = (
    *(f"__{name}__" for name in _OTHERS),
    *(f"__{side}{name}__" for name in OPERATORS for side in ("", "r", "i")),
)
_MAX_BASES = 30

Number = Callable[[Any], int]


def described(value: Any, number: Number) -> dict[str, Any]:
    """The handle of an object; `number` numbers it, and its class."""
    handle = {"number": number(value), "kind": kind_of(value)}
    if isinstance(value, type):
        return {**handle, **_class(value, number, 0)}
    kind = type(value)
    return {
        **handle,
        "name": str(getattr(value, "__name__", ""))[:100],
        "doc": str(getattr(value, "__doc__", None) or "")[:10_000],
        "class": {"number": number(kind), **_class(kind, number, 0)},
    }


def kind_of(value: Any) -> str:
    """Which kind of look-alike an object needs."""
    if isinstance(value, type):
        return "exception" if issubclass(value, BaseException) else "class"
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, types.GeneratorType):
        return "generator"
    return "function" if inspect.isfunction(value) else "object"


def _class(kind: type, number: Number, depth: int) -> dict[str, Any]:
    own = [
        {"number": number(base), **_class(base, number, depth + 1)}
        for base in kind.__bases__
        if base.__module__ == "__main__" and depth < _MAX_BASES
    ]
    return {
        "name": str(kind.__name__)[:100],
        "doc": str(kind.__doc__ or "")[:10_000],
        # Not `hasattr`, which would find what a class itself can: every class is callable.
        "methods": [name for name in SPECIAL if any(name in vars(c) for c in kind.__mro__)],
        "bases": own,
        "classes": [[str(c.__module__), str(c.__qualname__)] for c in kind.__mro__][:50],
    }


# What look-alikes ask for. ------------------------------------------------------------------------


def has_instance(kind: Any, value: Any) -> bool:
    """For `isinstance`."""
    return isinstance(value, kind)


def has_subclass(base: Any, kind: Any) -> bool:
    """For `issubclass`."""
    return issubclass(kind, base)


def made_class(name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
    """A class of the test's below one of the student's."""
    return types.new_class(name, bases, {}, lambda namespace: namespace.update(members))


def attributes(value: Any) -> dict[str, Any]:
    """For `vars`."""
    return dict(vars(value))


def entered(manager: Any) -> Any:
    """For the start of a `with`."""
    return manager.__enter__()


def left(manager: Any, kind: Any, error: Any) -> None:
    """For the end of a `with`. What the manager says to an error does not matter."""
    manager.__exit__(kind, error, None)


def awaited(coroutine: Any) -> Any:
    """For `await`: what it comes to."""

    async def wait() -> Any:
        return await coroutine

    return asyncio.run(wait())


def signature(function: Any) -> list[Any]:
    """For `inspect.signature`: name, kind, default and annotation of each parameter."""
    found = inspect.signature(function)
    rows = [
        [p.name, int(p.kind), *_or_nothing(p.default), *_or_nothing(p.annotation)]
        for p in found.parameters.values()
    ]
    return [rows, *_or_nothing(found.return_annotation)]


def _or_nothing(value: Any) -> tuple[bool, Any]:
    return (False, None) if value is inspect.Parameter.empty else (True, value)


def code(function: Any) -> list[Any]:
    """For `inspect.getsource` and `__code__`: text and names, nothing that could run."""
    inner = function.__code__
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        text = ""
    counts = [inner.co_argcount, inner.co_posonlyargcount, inner.co_kwonlyargcount]
    names = [list(inner.co_varnames), list(inner.co_names), list(inner.co_freevars)]
    return [text, counts, names, inner.co_flags]


def copied(value: Any) -> Any:
    """For `copy.copy`."""
    return copy.copy(value)


def deeply_copied(value: Any) -> Any:
    """For `copy.deepcopy`."""
    return copy.deepcopy(value)


def backward(value: Tensor, inputs: list[Tensor], gradient: Tensor) -> list[Tensor | None]:
    """The gradients of some leaf tensors; others get theirs added up."""
    own = [tensor.grad for tensor in inputs]
    for tensor in inputs:
        tensor.grad = None
    try:
        torch.autograd.backward(value, gradient, retain_graph=True)
        return [tensor.grad for tensor in inputs]
    finally:
        for tensor, before in zip(inputs, own, strict=True):
            tensor.grad = before


def field_names(kind: Any) -> list[str]:
    """For `dataclasses.fields`."""
    return [field.name for field in dataclasses.fields(kind)]
