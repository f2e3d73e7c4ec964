"""Questions to a snapshot of the session, and what may come of each.

A value is rebuilt here, or stays there behind a stand-in. An exception of the student's is raised
anew, as the class of that name that the grader knows already, or as one made for it. No answer is
an exception of its own kind.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from weakref import WeakValueDictionary

from torch import Tensor

from torchmarks.calls import Outcome, Verdict
from torchmarks.isolation.asking import CALL_LIMIT, Answer, Asker
from torchmarks.isolation.changes import change
from torchmarks.isolation.channel import Channel, Malformed
from torchmarks.isolation.disguises import known_module
from torchmarks.isolation.failures import CallFailed, CallTimedOut, failed
from torchmarks.isolation.files import Written, read
from torchmarks.isolation.gradients import Mirrors, joined
from torchmarks.isolation.handles import backward
from torchmarks.isolation.hopeless import Hopeless
from torchmarks.isolation.parcels import CannotTravel, Kept, Reference, changeable
from torchmarks.isolation.raising import exception, exception_class, warn, warning_class
from torchmarks.isolation.rebuilding import Decoder
from torchmarks.isolation.recall import Recall
from torchmarks.isolation.records import Known, record
from torchmarks.isolation.standins import RemoteClass, class_of, made, moved, named
from torchmarks.watch import Watch

#: Stands for the name of an exception that is not shown.
UNNAMED = "an exception of its own"
_STAYS = (
    "this test passes on an object that the student's code made in an earlier cell and that cannot "
    "be pickled: make it in this cell"
)


class Session:
    """The grader's end of a snapshot. A plain test cell's calls share `seconds`."""

    def __init__(
        self,
        channel: Channel | None,
        known: Known,
        seconds: float,
        written: Written | None = None,
        hopeless: Iterable[str] = (),
        recall: Recall | None = None,
    ) -> None:
        self.known = known
        self.seconds = seconds
        self.hopeless = Hopeless(hopeless)
        self.recall = recall or Recall()
        #: Takes what a call printed, and to which stream.
        self.printed: Callable[[str, str], None] = lambda name, text: None
        self._asker = Asker(channel, self._names, written)
        self._mirrors = Mirrors()
        self._asker.lost = self._mirrors.clear
        self._objects: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._classes: dict[int, Any] = {}
        self._deleted: set[str] = set()
        self._watch: Watch | None = None
        self._watch_for: tuple[Any, ...] = ()
        self._limit: float | None = None
        self._until = 0.0
        self.bind = self._asker.bind
        self.waited = self._asker.waited

    def fresh(self) -> None:
        """Forget what earlier questions did to the snapshot, unless this run goes on from there."""
        self._deleted = set()
        self._until = time.monotonic() + self.seconds
        self._asker.fresh(keep=self.recall.goes_on)

    def ask(
        self, question: dict[str, Any], payload: Any = None, seconds: float = CALL_LIMIT
    ) -> Answer:
        """Put a question; the answer's header and raw bytes, or `CallFailed`."""
        __tracebackhide__ = True
        if "observe" not in question and "name" not in question:
            self.recall.forget()
        header, blobs = self._asker.ask(question, payload, seconds)
        self._pass_on(header)
        return header, blobs

    def value(self, name: str) -> Any:
        """The student's value of a name; raises `KeyError` where there is none."""
        __tracebackhide__ = True
        header, blobs = self.ask({"name": name})
        if header.get("missing"):
            raise KeyError(name)
        return self._decoded(header.get("value"), blobs, name)

    def delete(self, name: str) -> None:
        """Delete a name until the cell's end; raises `KeyError` where there is none."""
        header, _ = self.ask({"delete": name})
        if header.get("missing"):
            raise KeyError(name)
        self._deleted.add(name)

    def restore(self, name: str) -> None:
        """Bind a name again, if it was deleted, to what it stood for."""
        if name in self._deleted:
            self._deleted.remove(name)
            self.ask({"restore": name})

    def file(self, name: str) -> bytes | None:
        """What is in a file of the session; None if there is none."""
        content = self.call(read, name)
        return content if isinstance(content, bytes) else None

    def module(self, name: str) -> Any:
        """A module of the submission; raises `ImportError` where there is none."""
        return self._answer(*self.ask({"import": name}), [])

    def call(
        self,
        function: Any,
        *arguments: Any,
        keywords: dict[str, Any] | None = None,
    ) -> Any:
        """Call something in the session. Arguments that it changes in place are changed here."""
        __tracebackhide__ = True
        seconds = self._until - time.monotonic() if self._limit is None else self._limit
        if seconds <= 0:
            raise failed(Verdict.TIMED_OUT)
        steps = self._steps()
        shared = changeable((function, arguments, keywords, self._mirrors.in_use()))
        payload = {
            "function": function,
            "arguments": arguments,
            "keywords": keywords or {},
            "watch_for": self._watch_for,
            "steps": steps,
            "shared": shared,
            "gradients": [
                (place, value.grad)
                for place, value in enumerate(shared)
                if isinstance(value, Tensor) and value.is_leaf and value.grad is not None
            ],
        }
        call = function, arguments, keywords
        if self.hopeless.knows(*call):
            self._until = 0.0
            raise failed(Verdict.TIMED_OUT)
        try:
            header, blobs = self.ask({"call": True}, payload, seconds)
        except CallTimedOut:
            self.hopeless.note(*call)
            raise
        if self._watch is not None:
            self._watch.note(_strings(header.get("called")))
        return self._answer(header, blobs, shared)

    @contextlib.contextmanager
    def watching(self, watch: Watch, seconds: float) -> Iterator[None]:
        """Within, calls may take so many seconds, and `watch` is told of what ran."""
        self._watch, self._watch_for, self._limit = watch, watch.functions, seconds
        try:
            with self._checking():
                yield
        finally:
            self._watch, self._watch_for, self._limit = None, (), None

    @contextlib.contextmanager
    def _checking(self) -> Iterator[None]:
        self._asker.checking = True
        try:
            yield
        finally:
            self._asker.checking = False

    def observe(
        self,
        function: Any,
        arguments: tuple[Any, ...],
        through: Callable[..., Any] | None,
        quiet: bool,
        seconds: float,
        watch_for: tuple[Any, ...],
        test_file: str,
    ) -> Outcome:
        """What `calls.observe` sees of a call in the session."""
        question = {"observe": True, "quiet": quiet, "test_file": test_file}
        watch = Watch(watch_for)
        call = function, arguments, through
        earlier = self.recall.take(*call)
        if earlier is not None:
            self._asker.asked()
            return earlier
        if self.hopeless.knows(*call):
            return Outcome(Verdict.TIMED_OUT)
        try:
            asked = {
                "function": function,
                "arguments": arguments,
                "through": through,
                "watch_for": watch_for,
                "steps": self._steps(),
            }
            with self._checking():
                header, blobs = self.ask(question, asked, seconds)
            verdict = _verdict(header.get("verdict"), Verdict)
            value = self._decoded(header.get("value"), blobs)
        except CallFailed as failure:
            verdict, value, header = failure.verdict, None, {}
        if verdict is Verdict.TIMED_OUT:
            self.hopeless.note(*call)
        watch.note(_strings(header.get("called")))
        line, error = str(header.get("line", "")), header.get("error")
        outcome = Outcome(
            verdict,
            value,
            error=self.known.word(error, UNNAMED) if error else "",
            message=str(header.get("message", ""))[:10_000],
            line=line if line in self.known.lines else "",
            changed=tuple(self.known.word(n, "") for n in _list(header.get("changed"))),
            called=watch.seen,
            exception_names=tuple(_strings(header.get("exception_names"))),
        )
        self.recall.note(outcome, *call)
        return outcome

    # What comes back ----------------------------------------------------------------------------

    def _answer(self, header: dict[str, Any], blobs: list[bytes], shared: list[Any]) -> Any:
        __tracebackhide__ = True
        decoder = self._decoder(blobs, shared, header.get("inputs"))
        plain = Decoder(blobs, self._stand_in, shared)
        try:
            for place, code in _list(header.get("changes")):
                value = shared[_index(place)]
                if isinstance(value, Tensor):
                    change(value, plain.decode(code))
                    self._mirrors.settle(value)
                else:
                    change(value, decoder.decode(code))
            if "raised" in header:
                raised = exception(header["raised"], self._class, decoder, self.known)
            else:
                return decoder.decode(header.get("value"))
        except (Malformed, TypeError, ValueError, KeyError, IndexError, RuntimeError):
            raise failed(Verdict.MALFORMED) from None
        raise raised

    def _decoded(self, code: Any, blobs: list[bytes], name: str = "") -> Any:
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
            number = _index(code["kept"])
            if code.get("leaf") is True:
                return self._mirrors.take(number, value)
            pairs = [(shared[_index(place)], _index(n)) for place, n in _list(inputs)]
            tensors = [(tensor, n) for tensor, n in pairs if isinstance(tensor, Tensor)]
            return joined(value, number, tensors, self._gradients)

        return Decoder(blobs, rebuild or self._stand_in, shared, link, self._class)

    def _gradients(self, number: int, numbers: list[int], gradient: Tensor) -> Any:
        return self.call(backward, Kept(number), [Kept(n) for n in numbers], gradient)

    def _stand_in(self, handle: dict[str, Any], name: str = "") -> Any:
        number = _index(handle["number"])
        if handle.get("kind") in ("class", "exception"):
            return self._class(handle, name=name)
        if handle.get("kind") == "module" and (module := known_module(handle)) is not None:
            return module
        value = self._objects.get(number)
        if value is None:
            value = made(self._class(handle["class"]), self, name, handle)
            self._objects[number] = value
        elif name:
            named(value, name)
        return value

    def _class(self, handle: Any, depth: int = 0, name: str = "") -> Any:
        if not isinstance(handle, dict) or depth > 30:
            raise Malformed
        number = _index(handle["number"])
        if number not in self._classes:
            if handle.get("kind") == "exception":
                self._classes[number] = exception_class(handle, self.known)
            else:
                bases = [self._class(base, depth + 1) for base in _list(handle.get("bases"))]
                below = tuple(base for base in bases if record(base) is not None)
                self._classes[number] = class_of(self, handle, below)
        if name and record(self._classes[number]) is not None:
            named(self._classes[number], name)
        return self._classes[number]

    def _pass_on(self, header: dict[str, Any]) -> None:
        """Print here what the call printed, and warn of what it warned of."""
        for entry in _list(header.get("printed")):
            if isinstance(entry, list) and len(entry) == 2 and all(map(_is_text, entry)):
                self.printed(*entry)
        for entry in _list(header.get("warnings")):
            if isinstance(entry, list) and len(entry) == 2 and _is_text(entry[1]):
                warn(entry[1], warning_class(entry[0]))

    # What goes along with a question --------------------------------------------------------------

    def _steps(self) -> list[tuple[Kept, Tensor, Tensor | None]]:
        """What an optimizer, say, did here to tensors of the session."""
        return [(Kept(number), *news) for number, news in self._mirrors.pending().items()]

    def _names(self, value: Any) -> Reference | None:
        """How the session knows a value; None if it does not."""
        found = record(value)
        if found is None:
            number = self._mirrors.number(value)
            return None if number is None else (number, "")
        if found.session is self:
            return (found.number, found.name)
        if found.name:
            return (-1, found.name)
        # It goes from one snapshot to the other as bytes, which nobody here opens, and from now
        # on it is there: a call that changes it would else change a copy.
        header, _ = self._asker.put({"adopt": True}, [found.session.packed(value)])
        number = header.get("number")
        if type(number) is not int or number < 0:
            raise CannotTravel(_STAYS)
        moved(value, self, number)
        (self._classes if type(value) is RemoteClass else self._objects)[number] = value
        return (number, "")

    def packed(self, value: Any) -> bytes:
        """An object of the session, pickled there."""
        _, blobs = self.ask({"pack": True}, {"object": value})
        if len(blobs) != 1:
            raise CannotTravel(_STAYS)
        return blobs[0]


def _verdict(value: Any, allowed: Iterable[Verdict]) -> Verdict:
    return next((v for v in allowed if v.value == value), Verdict.MALFORMED)


def _strings(value: Any) -> set[str]:
    return {v for v in value if isinstance(v, str)} if isinstance(value, list) else set()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _index(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise Malformed
    return number


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
