"""Stand-ins: objects of the student's as a grade cell sees them, while they stay in the session.

A stand-in decides nothing. What is compared is compared in the grader, between values that were
built there: `stand_in == 5` is false whatever the student's `__eq__` would say.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import operator
import pickle
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import cloudpickle
import numpy as np
from torch import Tensor

from torchmarks.calls import NoAnswer, Outcome
from torchmarks.watch import Watch

_Plain = TypeVar("_Plain")


class Caller(Protocol):
    """Where the calls of a stand-in go: a `remote.Session`."""

    def call(self, function: Any, *arguments: Any, keywords: dict[str, Any] | None = None) -> Any:
        """Call something in the session."""

    def observe(self, function: Any, arguments: tuple[Any, ...], *options: Any) -> Outcome:
        """See what `calls.observe` sees of a call."""

    def watching(self, watch: Watch, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Tell `watch` what runs within."""


@dataclass(frozen=True)
class Known:
    """What a reader of the notebook knows: lines of the submission, words of it and of its tests.

    Names and lines that a session sends are shown only if they are among these; others could have
    been made up to carry the inputs of a hidden test.
    """

    lines: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def word(self, word: Any, otherwise: str) -> str:
        """`word`, if it is known or Python's own."""
        own = isinstance(word, str) and (word in self.words or hasattr(builtins, word))
        return word if own else otherwise


class StandIn:
    """Stands for an object that stays in the session. Everything it is asked is asked there."""

    def __init__(self, session: Caller, reference: Any, handle: dict[str, Any]) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_reference", reference)
        object.__setattr__(self, "_handle", handle)
        name = reference[1] if reference[0] == "name" else str(handle.get("name") or "")[:100]
        object.__setattr__(self, "__name__", name)
        object.__setattr__(self, "__doc__", str(handle.get("doc") or ""))

    def __observe__(self, arguments: tuple[Any, ...], *options: Any) -> Outcome:
        outcome: Outcome = self._session.observe(self, arguments, *options)
        return outcome

    def __watched__(self, watch: Watch, seconds: float) -> contextlib.AbstractContextManager[None]:
        watching: contextlib.AbstractContextManager[None] = self._session.watching(watch, seconds)
        return watching

    def _ask(self, function: Any, *arguments: Any, **keywords: Any) -> Any:
        __tracebackhide__ = True
        return self._session.call(function, self, *arguments, keywords=keywords)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the object in the session."""
        __tracebackhide__ = True
        return self._session.call(self, *arguments, keywords=keywords)

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("_repr_") or name.startswith("_ipython_"):
            raise AttributeError(name)
        return self._ask(getattr, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask(setattr, name, value)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """The nearest class of the object that the grader knows, so that `isinstance` works."""
        return _known_class(self._handle) or type(self)

    def __instancecheck__(self, instance: Any) -> bool:
        # Nothing that was built in the grader is an object of the student's.
        return issubclass(type(instance), StandIn) and self._ask(_is_instance, instance) is True

    def __subclasscheck__(self, subclass: Any) -> bool:
        return self._ask(_is_subclass, subclass) is True

    def __iter__(self) -> Iterator[Any]:
        if self._handle.get("iterator"):
            return self
        return iter(self._ask(iter))

    def __next__(self) -> Any:
        __tracebackhide__ = True
        return self._ask(next)

    def __len__(self) -> int:
        return _plain(self._ask(len), int)

    def __bool__(self) -> bool:
        return _plain(self._ask(bool), bool)

    def __str__(self) -> str:
        return _plain(self._ask(str), str)

    def __repr__(self) -> str:
        return _plain(self._ask(repr), str)

    def __enter__(self) -> Any:
        return self._ask(_enter)

    def __exit__(self, *error: Any) -> None:
        self._ask(_exit)

    # Comparisons are the grader's. Two objects of the student's may be compared by their own rule.

    def __eq__(self, other: Any) -> Any:
        if not isinstance(type(other), type) or not issubclass(type(other), StandIn):
            return False
        return self._ask(operator.eq, other) is True

    def __ne__(self, other: Any) -> Any:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._reference)


def _forward(name: str, function: Any) -> None:
    def method(self: StandIn, *arguments: Any) -> Any:
        __tracebackhide__ = True
        return self._ask(function, *arguments)

    setattr(StandIn, name, method)


def _reflect(name: str, function: Any) -> None:
    def method(self: StandIn, other: Any) -> Any:
        __tracebackhide__ = True
        return self._session.call(function, other, self)

    setattr(StandIn, name, method)


def _compare(name: str, function: Any) -> None:
    def method(self: StandIn, other: Any) -> Any:
        # Like `__eq__`: never between the student's rule and a value of the test.
        if not issubclass(type(other), StandIn):
            return NotImplemented
        return self._ask(function, other) is True

    setattr(StandIn, name, method)


_BINARY = ["add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"]
for _name in [*_BINARY, "and", "or", "xor"]:
    _function = getattr(operator, _name, None) or getattr(operator, f"{_name}_")
    _forward(f"__{_name}__", _function)
    _reflect(f"__r{_name}__", _function)
for _name in ["neg", "pos", "abs", "invert", "getitem", "setitem", "delitem", "contains"]:
    _forward(f"__{_name}__", getattr(operator, _name))
for _name in ["lt", "le", "gt", "ge"]:
    _compare(f"__{_name}__", getattr(operator, _name))


# These run in the session.


def _is_instance(kind: Any, instance: Any) -> bool:
    return isinstance(instance, kind)


def _is_subclass(kind: Any, subclass: Any) -> bool:
    return issubclass(subclass, kind)


def _enter(manager: Any) -> Any:
    return manager.__enter__()


def _exit(manager: Any) -> Any:
    return manager.__exit__(None, None, None)


class _Parcel(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles a question; a stand-in travels as a reference to what it stands for."""

    def persistent_id(self, value: Any) -> Any:
        """The reference of a stand-in, or of a class made for a student's exception."""
        if issubclass(type(value), StandIn):
            return object.__getattribute__(value, "_reference")
        if isinstance(value, type):
            return vars(value).get("_reference")
        return None


