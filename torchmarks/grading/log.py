"""What nbgrader says while it grades one submission, with the paths of the course as it stands."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from traitlets.log import get_logger


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
        errors = [line for level, line in self._lines if level >= logging.ERROR]
        sentences = [
            line for line in errors if not line.startswith("There was an error processing")
        ]
        # Of a traceback the last line says what happened.
        return sentences[-1].strip().splitlines()[-1] if sentences else ""

    def warnings(self, start: str) -> list[str]:
        """What is said in warnings that contain ` of <start>: `, after it."""
        told = (line.partition(f" of {start}: ") for level, line in self._lines if level >= 30)
        return [sentence for _, found, sentence in told if found]

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
