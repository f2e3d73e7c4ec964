"""The session: the process that runs a student's cells, inside of the sandbox.

It obeys frames on its socket: run a cell, or fork a snapshot of itself that will answer the grader.
Nobody trusts what it says. It may have been taken over by the code that it runs; all that it can do
then is to answer wrongly.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from typing import Any

from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.forking import fork
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.snapshot import Warden


def append(outputs: list[dict[str, Any]], event: dict[str, Any]) -> None:
    """Append an output to others: text that follows text is joined to it."""
    last = outputs[-1] if outputs else {}
    if event["output_type"] == "stream" == last.get("output_type") and (
        event["name"] == last["name"]
    ):
        last["text"] += event["text"]
    else:
        outputs.append(dict(event))


class Sender:
    """Sends outputs of a cell in few frames."""

    def __init__(self, channel: Channel, cell: int) -> None:
        self._channel, self._cell = channel, cell
        self._waiting: list[dict[str, Any]] = []
        self._size = 0
        self._since = time.monotonic()

    def __call__(self, event: dict[str, Any]) -> None:
        """Take one output."""
        append(self._waiting, event)
        self._size += len(event.get("text", "")) or 100
        # Soon enough that a cell which never ends has shown what it printed.
        if self._size > 16_000 or time.monotonic() - self._since > 0.2:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        waiting, self._waiting = self._waiting, []
        self._size, self._since = 0, time.monotonic()
        if waiting:
            # An interrupt in the middle would leave half a frame.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                self._channel.send({"cell": self._cell, "outputs": waiting})
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def run_session(connection: socket.socket, shell: Shell) -> None:
    """Obey the frames on `connection` until it closes; never returns."""
    channel = Channel(connection, trusts_peer=True)
    channel.send({"ready": os.getpid()})
    while True:
        try:
            frame = channel.receive()
        except KeyboardInterrupt:  # meant for a cell that has just ended
            continue
        except ChannelError:
            os._exit(0)
        order = frame.header
        if "run" in order:
            _run(channel, shell, order["cell"], order["run"])
        elif "import" in order:
            import_all(shell, order["import"])
        elif "drawn" in order:
            drawn = (shell.drawings and shell.drawings.drawn) or {}
            channel.send({"drawn": list(drawn)}, list(drawn.values()))
        elif "snapshot" in order:
            snapshot(channel, shell, frame.descriptors[0])


def snapshot(channel: Channel, shell: Shell, descriptor: int) -> None:
    """Fork a process that waits, as the session is now, for the grader's questions."""
    child = fork()
    if not child:
        try:
            channel.close()
            Warden(socket.socket(fileno=descriptor), shell, run_session).watch()
        finally:
            os._exit(0)
    os.close(descriptor)
    channel.send({"snapshot": child})


def import_all(shell: Shell, statements: list[str]) -> None:
    """Import what a grade cell does, which is not run here but is one cell among others."""
    shell.emit = lambda output: None
    for statement in statements:
        with contextlib.suppress(Exception, SystemExit):
            exec(statement, shell.user_ns)


def _run(channel: Channel, shell: Shell, cell: int, source: str) -> None:
    sender = Sender(channel, cell)
    shell.emit = sender
    ok = False
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ok = shell.run(source)
    except BaseException:  # an interrupt, or a shell that the student has broken
        pass
    sender.flush()
    channel.send({"done": cell, "ok": ok, "count": shell.execution_count - 1})
