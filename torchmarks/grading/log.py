"""What nbgrader says while it grades one submission, with the paths of the course as it stands."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator

from traitlets.log import get_logger

from torchmarks.isolation.arrivals import SET_ASIDE

#: Characters of a reason.
MOST = 300
_NO_NOTEBOOK = "No notebooks were matched by"
#: What nbgrader adds to the error itself: where it was, and what has nothing to do with it here.
_AROUND = (
    "There was an error processing",
    "There was an error accessing the nbgrader database",
    "Please see the",
    "Did you mean: ",
)
#: Exceptions whose text is a sentence for a person.
_SPEAKING = ("torchmarks.", "nbgrader.converters.base.NbGraderException")


class TaskLog(logging.Logger):
    """Keeps all that is logged at `INFO` or above; `scratch` is named `course` in it."""

    def __init__(self, scratch: str, course: str) -> None:
        super().__init__("torchmarks.grading", logging.INFO)
        self._scratch, self._course = scratch, course
        self._lines: list[tuple[int, str]] = []

    def handle(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.take(record)

    def take(self, record: logging.LogRecord) -> None:
        """Keep a record, whichever logger it came to."""
        text = record.getMessage().replace(self._scratch, self._course)
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self._lines.append((record.levelno, text))

    @property
    def text(self) -> str:
        """All of it, a line or more for each record."""
        return "".join(f"[{logging.getLevelName(level)}] {line}\n" for level, line in self._lines)

    @property
    def reason(self) -> str:
        """The sentence that says why grading failed; empty if none does."""
        for _, line in self._lines:
            if line.startswith(_NO_NOTEBOOK):  # the first such line says which one was looked for
                return line
        for level, line in reversed(self._lines):
            if level >= logging.ERROR and not line.startswith(_AROUND):
                text = " ".join((_raised(line) or line).split())
                return text if len(text) <= MOST else f"{text[: MOST - 1]}…"
        return ""

    def warnings(self, student: str) -> list[str]:
        """What was mended: sentences after ` of <student>: `, and of what was set aside."""
        warnings = [line for level, line in self._lines if level >= logging.WARNING]
        told = []
        for line in warnings:
            _, found, sentence = line.partition(f" of {student}: ")
            if found or SET_ASIDE in line:
                told.append(sentence or line)
        return told

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Within, what goes to the logger of traitlets is kept too."""
        handler, logger = _Handler(self), logging.getLogger(get_logger().name)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


class _Handler(logging.Handler):
    def __init__(self, log: TaskLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.take(record)


def _raised(text: str) -> str:
    """Of a traceback the error; its class is left out where the message is a whole sentence."""
    _, found, frames = text.rpartition("Traceback (most recent call last):\n")
    said = re.search(r"^(\S.*(?:\n+.+)?)", frames, re.MULTILINE) if found else None
    if said is None:
        return ""
    first, _, second = said[1].partition("\n")
    name, colon, message = first.partition(":")
    message = message.strip() or (second.strip() if colon else "")
    if not message or name.startswith(_SPEAKING):
        return message or first
    return f"{name.rpartition('.')[2]}: {message}"
