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

import numpy as np
from torch import Tensor

from torchmarks.calls import NoAnswer, Outcome, TimeLimitExceeded, Verdict
from torchmarks.isolation.channel import Channel, ChannelError, Late, Malformed, TooLarge
from torchmarks.isolation.snapshot import GRACE
from torchmarks.isolation.standins import Known, StandIn, exception_class, pickled
from torchmarks.isolation.values import decode
from torchmarks.watch import Watch

#: Seconds for one question that is no call.
CALL_LIMIT = 10.0


class CallFailed(NoAnswer):
    """A call that gave no answer."""


class CallTimedOut(CallFailed, TimeLimitExceeded):
    """A call that did not end."""


SENTENCES = {
    Verdict.TIMED_OUT: "It ran out of time. Is there a loop that does not end?",
    Verdict.KILLED: (
        "It was killed: it crashed Python, or took more memory or processes than it may."
    ),
    Verdict.EXITED: "It ended Python: take out `exit`, `quit` and `os._exit`.",
    Verdict.TOO_LARGE: "Its answer is too large to be looked at.",
    Verdict.MALFORMED: "Its answer cannot be read: it is nested without end, or was forged.",
    Verdict.GONE: "It could not be run: other code of the notebook had ended Python before.",
}


def failed(verdict: Verdict) -> CallFailed:
    """The exception for a verdict out of `SENTENCES`."""
    kind = CallTimedOut if verdict is Verdict.TIMED_OUT else CallFailed
    return kind(verdict, SENTENCES[verdict])


