"""Stand-ins: objects of the student's as a grade cell sees them, while they stay in the session.

A stand-in decides nothing. What is compared is compared in the grader, between values that were
built there: `stand_in == 5` is false whatever the student's `__eq__` would say, and `stand_in - 5`
is an error unless the instructor's notebook asks for a class with a `__sub__`. Classes of the
student's are classes here, so that `type(x) is Stack` and `issubclass(Net, nn.Module)` hold.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from torchmarks.calls import Outcome
from torchmarks.isolation import disguises, handles
from torchmarks.isolation.methods import COMPARING, METHODS
from torchmarks.isolation.records import Caller, Record, ask, known, plain, record
from torchmarks.watch import Watch


class RemoteClass(type):
    """The type of stand-ins' classes. All of these but `StandIn` stand for a class themselves."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], members: dict[str, Any], **options: Any
    ) -> Any:
        """A class made by `class_of`; one of the test's below a student's is made there."""
        below = next((found for base in bases if (found := record(base))), None)
        if below is None or "_class_record" in members:
            return super().__new__(cls, name, bases, members)
        cell = members.pop("__classcell__", None)
        made = below.session.call(handles.made_class, name, bases, members)
        if cell is not None:
            cell.cell_contents = made
        return made

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        """An object of the class, made in the session."""
        __tracebackhide__ = True
        found = record(cls)
        if found is None:
            return super().__call__(*arguments, **keywords)
        return found.session.call(cls, *arguments, keywords=keywords)

    def __getattribute__(cls, name: str) -> Any:
        if _is_special(name) or record(cls) is None:
            return super().__getattribute__(name)
        return ask(getattr, cls, name)

    def __getattr__(cls, name: str) -> Any:
        return disguises.special(record(cls), cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if _is_special(name):
            super().__setattr__(name, value)
        else:
            ask(setattr, cls, name, value)

    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance) or record(cls) is None:
            return super().__instancecheck__(instance)
        return ask(handles.has_instance, cls, instance) is True

    def __subclasscheck__(cls, subclass: Any) -> bool:
        if super().__subclasscheck__(subclass) or record(cls) is None:
            return super().__subclasscheck__(subclass)
        return ask(handles.has_subclass, cls, subclass) is True

    def __bool__(cls) -> bool:
        return True

    def __iter__(cls) -> Iterator[Any]:
        return iter(ask(iter, cls))

    def __len__(cls) -> int:
        return plain(ask(len, cls), int)

    def __getitem__(cls, key: Any) -> Any:
        return ask(operator.getitem, cls, key)

    def __observe__(cls, arguments: tuple[Any, ...], *options: Any) -> Outcome:
        return known(cls).session.observe(cls, arguments, *options)

    def __watched__(cls, watch: Watch, seconds: float) -> AbstractContextManager[None]:
        return known(cls).session.watching(watch, seconds)


class StandIn(metaclass=RemoteClass):
    """Stands for an object that stays in the session. Everything it is asked is asked there."""

    __slots__ = ("__weakref__", "_record")

    def __observe__(self, arguments: tuple[Any, ...], *options: Any) -> Outcome:
        return known(self).session.observe(self, arguments, *options)

    def __watched__(self, watch: Watch, seconds: float) -> AbstractContextManager[None]:
        return known(self).session.watching(watch, seconds)

    def __getattribute__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name == "__class__" or name == "__doc__" or name == "__dict__":
            return disguises.special(record(self), self, name)
        if _is_special(name):
            return object.__getattribute__(self, name)
        if name.startswith(("_repr_", "_ipython_")):
            raise AttributeError(name)
        return ask(getattr, self, name)

    def __getattr__(self, name: str) -> Any:
        # Protocols such as `__array__` and `__torch_function__` would let the student's code step
        # in where values are compared, so special names are asked for by a list of them.
        return disguises.special(record(self), self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        ask(setattr, self, name, value)

    def __delattr__(self, name: str) -> None:
        ask(delattr, self, name)

    def __dir__(self) -> list[str]:
        return [str(name) for name in ask(dir, self)]

    def __bool__(self) -> bool:
        return plain(ask(bool, self), bool)

    def __str__(self) -> str:
        return plain(ask(str, self), str)

    def __repr__(self) -> str:
        return plain(ask(repr, self), str)

    def __hash__(self) -> int:
        return plain(ask(hash, self), int)

    def __copy__(self) -> Any:
        return ask(handles.copied, self)

    def __deepcopy__(self, memo: Any) -> Any:
        return ask(handles.deeply_copied, self)

    # Comparisons are the grader's. Two objects of the student's may be compared by their own rule.

    def __eq__(self, other: Any) -> Any:
        return _both(self, other) and ask(operator.eq, self, other) is True

    def __ne__(self, other: Any) -> Any:
        return not self == other

    def __lt__(self, other: Any) -> Any:
        return ask(operator.lt, self, other) is True if _both(self, other) else NotImplemented

    def __le__(self, other: Any) -> Any:
        return ask(operator.le, self, other) is True if _both(self, other) else NotImplemented

    def __gt__(self, other: Any) -> Any:
        return ask(operator.gt, self, other) is True if _both(self, other) else NotImplemented

    def __ge__(self, other: Any) -> Any:
        return ask(operator.ge, self, other) is True if _both(self, other) else NotImplemented


def class_of(session: Caller, handle: dict[str, Any], bases: tuple[type, ...]) -> type:
    """A class for a handle of one; `bases` are those that are the student's too."""
    name = session.known.word(handle.get("name"), "object")
    said = handle.get("methods")
    members: dict[str, Any] = {
        method: METHODS[method]
        for method in (said if isinstance(said, list) else ())
        if method in METHODS and (method not in COMPARING or method in session.known.operators)
    }
    members |= {
        "__slots__": (),
        "__doc__": str(handle.get("doc") or "") or None,
        "__module__": "__main__",
        "_class_record": Record(session, handle["number"], "", handle),
    }
    torchs = disguises.known_class(handle)
    below = bases or (StandIn,)
    both = (*below, torchs) if torchs is not None and disguises.may_be_base(torchs) else below
    for possible in (both, below):
        with contextlib.suppress(TypeError):  # they cannot be bases of one class
            return _new_class(name, possible, members)
    return _new_class(name, (StandIn,), members)


_new_class: Callable[..., type] = RemoteClass


def made(kind: type, session: Caller, name: str, handle: dict[str, Any]) -> Any:
    """A stand-in of a class that `class_of` made."""
    value: Any = object.__new__(kind)
    object.__setattr__(value, "_record", Record(session, handle["number"], name, handle))
    return value


def named(value: Any, name: str) -> None:
    """Note that an object was found by this name: it can be found again, should Python crash."""
    _note(value, name=name)


def _note(value: Any, **changed: Any) -> None:
    where, store = ("_class_record", type) if type(value) is RemoteClass else ("_record", object)
    store.__setattr__(value, where, replace(known(value), **changed))


def moved(value: Any, session: Caller, number: int) -> None:
    """Note that an object is in another session now."""
    _note(value, session=session, number=number, name="")


def _both(one: Any, other: Any) -> bool:
    return record(one) is not None and record(other) is not None


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
