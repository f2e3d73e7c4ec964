"""Answers the grader's questions with the student's code: inside of the sandbox, trusted by nobody.

A question names a value, or brings a call by cloudpickle: function, arguments, and what to watch
for. An answer goes back as plain data (`values.py`). Objects that cannot travel are kept here under
a number, by which the grader can pass them back.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import pickle
import socket
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from torchmarks import calls
from torchmarks.isolation import files
from torchmarks.isolation.changes import changes, remembered
from torchmarks.isolation.channel import Channel, ChannelError, Malformed, TooLarge
from torchmarks.isolation.conditions import meet
from torchmarks.isolation.handles import described
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.values import Encoder
from torchmarks.watch import Watch

#: What is printed during one call, in characters.
PRINT_LIMIT = 200_000
WARNING_LIMIT = 100


class Gone(Exception):
    """A question names an object that went away with the process that had it."""


class Questions(pickle.Unpickler):
    """Unpickles what the grader sent; its stand-ins become the objects that they stand for."""

    def __init__(self, data: bytes, find: Callable[[Any], Any]) -> None:
        super().__init__(io.BytesIO(data))
        self._find = find

    def persistent_load(self, reference: Any) -> Any:
        """The object behind a stand-in."""
        return self._find(reference)


class Answerer:
    """Answers until its socket closes."""

    def __init__(
        self, shell: Shell, questions: Channel, answers: Channel, done: socket.socket, first: int
    ) -> None:
        self._shell = shell
        self._questions = questions
        self._answers = answers
        self._done = done
        self._kept: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        # No number of one answerer is another's: an object that is gone is not mistaken.
        self._next = first
        self._deleted: dict[str, Any] = {}

    def serve(self) -> None:
        """Answer one question after the other."""
        while True:
            try:
                frame = self._questions.receive()
            except ChannelError:
                return
            question = frame.header
            blobs: list[bytes] = []
            try:
                header, blobs = self._answer(question, frame.blobs)
            except TooLarge:
                header = {"failed": "too large"}
            except Malformed:
                header = {"failed": "malformed"}
            self._answers.send({**header, "question": question["question"]}, blobs)
            self._done.send(b".")

    def _answer(
        self, question: dict[str, Any], blobs: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        encoder = Encoder(self._keep, self._number)
        printed: list[list[str]] = []
        self._shell.emit = lambda event: (
            printed.append([event["name"], event["text"]]) if "text" in event else None
        )
        names = self._shell.user_ns
        if "delete" in question:
            if question["delete"] not in names:
                return {"missing": True}, []
            self._deleted[question["delete"]] = names.pop(question["delete"])
            return {}, []
        if "restore" in question:
            # After a crash the name was never deleted, and is still there.
            if question["restore"] in self._deleted:
                names[question["restore"]] = self._deleted.pop(question["restore"])
            return {}, []
        if "name" in question:
            if question["name"] not in names:
                return {"missing": True}, []
            return {"value": encoder.encode(names[question["name"]])}, encoder.blobs
        if "adopt" in question:
            return self._adopted(blobs[0]), []
        try:
            asked: Any = Questions(blobs[0], self._find).load() if blobs else {}
        except Gone:
            return {"failed": "gone"}, []
        except Exception:
            return {"failed": "no way in"}, []
        if "pack" in question:
            return self._packed(asked["object"])
        meet(asked.get("conditions", {}))
        names.update(asked.get("names", {}))
        with contextlib.suppress(OSError):  # the student's code has filled its folder
            files.write(asked.get("files", {}))
        for tensor, value, gradient in asked.get("steps", ()):
            tensor.data, tensor.grad = value, gradient
        if "observe" in question:
            header = self._observe(asked, question, encoder)
        else:
            if "import" in question:
                asked = {
                    "function": importlib.import_module,
                    "arguments": (question["import"],),
                }
            shared = asked.get("shared", [])
            # What the test sent is known to it by its place in a list.
            places = {id(value): place for place, value in enumerate(shared)}
            encoder = Encoder(self._keep, self._number, lambda value: places.get(id(value)))
            header = self._call(asked, shared, question, encoder)
        header["printed"] = _within(printed)
        return header, encoder.blobs

    def _observe(self, asked: Any, question: dict[str, Any], encoder: Encoder) -> dict[str, Any]:
        outcome = calls.observe(
            asked["function"],
            asked["arguments"],
            through=asked["through"],
            quiet=question["quiet"],
            time_limit=question["seconds"],
            watch_for=asked["watch_for"],
            test_file=question["test_file"],
        )
        with calls.limited(question["seconds"]):
            return {
                "verdict": outcome.verdict.value,
                "value": encoder.encode(outcome.value),
                "error": outcome.error,
                "message": outcome.message[:10_000],
                "line": outcome.line,
                "changed": list(outcome.changed),
                "called": sorted(outcome.called),
                "exception_names": list(outcome.exception_names),
            }

    def _call(
        self, asked: dict[str, Any], shared: list[Any], question: dict[str, Any], encoder: Encoder
    ) -> dict[str, Any]:
        limit = question["seconds"], question["at_most"]
        function = asked["function"]
        watch = Watch(asked.get("watch_for", ()))
        for place, gradient in asked.get("gradients", ()):
            shared[place].grad = gradient
        before = remembered(shared)
        header: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as warned:
            try:
                with calls.limited(*limit), watch.watching():
                    value = function(*asked.get("arguments", ()), **asked.get("keywords", {}))
                with calls.limited(*limit):
                    header["value"] = encoder.encode(value)
            except calls.TimeLimitExceeded:
                return {"failed": "timed out"}
            except (TooLarge, Malformed):
                raise
            except BaseException as error:
                header["raised"] = self._error(function, error, encoder)
        with calls.limited(*limit):
            header["changes"] = changes(shared, before, encoder)
        if encoder.graph:
            header["inputs"] = self._inputs(shared)
        header["called"] = sorted(watch.seen)
        header["warnings"] = [
            [_names(warning.category), str(warning.message)[:10_000]]
            for warning in warned[:WARNING_LIMIT]
        ]
        return header

    def _packed(self, value: Any) -> tuple[dict[str, Any], list[bytes]]:
        try:
            # By reference to the cells' own classes: another snapshot has these, too.
            return {}, [pickle.dumps(value)]
        except Exception:
            return {}, []

    def _adopted(self, packed: bytes) -> dict[str, Any]:
        try:
            return {"number": self._number(pickle.loads(packed))}
        except Exception:
            return {}

    def _inputs(self, shared: Sequence[Any]) -> list[list[int]]:
        """Which tensors of the test's ask for a gradient, and under what number they stay."""
        return [
            [place, self._number(value)]
            for place, value in enumerate(shared)
            if isinstance(value, Tensor) and value.requires_grad and value.is_leaf
        ]

    def _error(self, function: Any, error: BaseException, encoder: Encoder) -> dict[str, Any]:
        parts = []
        for part in (tuple(error.args), dict(vars(error))):
            try:
                parts.append(encoder.encode(part))
            except (TooLarge, Malformed):
                parts.append(encoder.encode(type(part)()))
        outcome = calls.raised(calls.their_line(function, error.__traceback__, ""), error)
        return {
            "kept": self._keep(type(error)),
            "message": outcome.message[:10_000],
            "line": outcome.line,
            "arguments": parts[0],
            "attributes": parts[1],
        }

    # Objects that stay -----------------------------------------------------------------------

    def _keep(self, value: Any) -> dict[str, Any]:
        return described(value, self._number)

    def _number(self, value: Any) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = self._next
            self._kept[number] = value
            self._next += 1
        return number

    def _find(self, reference: Any) -> Any:
        number, name = reference
        if number in self._kept:
            return self._kept[number]
        if name in self._shell.user_ns:
            return self._shell.user_ns[name]
        raise Gone


def _within(printed: list[list[str]]) -> list[list[str]]:
    """What was printed, as far as it is not too much."""
    kept: list[list[str]] = []
    left = PRINT_LIMIT
    for name, pieces in itertools.groupby(printed, key=lambda entry: entry[0]):
        text = "".join(text for _, text in pieces)[:left]
        left -= len(text)
        kept.append([name, text])
    return kept


def _names(kind: type) -> list[list[str]]:
    return [[str(c.__module__), str(c.__qualname__)] for c in kind.__mro__]
