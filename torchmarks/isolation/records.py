"""What the grader knows of an object that stays in a session, and where it asks about it."""

from __future__ import annotations

import builtins
import contextlib
import types
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from torchmarks.calls import Outcome
from torchmarks.watch import Watch

_Plain = TypeVar("_Plain")
_PYTHON = {kind.__name__ for kind in vars(types).values() if isinstance(kind, type)}
#: What torch and NumPy raise of their own: few, for a long list of names could spell a number.
_LIBRARIES = {"AxisError", "LinAlgError", "OutOfMemoryError", "_LinAlgError"}


@dataclass(frozen=True)
class Known:
    """What a reader of the notebook knows: lines of the submission, words of it and of its tests.

    Names and lines that a session sends are shown only if they are among these; others could have
    been made up to carry the inputs of a hidden test. `operators` are the special methods that the
    instructor's notebook speaks of.
    """

    lines: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    operators: frozenset[str] = frozenset()

    def word(self, word: Any, otherwise: str) -> str:
        """`word`, if it is known, or Python's or a library's own."""
        own = isinstance(word, str) and (
            word in self.words or hasattr(builtins, word) or word in _PYTHON | _LIBRARIES
        )
        return word if own else otherwise


class Caller(Protocol):
    """Where the calls of a stand-in go: a `remote.Session`."""

    known: Known

    def call(self, function: Any, *arguments: Any, keywords: dict[str, Any] | None = None) -> Any:
        """Call something in the session."""

    def packed(self, value: Any) -> bytes:
        """Pickle an object of the session, in the session."""

    def observe(self, function: Any, arguments: tuple[Any, ...], *options: Any) -> Outcome:
        """See what `calls.observe` sees of a call."""

    def watching(self, watch: Watch, seconds: float) -> AbstractContextManager[None]:
        """Tell `watch` what runs within."""


@dataclass(frozen=True)
class Record:
    """Which object of which session a stand-in stands for; its name, if it was found by one."""

    session: Caller
    number: int
    name: str
    handle: dict[str, Any]


def record(value: Any) -> Record | None:
    """The record of a stand-in, or of a class of these; None of anything else."""
    found = None
    # Past all look-ups of the stand-in's own, which would ask the session.
    if issubclass(type(value), type):
        found = type.__getattribute__(value, "__dict__").get("_class_record")
    else:
        with contextlib.suppress(AttributeError):
            found = object.__getattribute__(value, "_record")
    return found if type(found) is Record else None


def known(value: Any) -> Record:
    """The record of what is a stand-in."""
    found = record(value)
    assert found is not None
    return found


def ask(function: Callable[..., Any], value: Any, *arguments: Any) -> Any:
    """Let the session of a stand-in call `function(value, *arguments)`."""
    __tracebackhide__ = True
    return known(value).session.call(function, value, *arguments)


def plain(value: Any, kind: type[_Plain]) -> _Plain:
    """`value`, which a special method of the student's gave, if it is of this kind."""
    if type(value) is not kind:
        raise TypeError(f"the student's object gave no {kind.__name__}")
    return value
