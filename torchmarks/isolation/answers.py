"""What comes back from a snapshot: values rebuilt here, stand-ins for what stays there.

An exception of the student's is raised anew, as the class of that name that the grader knows
already, or as one made for it. Nothing that comes is believed to be what it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from torch import Tensor

from torchmarks.calls import Verdict
from torchmarks.isolation.changes import change
from torchmarks.isolation.channel import Malformed
from torchmarks.isolation.disguises import known_module
from torchmarks.isolation.failures import failed
from torchmarks.isolation.gradients import Mirrors, joined
from torchmarks.isolation.handles import backward
from torchmarks.isolation.parcels import Kept
from torchmarks.isolation.raising import exception, exception_class
from torchmarks.isolation.rebuilding import Decoder
from torchmarks.isolation.records import Caller, record
from torchmarks.isolation.standins import RemoteClass, class_of, made, named


class Answers:
    """Understands the answers of one session."""

    def __init__(self, session: Caller, mirrors: Mirrors) -> None:
        self._session = session
        self._mirrors = mirrors
        #: Stand-ins by the numbers of their objects.
        self._objects: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._classes: dict[int, Any] = {}

    def stands_for(self, value: Any, number: int) -> None:
        """Let a stand-in stand for the object of that number from now on."""
        (self._classes if type(value) is RemoteClass else self._objects)[number] = value

    def result(self, header: dict[str, Any], blobs: list[bytes], shared: list[Any]) -> Any:
        """What a call gave, or its exception raised; `shared` are the arguments it may change."""
        __tracebackhide__ = True
        decoder = self._decoder(blobs, shared, header.get("inputs"))
        plain = Decoder(blobs, self._stand_in, shared)
        try:
            for place, code in entries(header.get("changes")):
                value = shared[index(place)]
                if isinstance(value, Tensor):
                    change(value, plain.decode(code))
                    self._mirrors.settle(value)
                else:
                    change(value, decoder.decode(code))
            if "raised" in header:
                raised = exception(header["raised"], self._class, decoder, self._session.known)
            else:
                return decoder.decode(header.get("value"))
        except (Malformed, TypeError, ValueError, KeyError, IndexError, RuntimeError):
            raise failed(Verdict.MALFORMED) from None
        raise raised

    def value(self, code: Any, blobs: list[bytes], name: str = "") -> Any:
        """A value of the session, which `name` stands for there."""

        def rebuild(handle: dict[str, Any]) -> Any:
            # What lies inside of a container has no name of its own.
            top = isinstance(code, dict) and code.get("handle") is handle
            return self._stand_in(handle, name if top else "")

        try:
            return self._decoder(blobs, [], None, rebuild).decode(code)
        except Malformed:
            raise failed(Verdict.MALFORMED) from None

    def _decoder(
        self,
        blobs: list[bytes],
        shared: list[Any],
        inputs: Any,
        rebuild: Callable[[dict[str, Any]], Any] | None = None,
    ) -> Decoder:
        def link(value: Tensor, code: dict[str, Any]) -> Tensor:
            number = index(code["kept"])
            if code.get("leaf") is True:
                return self._mirrors.take(number, value)
            pairs = [(shared[index(place)], index(n)) for place, n in entries(inputs)]
            tensors = [(tensor, n) for tensor, n in pairs if isinstance(tensor, Tensor)]
            return joined(value, number, tensors, self._gradients)

        return Decoder(blobs, rebuild or self._stand_in, shared, link, self._class)

    def _gradients(self, number: int, numbers: list[int], gradient: Tensor) -> Any:
        return self._session.call(backward, Kept(number), [Kept(n) for n in numbers], gradient)

    def _stand_in(self, handle: dict[str, Any], name: str = "") -> Any:
        number = index(handle["number"])
        if handle.get("kind") in ("class", "exception"):
            return self._class(handle, name=name)
        if handle.get("kind") == "module" and (module := known_module(handle)) is not None:
            return module
        value = self._objects.get(number)
        if value is None:
            value = made(self._class(handle["class"]), self._session, name, handle)
            self._objects[number] = value
        elif name:
            named(value, name)
        return value

    def _class(self, handle: Any, depth: int = 0, name: str = "") -> Any:
        if not isinstance(handle, dict) or depth > 30:
            raise Malformed
        number = index(handle["number"])
        if number not in self._classes:
            if handle.get("kind") == "exception":
                self._classes[number] = exception_class(handle, self._session.known)
            else:
                bases = [self._class(base, depth + 1) for base in entries(handle.get("bases"))]
                below = tuple(base for base in bases if record(base) is not None)
                self._classes[number] = class_of(self._session, handle, below)
        if name and record(self._classes[number]) is not None:
            named(self._classes[number], name)
        return self._classes[number]


def verdict_of(value: Any) -> Verdict:
    """The verdict of that name."""
    return next((v for v in Verdict if v.value == value), Verdict.MALFORMED)


def texts(value: Any) -> set[str]:
    """The texts in what should be a list of them."""
    return {v for v in entries(value) if isinstance(v, str)}


def entries(value: Any) -> list[Any]:
    """What should be a list; empty if it is none."""
    return value if isinstance(value, list) else []


def index(number: Any) -> int:
    """What should be a number from 0 on; raises `Malformed`."""
    if type(number) is not int or number < 0:
        raise Malformed
    return number
