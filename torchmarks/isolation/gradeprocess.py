"""The driver's end of the grader: starts the warm process of `grader.py` and gives it work."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from torchmarks.errors import CourseError
from torchmarks.isolation.channel import Channel, ChannelError, Closed, Frame, Late
from torchmarks.isolation.warmprocess import DidNotStart, WarmProcess


class GraderDied(CourseError):
    """The process that runs tests is gone: the submission is to be graded again."""

    def __init__(self) -> None:
        super().__init__("The process that runs tests ended by itself. Start grading again.")


class Run:
    """A run of a notebook's trusted cells, in a fork of the grader."""

    def __init__(self, channel: Channel, process: WarmProcess, order: int) -> None:
        self._channel = channel
        self._process = process
        self._order = order

    def result(self, seconds: float | None) -> Frame | None:
        """What came of the next cell, or None if a test has ended the fork or hangs in it.

        Raises `GraderDied` if it was the grader itself that ended.
        """
        try:
            return self._channel.receive(seconds)
        except ChannelError:
            self.close()
        try:
            self._process.wait_until_done(self._order, 30.0)
        except Closed:
            raise GraderDied from None
        except Late:
            pass
        return None

    def close(self) -> None:
        """End it."""
        self._channel.close()


class Grader:
    """The warm process that runs trusted cells, outside of any sandbox."""

    def __init__(self, process: WarmProcess) -> None:
        self._process = process

    @classmethod
    def start(cls, door: Path | None = None) -> Grader:
        """Start one; it is waited for at its first work."""
        # -P: no module of the folder in which grading was started stands in for a real one.
        return cls(WarmProcess.start("grader", options=["-P"], door=door))

    @classmethod
    def reach(cls, door: Path) -> Grader:
        """One that another driver has started."""
        return cls(WarmProcess.reach(door))

    def know(self, cells: list[str]) -> None:
        """Let it read trusted cells that it will run for a whole class."""
        self._wait()
        try:
            self._process.channel.send({"cells": cells})
        except ChannelError:
            raise GraderDied from None

    def run(self, job: dict[str, Any], answers: list[bytes], snapshots: list[Channel]) -> Run:
        """Start a run of trusted cells.

        `answers` are those that an earlier run has packed.
        """
        self._wait()
        here, theirs = socket.socketpair()
        descriptors = [theirs.fileno(), *(s.fileno() for s in snapshots)]
        try:
            order = self._process.order(job, answers, descriptors)
        except ChannelError:
            here.close()
            raise GraderDied from None
        finally:
            theirs.close()
        return Run(Channel(here), self._process, order)

    def _wait(self) -> None:
        try:
            self._process.wait_until_warm()
        except DidNotStart as reason:
            lines = str(reason).strip().splitlines() or ["no reason given"]
            raise CourseError(f"The process that runs tests did not start: {lines[-1]}") from None

    def close(self, patience: float = 2.0) -> None:
        """End it, after so many seconds by force."""
        self._process.close(patience)

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._process.alive
