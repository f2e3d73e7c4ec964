"""IPython without a terminal or a kernel: runs cells and hands their outputs to a function.

Session and grader use the same shell, so that a cell behaves as in Jupyter on both sides: rich
outputs, inline figures, top-level `await`, magics, `!commands`, errors with their traceback.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import getpass
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.utils.capture import capture_output  # noqa: F401 (imported once, for `%%capture`)
from traitlets.config import Config

from torchmarks.isolation.compiling import Compiler
from torchmarks.isolation.conditions import no_input
from torchmarks.isolation.showing import Hook, Printed, Publisher

if TYPE_CHECKING:
    from torchmarks.isolation.drawings import Drawings

Emit = Callable[[dict[str, Any]], None]
#: What one cell may print and show, in bytes; the rest is dropped, with a line that says so.
OUTPUT_LIMIT = 4_000_000
#: Characters of each part of an error.
ERROR_LIMIT = 20_000
_HERE = os.path.dirname(os.path.abspath(__file__))


class Shell(InteractiveShell):  # type: ignore[misc]
    """The shell. Set `emit` to a function that takes each output as it comes."""

    def __init__(self, **options: Any) -> None:
        quiet = Config()
        quiet.HistoryManager.enabled = False
        quiet.InteractiveShell.colors = "neutral"
        quiet.InteractiveShell.autoindent = False
        self.emit: Emit = lambda output: None
        self.last_result: Any = None
        self.last_error: BaseException | None = None
        #: Whether whoever runs the cell shows its result in a way of its own.
        self.takes: Callable[[Any], bool] = lambda result: False
        #: What the sandbox knows of figures; the grader draws each.
        self.drawings: Drawings | None = None
        #: Cells as Python, by their source: IPython reads each word by word for its magics.
        self._plain: dict[str, str] = {}
        #: Which of these wait for something at their top level.
        self._waits: dict[str, bool] = {}
        self._shown = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        #: What C code and subprocesses write, by the stream that it belongs to.
        self._beneath: dict[str, IO[bytes]] = {}
        super().__init__(
            config=quiet,
            displayhook_class=Hook,
            display_pub_class=Publisher,
            compiler_class=Compiler,
            **options,
        )
        self.set_hook("show_in_pager", lambda *page, **where: None, 0)  # `len?` opens no page here

    def output(self, event: dict[str, Any]) -> None:
        """Count an output and pass it on, after what went past Python before it."""
        self._pass_on_what_went_past_python()
        self._count(event)

    def _count(self, event: dict[str, Any]) -> None:
        size = len(event.get("text", "")) or sum(
            len(str(value)) for value in (event.get("data") or {}).values()
        )
        if self._shown > OUTPUT_LIMIT:
            return
        self._shown += size
        if self._shown > OUTPUT_LIMIT:
            text = event.get("text", "")[: max(0, OUTPUT_LIMIT - self._shown + size)]
            text += "\n… what the cell shows after this is too much and was dropped …\n"
            event = {"output_type": "stream", "name": "stdout", "text": text}
        self.emit(event)

    def run(self, source: str) -> bool:
        """Run a cell; True if it ended without an error."""
        self._shown, self.last_result = 0, None
        result = self._run_in_loop(source)
        self.last_error = result.error_before_exec or result.error_in_exec
        for stream in (sys.stdout, sys.stderr):
            # A student may have closed or replaced it.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        self._pass_on_what_went_past_python()
        return bool(result.success)

    def _run_in_loop(self, source: str) -> ExecutionResult:
        """Run a cell as a kernel does: in an event loop, which keeps tasks from cell to cell."""
        self.enter_loop()
        assert self._loop is not None
        task = self._loop.create_task(self._run_as_a_task(source))
        try:
            return self._loop.run_until_complete(task)
        except KeyboardInterrupt:
            # It came while the cell was waiting for something.
            task.cancel()
            return self._loop.run_until_complete(task)

    async def _run_as_a_task(self, source: str) -> ExecutionResult:
        try:
            transformed, error = self.transform_cell(source), None
        except Exception:
            transformed, error = source, sys.exc_info()
        if not self.should_run_async(
            source, transformed_cell=transformed, preprocessing_exc_tuple=error
        ):
            return self.run_cell(source, store_history=True)
        result = ExecutionResult(None)
        try:
            result = await self.run_cell_async(
                source,
                store_history=True,
                transformed_cell=transformed,
                preprocessing_exc_tuple=error,
            )
        except asyncio.CancelledError:
            result.error_in_exec = KeyboardInterrupt()
            self.showtraceback((KeyboardInterrupt, result.error_in_exec, None))
        finally:
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result

    def define(self, source: str) -> None:
        """Run a cell that is plain Python and shows nothing, without all that IPython does."""
        source += "" if source.endswith("\n") else "\n"
        name = self.compile.cache(source, self.execution_count, source)
        exec(self.compile(source, name, "exec"), self.user_ns)

    def leave_loop(self) -> None:
        """Let go of the event loop, unless something waits in it: a fork would share it."""
        if self._loop is not None and not asyncio.all_tasks(self._loop):
            self._loop.close()
            self._loop = None

    def enter_loop(self) -> None:
        """Have an event loop, as after a cell that has run."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)

    def learn(self, told: dict[str, Any], pictures: list[bytes]) -> None:
        """Take in what the driver tells of a class: cells, and pictures by their fingerprints."""
        self.know(told["cells"])
        if self.drawings:
            self.drawings.know(dict(zip(told["pictures"], pictures, strict=True)))

    def know(self, sources: Iterable[str]) -> None:
        """Look for magics in cells that will be run again and again in forks, and compile them."""
        for source in sources:
            with contextlib.suppress(Exception):  # told when it is run
                plain = self._plain[source] = super().transform_cell(source)
                self.compile.know(plain)
                self._waits[plain] = super().should_run_async(source, transformed_cell=plain)

    def should_run_async(
        self,
        raw_cell: str,
        *,
        transformed_cell: str | None = None,
        preprocessing_exc_tuple: Any = None,
    ) -> bool:
        """Whether a cell has an `await` at its top level."""
        known = self._waits.get(transformed_cell or "")
        if known is not None and self.autoawait and preprocessing_exc_tuple is None:
            return known
        waits: bool = super().should_run_async(
            raw_cell,
            transformed_cell=transformed_cell,
            preprocessing_exc_tuple=preprocessing_exc_tuple,
        )
        return waits

    def transform_cell(self, raw_cell: str) -> str:
        """The cell as Python."""
        if raw_cell in self._plain and not self.input_transformers_post:
            return self._plain[raw_cell]
        return str(super().transform_cell(raw_cell))

    def redirect(self) -> None:
        """Take over this process's streams, those of its C code and subprocesses too."""
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            self._beneath[name] = tempfile.TemporaryFile()  # noqa: SIM115 (open till the end)
            os.dup2(self._beneath[name].fileno(), descriptor)
        sys.stdout = io.TextIOWrapper(
            Printed(self.output, "stdout", 1), "utf-8", "replace", write_through=True
        )
        sys.stderr = io.TextIOWrapper(
            Printed(self.output, "stderr", 2), "utf-8", "replace", write_through=True
        )
        builtins.input = getpass.getpass = no_input

    def _pass_on_what_went_past_python(self) -> None:
        for name, file in self._beneath.items():
            if os.fstat(file.fileno()).st_size:
                data = os.pread(file.fileno(), OUTPUT_LIMIT, 0)
                os.ftruncate(file.fileno(), 0)
                os.lseek(file.fileno(), 0, os.SEEK_SET)
                text = data.decode("utf-8", "replace")
                self._count({"output_type": "stream", "name": name, "text": text})

    # What IPython leaves to the shell ---------------------------------------------------------

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """The exception, without the frames in which the grader put its question."""
        found: tuple[Any, Any, Any] = super()._get_exc_info(exc_tuple)
        last = frame = found[2]
        while frame is not None:
            if not frame.tb_frame.f_code.co_filename.startswith(_HERE):
                last = frame
            frame = frame.tb_next
        if last is not None:
            last.tb_next = None
        return found

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self._pass_on_what_went_past_python()
        self.emit(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", etype))[:ERROR_LIMIT],
                "evalue": str(evalue)[:ERROR_LIMIT],
                "traceback": [line[:ERROR_LIMIT] for line in stb],
            }
        )

    def system(self, cmd: str) -> None:
        """Run `!cmd`, its output in the cell's output as it comes."""
        if cmd.rstrip().endswith("&"):  # as IPython says it, for it would wait for its output
            raise OSError("Background processes not supported.")
        command = self.var_expand(cmd, depth=1)
        with subprocess.Popen(
            command,
            shell=True,
            executable="/bin/sh",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line.decode("utf-8", "replace"), end="")
        self.user_ns["_exit_code"] = process.returncode

    def enable_gui(self, gui: Any = None) -> None:
        """`%matplotlib` asks for it: figures are inline, and there is no event loop to run."""

    def ask_exit(self) -> None:
        """`exit` in a cell ends nothing, as in a notebook that runs from top to bottom."""

    def init_history(self) -> None:
        """Without a thread that would write a database."""
        super().init_history()