class Session:
    """The grader's end of a snapshot. A plain test cell's calls share `seconds`."""

    def __init__(self, channel: Channel | None, known: Known, seconds: float) -> None:
        self._channel = channel
        self.known = known
        self.printed: Callable[[str], None] = lambda text: None
        self._made: dict[int, Any] = {}
        self._deleted: set[str] = set()
        self._watch: Watch | None = None
        self._watch_for: tuple[Any, ...] = ()
        self._limit: float | None = None
        self._seconds = seconds
        self._until = 0.0

    def fresh(self) -> None:
        """Forget all that earlier questions did to the snapshot."""
        self._made = {}
        self._deleted = set()
        self._until = time.monotonic() + self._seconds
        if self._channel is not None:
            try:
                self._channel.send({"fresh": True}, seconds=5.0)
            except ChannelError:
                self._channel = None

    def ask(
        self, question: dict[str, Any], payload: Any = None, seconds: float = CALL_LIMIT
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Put a question; the answer's header and raw bytes, or `CallFailed`."""
        __tracebackhide__ = True
        if self._channel is None:
            raise failed(Verdict.GONE)
        blobs = [] if payload is None else [pickled(payload)]
        question["seconds"] = seconds
        try:
            self._channel.send(question, blobs, seconds=seconds + 2 * GRACE)
            frame = self._channel.receive(seconds + 4 * GRACE)
        except TooLarge:
            self._channel = None
            raise failed(Verdict.TOO_LARGE) from None
        except Malformed:
            self._channel = None
            raise failed(Verdict.MALFORMED) from None
        except Late:
            self._channel = None
            raise failed(Verdict.TIMED_OUT) from None
        except ChannelError:
            self._channel = None
            raise failed(Verdict.GONE) from None
        reason = frame.header.get("failed")
        if reason == "no way in":
            raise RuntimeError("this test sends the session something that only the grader has")
        if reason is not None:
            raise failed(_verdict(reason, SENTENCES))
        printed = frame.header.get("printed")
        if isinstance(printed, str) and printed:
            self.printed(printed)
        return frame.header, frame.blobs

    def value(self, name: str) -> Any:
        """The student's value of a name; raises `KeyError` where there is none."""
        header, blobs = self.ask({"name": name})
        if header.get("missing"):
            raise KeyError(name)
        return self._decoded(header.get("value"), blobs, ("name", name))

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

    def module(self, name: str) -> Any:
        """A module of the submission; raises `ImportError` where there is none."""
        return self._answer(*self.ask({"import": name}), ())

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
        payload = (function, arguments, keywords or {}, self._watch_for)
        header, blobs = self.ask({"call": True}, payload, seconds)
        if self._watch is not None:
            self._watch.note(_strings(header.get("called")))
        return self._answer(header, blobs, arguments)

    @contextlib.contextmanager
    def watching(self, watch: Watch, seconds: float) -> Iterator[None]:
        """Within, calls may take so many seconds, and `watch` is told of what ran."""
        self._watch, self._watch_for, self._limit = watch, watch.functions, seconds
        try:
            yield
        finally:
            self._watch, self._watch_for, self._limit = None, (), None

    def observe(
        self,
        function: StandIn,
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
        try:
            header, blobs = self.ask(question, (function, arguments, through, watch_for), seconds)
            verdict = _verdict(header.get("verdict"), Verdict)
            value = self._decoded(header.get("value"), blobs, None)
        except CallFailed as failure:
            return Outcome(failure.verdict)
        watch.note(_strings(header.get("called")))
        line = str(header.get("line", ""))
        error = header.get("error")
        return Outcome(
            verdict,
            value,
            error=self.known.word(error, "an exception of its own") if error else "",
            message=str(header.get("message", ""))[:10_000],
            line=line if line in self.known.lines else "",
            changed=tuple(self.known.word(n, "") for n in header.get("changed") or ()),
            called=watch.seen,
            exception_names=tuple(_strings(header.get("exception_names"))),
        )

    def _answer(
        self, header: dict[str, Any], blobs: list[bytes], arguments: tuple[Any, ...]
    ) -> Any:
        __tracebackhide__ = True
        if isinstance(header.get("raised"), dict):
            raise self._exception(header["raised"], blobs)
        try:
            for position, code in header.get("changes") or ():
                _change(arguments[position], decode(code, blobs, self._stand_in))
        except Malformed:
            raise failed(Verdict.MALFORMED) from None
        except (TypeError, ValueError, IndexError, RuntimeError):
            raise failed(Verdict.MALFORMED) from None
        return self._decoded(header.get("value"), blobs, None)

    def _decoded(self, code: Any, blobs: list[bytes], reference: Any) -> Any:
        def rebuild(handle: dict[str, Any]) -> Any:
            # What lies inside of a container has no name of its own.
            top = isinstance(code, dict) and code.get("handle") is handle
            return self._stand_in(handle, reference if top else None)

        try:
            return decode(code, blobs, rebuild)
        except Malformed:
            raise failed(Verdict.MALFORMED) from None

    def _stand_in(self, handle: dict[str, Any], reference: Any = None) -> Any:
        number = handle["number"]
        if type(number) is not int:
            raise Malformed
        if handle.get("kind") == "exception":
            if number not in self._made:
                self._made[number] = exception_class(handle, self.known)
            return self._made[number]
        made = type(self.known.word(handle.get("type"), "object"), (StandIn,), {})
        return made(self, reference or ("number", number), handle)

    def _exception(self, raised: dict[str, Any], blobs: list[bytes]) -> BaseException:
        try:
            kind = self._stand_in(raised["kept"])
            arguments = decode(raised.get("arguments"), blobs, self._stand_in)
        except (Malformed, KeyError, TypeError):
            raise failed(Verdict.MALFORMED) from None
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise failed(Verdict.MALFORMED)
        try:
            error = kind(*arguments)
        except Exception:  # its constructor wants something else
            error = kind(str(raised.get("message", "")))
        line = str(raised.get("line", ""))
        if line in self.known.lines:
            error.student_line = line  # type: ignore[attr-defined]
            error.add_note(f"in the line: {line}")
        return error


def _verdict(value: Any, allowed: Iterable[Verdict]) -> Verdict:
    return next((v for v in allowed if v.value == value), Verdict.MALFORMED)


def _strings(value: Any) -> set[str]:
    return {v for v in value if isinstance(v, str)} if isinstance(value, list) else set()


def _change(value: Any, changed: Any) -> None:
    """Give an argument the contents that it has in the session after the call."""
    if isinstance(value, list) and isinstance(changed, list):
        value[:] = changed
    elif isinstance(value, (dict, set)) and isinstance(changed, type(value)):
        value.clear()
        value.update(changed)
    elif isinstance(value, np.ndarray) and isinstance(changed, np.ndarray):
        value[...] = changed
    elif isinstance(value, Tensor) and isinstance(changed, Tensor):
        value.data.copy_(changed.detach())
    else:
        raise TypeError
