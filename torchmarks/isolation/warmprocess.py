"""The driver's end of a warm process: starts it, or reaches one that another driver has started."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torchmarks
from torchmarks.isolation.channel import Channel, ChannelError

PACKAGE = Path(torchmarks.__file__).resolve().parent
#: Seconds for the imports of a warm process; a cold disk takes its time.
_WARM_UP = 180.0


class DidNotStart(Exception):
    """A warm process ended before it was warm; the text is what it said."""


class WarmProcess:
    """A process that serves as `serving.Server` does, over `channel`."""

    def __init__(self, channel: Channel, process: subprocess.Popen[bytes] | None = None) -> None:
        self.channel = channel
        self._process = process
        self._warm = process is None
        self._orders = 0
        self._done: set[int] = set()

    @classmethod
    def start(
        cls,
        module: str,
        *,
        before: Sequence[str] = (),
        options: Sequence[str],
        environment: dict[str, str] | None = None,
        door: Path | None = None,
    ) -> WarmProcess:
        """Start `main` of a module of this package: by Python with `options`, `before` it bwrap.

        Other drivers can come in by `door`, a path for a socket.
        """
        here, theirs = socket.socketpair()
        ends = [theirs]
        if door is not None:
            ends.append(socket.socket(socket.AF_UNIX))
            door.unlink(missing_ok=True)
            ends[1].bind(str(door))
            ends[1].listen(64)
        process = subprocess.Popen(
            [
                *(*before, sys.executable, *options, "-c", _code(module), str(PACKAGE.parent)),
                *(str(end.fileno()) for end in ends),
            ],
            pass_fds=[end.fileno() for end in ends],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        for end in ends:
            end.close()
        return cls(Channel(here), process)

    @classmethod
    def reach(cls, door: Path) -> WarmProcess:
        """Come in by the door of a running one; raises `OSError` where there is none."""
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(door))
        except OSError:
            connection.close()
            raise
        return cls(Channel(connection))

    def wait_until_warm(self) -> None:
        """Wait for its imports; raises `DidNotStart`."""
        if self._warm:
            return
        assert self._process is not None
        try:
            self.channel.receive(_WARM_UP)
        except ChannelError:
            self.channel.close()
            self._process.kill()
            _, complaint = self._process.communicate()
            raise DidNotStart(complaint.decode("utf-8", "replace")) from None
        self._warm = True

    def order(self, header: dict[str, Any], blobs: list[bytes], descriptors: list[int]) -> int:
        """Let a fork do what `header` says; the number of this order. Raises `ChannelError`."""
        while self._has(select.POLLIN):  # what nobody waits for would fill the socket
            self._take_notice(5.0)
        self._orders += 1
        self.channel.send({**header, "order": self._orders}, blobs, descriptors)
        return self._orders

    def wait_until_done(self, order: int, seconds: float) -> None:
        """Wait until the fork of an order has ended.

        Raises `Late`, or `Closed` if the warm process itself is gone: the fork may have ended with
        nothing done then.
        """
        deadline = time.monotonic() + seconds
        while order not in self._done:
            self._take_notice(deadline - time.monotonic())
        self._done.remove(order)

    def greet(self, seconds: float) -> None:
        """Wait until it answers; raises `ChannelError` if it is gone."""
        self._orders += 1
        self.channel.send({"greeting": self._orders})
        self.wait_until_done(self._orders, seconds)

    def _take_notice(self, seconds: float) -> None:
        self._done.add(self.channel.receive(seconds).header["done"])

    def close(self, patience: float = 2.0) -> None:
        """End it, after so many seconds by force; or leave it to the one that has started it."""
        self.channel.close()
        if self._process is None:
            return
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self.channel.fileno() >= 0 and not self._has(select.POLLRDHUP)

    def _has(self, event: int) -> bool:
        waiting = select.poll()
        waiting.register(self.channel, event)
        return bool(waiting.poll(0))


def _code(module: str) -> str:
    """Python that starts a warm process; its arguments are the folder of this package and sockets.

    The package comes last on the path, and packages that Python does not find by itself before it.
    """
    return (
        "import os, sys; "
        "more = os.environ.get('TORCHMARKS_PACKAGES', '').split(os.pathsep); "
        "sys.path += [p for p in (*more, sys.argv[1]) if p and p not in sys.path]; "
        f"from torchmarks.isolation.{module} import main; main()"
    )
