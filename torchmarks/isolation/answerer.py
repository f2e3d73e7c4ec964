"""Answers the grader's questions with the student's code: inside of the sandbox, trusted by nobody.

A question names a value, or brings a call by cloudpickle: function, arguments, and what to watch
for. An answer goes back as plain data (`values.py`). Objects that cannot travel are kept here under
a number, by which the grader can pass them back.
"""

from __future__ import annotations

import builtins
import copy
import importlib
import inspect
import io
import pickle
import socket
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from torchmarks import calls
from torchmarks.isolation.channel import Channel, ChannelError, Malformed, TooLarge
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.values import Encoder
from torchmarks.watch import Watch

#: What is printed during one call, in characters.
PRINT_LIMIT = 200_000


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
        self, shell: Shell, questions: Channel, answers: Channel, done: socket.socket
    ) -> None:
        self._shell = shell
        self._questions = questions
        self._answers = answers
        self._done = done
        self._kept: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._deleted: dict[str, Any] = {}

    def serve(self) -> None:
        """Answer one question after the other."""
        while True:
            try:
                frame = self._questions.receive()
            except ChannelError:
                return
            question = frame.header
            try:
                header, blobs = self._answer(question, frame.blobs)
                self._answers.send(header, blobs)
            except TooLarge:
                self._answers.send({"failed": "too large"})
            except Malformed:
                self._answers.send({"failed": "malformed"})
            self._done.send(b".")

    def _answer(
        self, question: dict[str, Any], blobs: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        encoder = Encoder(self._keep)
        printed: list[str] = []
        self._shell.emit = lambda event: printed.append(event.get("text", ""))
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
        try:
            asked: Any = Questions(blobs[0], self._find).load() if blobs else None
        except Exception:
            return {"failed": "no way in"}, []
        if "observe" in question:
            header = self._observe(asked, question, encoder)
        elif "import" in question:
            header = self._call(
                importlib.import_module, (question["import"],), {}, 10.0, (), encoder
            )
        else:
            function, arguments, keywords, watch_for = asked
            seconds = question["seconds"]
            header = self._call(function, arguments, keywords, seconds, watch_for, encoder)
        header["printed"] = "".join(printed)[:PRINT_LIMIT]
        return header, encoder.blobs

    def _observe(self, asked: Any, question: dict[str, Any], encoder: Encoder) -> dict[str, Any]:
        function, arguments, through, watch_for = asked
        outcome = calls.observe(
            function,
            arguments,
            through=through,
            quiet=question["quiet"],
            time_limit=question["seconds"],
            watch_for=watch_for,
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
        self,
        function: Any,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        seconds: float,
        watch_for: tuple[Any, ...],
        encoder: Encoder,
    ) -> dict[str, Any]:
        watch = Watch(watch_for)
        header: dict[str, Any]
        before = [_copy(argument) for argument in arguments]
        try:
            with calls.limited(seconds), watch.watching():
                value = function(*arguments, **keywords)
            with calls.limited(seconds):
                if isinstance(value, types.GeneratorType) or _is_iterator(value):
                    header = {"value": {"handle": {**self._keep(value), "iterator": True}}}
                else:
                    header = {"value": encoder.encode(value)}
                header["changes"] = [
                    [n, encoder.encode(argument)]
                    for n, (copied, argument) in enumerate(zip(before, arguments, strict=True))
                    if copied is not None and _differs(copied[0], argument)
                ]
        except calls.TimeLimitExceeded:
            return {"failed": "timed out"}
        except (TooLarge, Malformed):
            raise
        except BaseException as error:
            header = {"raised": self._error(function, error, encoder)}
        header["called"] = sorted(watch.seen)
        return header

    def _error(self, function: Any, error: BaseException, encoder: Encoder) -> dict[str, Any]:
        try:
            arguments = encoder.encode(tuple(error.args))
        except (TooLarge, Malformed):
            arguments = {"tuple": []}
        outcome = calls.raised(calls.their_line(function, error.__traceback__, ""), error)
        return {
            "kept": self._keep(type(error)),
            "message": outcome.message[:10_000],
            "line": outcome.line,
            "arguments": arguments,
        }

    # Objects that stay -----------------------------------------------------------------------

    def _keep(self, value: Any) -> dict[str, Any]:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._kept)
            self._kept[number] = value
        kind = type(value)
        described = value if isinstance(value, type) else kind
        return {
            "number": number,
            "kind": _kind(value),
            "type": str(kind.__name__),
            "name": str(getattr(value, "__name__", ""))[:100],
            "doc": str(getattr(value, "__doc__", "") or "")[:10_000],
            "callable": callable(value),
            "bases": [[str(c.__module__), str(c.__qualname__)] for c in described.__mro__][:50],
        }

    def _find(self, reference: Any) -> Any:
        kind, what = reference
        if kind == "name":
            return self._deleted[what] if what in self._deleted else self._shell.user_ns[what]
        return self._kept[what]


def _kind(value: Any) -> str:
    if isinstance(value, type):
        return "exception" if issubclass(value, BaseException) else "class"
    if isinstance(value, types.ModuleType):
        return "module"
    return "function" if inspect.isroutine(value) else "object"


def _is_iterator(value: Any) -> bool:
    return isinstance(value, (map, filter, zip, enumerate, reversed)) or (
        hasattr(type(value), "__next__") and not isinstance(value, io.IOBase)
    )


def _copy(value: Any) -> tuple[Any] | None:
    """A copy, in a tuple, of what a call may change in place; None for what cannot change."""
    if isinstance(value, (list, dict, set, np.ndarray, Tensor)):
        try:
            return (value.detach().clone() if isinstance(value, Tensor) else copy.deepcopy(value),)
        except Exception:
            return None  # it holds something that cannot be copied
    return None


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, Tensor):
        return not calls.same(before, after)
    if isinstance(after, np.ndarray):
        return not np.array_equal(before, after)
    try:
        return bool(builtins.repr(before) != builtins.repr(after)) if before is not after else False
    except Exception:
        return True
