"""The driver's end of the grader: starts the warm process of `grader.py` and gives it work."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import Any

from torchmarks.errors import CourseError
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.sandbox import PACKAGE, start_code


class Grader:
    """The warm process that runs trusted cells, outside of any sandbox."""

    def __init__(self) -> None:
        here, theirs = socket.socketpair()
        self._channel = Channel(here)
        code = start_code("grader")
        self._process = subprocess.Popen(
            # -P: no module of the folder in which grading was started stands in for a real one.
            [sys.executable, "-P", "-c", code, str(PACKAGE.parent), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        theirs.close()
        self._warm = False

    def run(self, job: dict[str, Any], snapshots: list[Channel]) -> Channel:
        """Start a run of trusted cells; the channel on which its results come."""
        if not self._warm:
            self._wait_until_warm()
        here, theirs = socket.socketpair()
        descriptors = [theirs.fileno(), *(s.fileno() for s in snapshots)]
        self._channel.send(job, descriptors=descriptors)
        theirs.close()
        return Channel(here)

    def close(self) -> None:
        """End it."""
        self._channel.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._process.poll() is None

    def _wait_until_warm(self) -> None:
        try:
            self._channel.receive(180.0)
        except ChannelError:
            self._channel.close()
            self._process.kill()
            _, complaint = self._process.communicate()
            lines = complaint.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            raise CourseError(f"The process that runs tests did not start: {lines[-1]}") from None
        self._warm = True
