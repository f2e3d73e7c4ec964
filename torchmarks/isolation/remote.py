"""Questions to a snapshot of the session. No answer is an exception of its own kind."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from torch import Tensor

from torchmarks.calls import Outcome, Verdict
from torchmarks.isolation.answers import Answers, entries, texts, verdict_of
from torchmarks.isolation.asking import CALL_LIMIT, Answer, Asker
from torchmarks.isolation.channel import Channel
from torchmarks.isolation.failures import CallFailed, CallTimedOut, failed
from torchmarks.isolation.files import Written, read
from torchmarks.isolation.gradients import Mirrors
from torchmarks.isolation.hopeless import Hopeless
from torchmarks.isolation.parcels import CannotTravel, Kept, Reference, changeable
from torchmarks.isolation.raising import warn, warning_class
from torchmarks.isolation.recall import Recall
from torchmarks.isolation.records import Known, record
from torchmarks.isolation.standins import moved
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
        self._answers = Answers(self, self._mirrors)
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
        return self._answers.value(header.get("value"), blobs, name)

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
        return self._answers.result(*self.ask({"import": name}), [])

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
            self._watch.note(texts(header.get("called")))
        return self._answers.result(header, blobs, shared)

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
            verdict = verdict_of(header.get("verdict"))
            value = self._answers.value(header.get("value"), blobs)
        except CallFailed as failure:
            verdict, value, header = failure.verdict, None, {}
        if verdict is Verdict.TIMED_OUT:
            self.hopeless.note(*call)
        watch.note(texts(header.get("called")))
        line, error = str(header.get("line", "")), header.get("error")
        outcome = Outcome(
            verdict,
            value,
            error=self.known.word(error, UNNAMED) if error else "",
            message=str(header.get("message", ""))[:10_000],
            line=line if line in self.known.lines else "",
            changed=tuple(self.known.word(n, "") for n in entries(header.get("changed"))),
            called=watch.seen,
            exception_names=tuple(texts(header.get("exception_names"))),
        )
        self.recall.note(outcome, *call)
        return outcome

    def _pass_on(self, header: dict[str, Any]) -> None:
        """Print here what the call printed, and warn of what it warned of."""
        for entry in entries(header.get("printed")):
            if _are_two(entry) and isinstance(entry[0], str):
                self.printed(*entry)
        for entry in entries(header.get("warnings")):
            if _are_two(entry):
                warn(entry[1], warning_class(entry[0]))

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
        self._answers.stands_for(value, number)
        return (number, "")

    def packed(self, value: Any) -> bytes:
        """An object of the session, pickled there."""
        _, blobs = self.ask({"pack": True}, {"object": value})
        if len(blobs) != 1:
            raise CannotTravel(_STAYS)
        return blobs[0]


def _are_two(entry: Any) -> bool:
    """Whether it is a list of something and a text."""
    return len(entries(entry)) == 2 and isinstance(entry[1], str)