def pickled(payload: Any) -> bytes:
    """A question for the session; raises `RuntimeError` where it holds what cannot travel."""
    buffer = io.BytesIO()
    try:
        _Parcel(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(payload)
    except Exception as error:
        raise RuntimeError(f"this test sends what cannot travel to the session: {error}") from None
    return buffer.getvalue()


def _plain(value: Any, kind: type[_Plain]) -> _Plain:
    if type(value) is not kind:
        raise TypeError(f"the student's object gave no {kind.__name__}")
    return value


def _imported(entry: Any) -> Any:
    """What a module of the grader's has under a name, if it has imported that module.

    Nothing is asked: a module may look up what it has not, and that of the cells would ask again.
    """
    if not (isinstance(entry, list) and len(entry) == 2) or entry[0] == "__main__":
        return None
    return getattr(sys.modules.get(str(entry[0])), "__dict__", {}).get(str(entry[1]))


def _known_class(handle: dict[str, Any]) -> Any:
    """The first of an object's classes that the grader has imported itself."""
    for entry in handle.get("bases") or ():
        found = _imported(entry)
        # What is a number or a string would have travelled: this one lies.
        if found is None or entry[0] == "builtins":
            continue
        # Tensors and arrays travel: what stayed and calls itself one is none.
        if isinstance(found, type) and not issubclass(found, (Tensor, np.ndarray, np.generic)):
            return found
    return None


def exception_class(handle: dict[str, Any], known: Known) -> type[BaseException]:
    """The grader's own exception class of that name; one made for a class of the student's."""
    name = known.word(handle.get("name"), "StudentError")
    base: type[BaseException] = Exception
    for position, entry in enumerate(handle.get("bases") or ()):
        found = _imported(entry)
        usable = isinstance(found, type) and issubclass(found, BaseException)
        if usable and not issubclass(found, NoAnswer):
            if position == 0:
                known_class: type[BaseException] = found
                return known_class
            base = found
            break
    if base is BaseException:
        base = Exception
    reference = ("number", handle["number"])
    made: type[BaseException] = type(name, (base,), {"_reference": reference})
    return made
