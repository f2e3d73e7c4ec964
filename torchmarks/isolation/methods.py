"""Special methods of a stand-in: it has those that the object's class has."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Generator
from typing import Any

from torchmarks.isolation import handles
from torchmarks.isolation.handles import OPERATORS, SPECIAL
from torchmarks.isolation.records import ask, known, plain


def _call(self: Any, *arguments: Any, **keywords: Any) -> Any:
    __tracebackhide__ = True
    return known(self).session.call(self, *arguments, keywords=keywords)


def _await(self: Any) -> Generator[None, None, Any]:
    return ask(handles.awaited, self)
    yield  # so that this is a generator, whose value `await` takes


def _iterated(self: Any) -> Any:
    return self if hasattr(type(self), "__next__") else iter(ask(iter, self))


def _method(function: Callable[..., Any], kind: type | None = None) -> Callable[..., Any]:
    def method(self: Any, *arguments: Any) -> Any:
        __tracebackhide__ = True
        answer = ask(function, self, *arguments)
        return answer if kind is None else plain(answer, kind)

    return method


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        __tracebackhide__ = True
        return known(self).session.call(function, other, self)

    return method


def _operators() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for name in OPERATORS:
        function = divmod if name == "divmod" else getattr(operator, f"__{name}__")
        found[f"__{name}__"] = _method(function)
        found[f"__r{name}__"] = _reflected(function)
        if name != "divmod":
            found[f"__i{name}__"] = _method(getattr(operator, f"__i{name}__"))
    return found


#: These would be asked with a value of the test's, and could agree with whatever it is.
COMPARING = {**_operators(), "__contains__": _method(operator.contains)}
METHODS: dict[str, Callable[..., Any]] = {
    **COMPARING,
    "__call__": _call,
    "__iter__": _iterated,
    "__next__": _method(next),
    "__len__": _method(len, int),
    "__getitem__": _method(operator.getitem),
    "__setitem__": _method(operator.setitem),
    "__delitem__": _method(operator.delitem),
    "__enter__": _method(handles.entered),
    "__exit__": lambda self, kind, error, _: ask(handles.left, self, kind, error),
    "__await__": _await,
    "__reversed__": _method(reversed),
    "__round__": _method(round),
    "__format__": _method(format, str),
    **{f"__{name}__": _method(getattr(operator, name)) for name in ("neg", "pos", "abs", "invert")},
    **{f"__{kind.__name__}__": _method(kind, kind) for kind in (int, float, complex)},
    "__index__": _method(operator.index, int),
    **{f"__{name}__": _method(getattr(math, name)) for name in ("trunc", "floor", "ceil")},
}
assert set(METHODS) <= set(SPECIAL)
