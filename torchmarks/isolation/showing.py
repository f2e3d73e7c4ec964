"""Where what a cell prints and shows ends: each output is handed to the shell."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher


class Printed(io.RawIOBase):
    """The byte stream under `sys.stdout` or `sys.stderr`."""

    def __init__(
        self, output: Callable[[dict[str, Any]], None], name: str, descriptor: int
    ) -> None:
        self._output, self._name, self._descriptor = output, name, descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """The descriptor that a subprocess may write to."""
        return self._descriptor

    def write(self, data: Any) -> int:
        """Pass the text on."""
        text = self._decoder.decode(bytes(data))
        if text:
            self._output({"output_type": "stream", "name": self._name, "text": text})
        return len(data)


class Publisher(DisplayPublisher):  # type: ignore[misc]
    """Where `display(...)` ends."""

    def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:
        """Hand a display to the shell; an update replaces displays of the same id."""
        transient = options.get("transient") or {}
        self.shell.output(
            {
                "output_type": "display_data",
                "data": data,
                "metadata": metadata or {},
                "display_id": transient.get("display_id"),
                "update": bool(options.get("update")),
            }
        )

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown so far."""
        self.shell.output({"output_type": "clear", "wait": wait})


class Hook(DisplayHook):  # type: ignore[misc]
    """Where the value of a cell's last line ends."""

    def __call__(self, result: Any = None) -> None:
        """Format `result` and hand it on, as IPython's own hook prints it."""
        self.check_for_underscore()
        if result is None or self.quiet():
            return
        taken = self.shell.takes(result)  # to format marks is to look for known mistakes
        data, metadata = ({}, {}) if taken else self.compute_format_data(result)
        self.update_user_ns(result)
        self.fill_exec_result(result)
        self.shell.last_result = result
        if data:  # nothing if its `__repr__` has raised an error
            self.shell.output({"output_type": "execute_result", "data": data, "metadata": metadata})

    def quiet(self) -> bool:
        """Whether the cell ends with a semicolon; without any there is nothing to look at."""
        cells = self.shell.history_manager.input_hist_parsed
        return bool(cells) and ";" in cells[-1] and bool(super().quiet())
