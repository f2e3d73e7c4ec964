"""Puts questions to one snapshot, and tells it what a test has changed here since the last one.

All that a question may need travels along: seeds and modes, names that the test has set, files that
it has written. What could not be sent is sent with the next question.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections.abc import Callable
from typing import Any

from torchmarks.calls import PATIENCE, NoAnswer, Verdict
from torchmarks.isolation.channel import Channel, ChannelError, Frame, Late, Malformed, TooLarge
from torchmarks.isolation.conditions import conditions, sendable
from torchmarks.isolation.failures import SENTENCES, failed
from torchmarks.isolation.files import Written
from torchmarks.isolation.parcels import CannotTravel, Names, parcel
from torchmarks.isolation.snapshot import GRACE

#: Seconds for one question that is no call.
CALL_LIMIT = 10.0

Answer = tuple[dict[str, Any], list[bytes]]


class Asker:
    """The grader's end of a snapshot; `names` tells how the session knows a value."""

    def __init__(self, channel: Channel | None, names: Names, written: Written | None) -> None:
        self._channel = channel
        self._names = names
        self._written = written
        #: Called when another process answers from now on, which has heard of nothing yet.
        self.lost: Callable[[], None] = lambda: None
        self._conditions: dict[str, Any] = {}
        #: Names that the test has set; and those of them that the session has to hear of.
        self._bindings: dict[str, Any] = {}
        self._unheard: set[str] = set()
        self._files: dict[str, bytes] = {}
        #: Whether the calls of now are a check's, and have a time limit of their own.
        self.checking = False
        self._waited = 0.0
        self._since: float | None = None
        # Not those of an earlier run, which may have gone before its last answer came.
        self._numbers = itertools.count(secrets.randbits(40))

    def fresh(self, *, keep: bool = False) -> None:
        """Forget all that earlier questions did to the snapshot; or `keep` it as they left it."""
        self._conditions = {**conditions(), "input": None}
        self._bindings, self._unheard = {}, set()
        if self._channel is not None and not keep:
            try:
                self._channel.send({"fresh": True}, seconds=5.0)
            except ChannelError:
                self._channel = None

    def bind(self, name: str, value: Any) -> None:
        """Let a name stand for a value of the test's in the session, if that can travel."""
        # Tried at once: else nothing could be asked any more.
        with contextlib.suppress(CannotTravel, NoAnswer):
            parcel(value, self._names)
            self._bindings[name] = value
            self._unheard.add(name)

    def waited(self) -> float:
        """Seconds spent in waiting for the answers of checks, up to now."""
        since = self._since
        return self._waited + (0.0 if since is None else time.monotonic() - since)

    def ask(
        self, question: dict[str, Any], payload: Any = None, seconds: float = CALL_LIMIT
    ) -> Answer:
        """Put a question; the answer's header and raw bytes, or `CallFailed`."""
        __tracebackhide__ = True
        if payload is None:
            return self.put(question, [], seconds)
        if self._channel is None:
            raise failed(Verdict.GONE)
        now = self._now()
        payload["conditions"] = sendable(
            {k: v for k, v in now.items() if v != self._conditions.get(k)}
        )
        payload["names"] = {name: self._bindings[name] for name in self._unheard}
        payload["files"] = self._files
        # This may take questions of its own: for a global that a function reads, for an object
        # of another snapshot.
        packed = parcel(payload, self._names)
        self._conditions, self._unheard, self._files = now, set(), {}
        return self.put(question, [packed], seconds)

    def asked(self) -> None:
        """Count a question as asked: an earlier run has asked it, with all that went along."""
        self._conditions, self._unheard, self._files = self._now(), set(), {}

    def _now(self) -> dict[str, Any]:
        if self._written is not None:
            self._files |= self._written.news()
        return conditions()

    def put(
        self, question: dict[str, Any], blobs: list[bytes], seconds: float = CALL_LIMIT
    ) -> Answer:
        """Put a question that is packed already."""
        __tracebackhide__ = True
        if self._channel is None:
            raise failed(Verdict.GONE)
        channel, self._channel = self._channel, None
        self._since = time.monotonic() if self.checking else None
        # A plain test has its time by the clock, as in a notebook.
        at_most = PATIENCE * seconds if self.checking else seconds
        number = next(self._numbers)
        question = {**question, "question": number, "seconds": seconds, "at_most": at_most}
        try:
            channel.send(question, blobs, seconds=at_most + 2 * GRACE)
            frame = _answer_to(number, channel, at_most + 4 * GRACE)
        except TooLarge:
            raise failed(Verdict.TOO_LARGE) from None
        except Malformed:
            raise failed(Verdict.MALFORMED) from None
        except Late:
            raise failed(Verdict.TIMED_OUT) from None
        except ChannelError:
            raise failed(Verdict.GONE) from None
        finally:
            self._waited, self._since = self.waited(), None
        # Not before: the rest of an answer would be taken for the next one.
        self._channel = channel
        reason = frame.header.get("failed")
        if reason == "no way in":
            raise CannotTravel("this test sends the session something that only the grader has")
        if reason is not None:
            self._conditions = {}
            self._unheard = set(self._bindings)
            self.lost()
            raise failed(next((v for v in SENTENCES if v.value == reason), Verdict.MALFORMED))
        return frame.header, frame.blobs


def _answer_to(number: int, channel: Channel, seconds: float) -> Frame:
    """The answer to that question, past what still comes to an earlier one."""
    end = time.monotonic() + seconds
    while True:
        frame = channel.receive(end - time.monotonic())
        if frame.header.get("question") == number:
            return frame
