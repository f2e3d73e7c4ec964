"""A snapshot of a session, taken where a grade cell stands: it answers that cell's questions.

Two processes share the work. The warden is the snapshot itself; it only waits, and runs no more of
the student's code. It forks an answerer, which does. Whatever kills the answerer, or makes it hang,
costs the one question: the warden says how it ended and forks another one, as good as new.

A snapshot that begins on a ground differs in that its warden runs none of the student's code at all
and stands outside of the room: each answerer takes in the student's definitions first.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from time import clock_gettime
from typing import Any

from torchmarks.isolation import namespaces
from torchmarks.isolation.answerer import Answerer
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.forking import fork
from torchmarks.isolation.shell import Shell

#: Seconds beyond a call's own limit after which a call that does not stop is killed.
GRACE = 1.0
#: More than the objects that one answerer keeps.
NUMBERS = 10**9

Resume = Callable[[socket.socket, Shell], None]


class Warden:
    """Watches over one answerer at a time.

    Each process that it forks prepares itself first, if that is needed.
    """

    def __init__(
        self,
        connection: socket.socket,
        shell: Shell,
        resume: Resume,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._grader = Channel(connection, trusts_peer=True)
        self._shell = shell
        self._resume = resume
        self._prepare = prepare
        self._answerer = 0
        self._asked = False
        self._started = 0
        self._questions: Channel | None = None
        self._alive: socket.socket | None = None

    def watch(self) -> None:
        """Pass questions on until the grader closes its end."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        namespaces.use_reserve(True)
        if self._prepare:
            number = self._start()
            if not number:
                return
            self._grader.send({"snapshot": number})
        while True:
            try:
                frame = self._grader.receive()
            except ChannelError:
                self._end()
                return
            if "fresh" in frame.header:
                if self._asked:
                    self._end()
            elif "become" in frame.header:
                self._become(frame.descriptors[0])
            else:
                if not self._asked and self._has_died():
                    self._end()  # it had no part in what the room has taken
                if not self._answerer:
                    self._start()
                self._ask(frame.header, frame.blobs)

    def _ask(self, question: dict[str, Any], blobs: list[bytes]) -> None:
        assert self._questions is not None
        assert self._alive is not None
        seconds, at_most = question["seconds"] + GRACE, question["at_most"] + GRACE
        self._asked = True
        try:
            self._questions.send(question, blobs)
            spoke = self._speaks(self._alive, seconds, at_most)
            if spoke and self._alive.recv(1):
                return
            failed = "died" if spoke else "timed out"
        except (ChannelError, OSError):
            failed = "died"
        # Its sockets close a moment before it can be waited for.
        status = self._end(patience=0.5 if failed == "died" else 0.0)
        if failed == "timed out":
            answer: dict[str, Any] = {"failed": "timed out"}
        elif os.WIFSIGNALED(status):
            answer = {"failed": "killed", "signal": os.WTERMSIG(status)}
        else:
            answer = {"failed": "exited", "status": os.WEXITSTATUS(status)}
        self._grader.send({**answer, "question": question["question"]})

    def _speaks(self, alive: socket.socket, seconds: float, at_most: float) -> bool:
        """Wait until the answerer has answered or died; False if it takes more than its time."""
        clock = _clock_of(self._answerer)
        computed, waited = clock_gettime(clock) + seconds, 0.0
        left = min(seconds, at_most)
        while left > 0.0:
            step = max(left, 0.01)
            if select.select([alive], [], [], step)[0]:
                return True
            waited += step  # by the kernel; Python's own clocks are the student's here
            left = min(computed - clock_gettime(clock), at_most - waited)
        return False

    def _has_died(self) -> bool:
        """Whether there is an answerer that something has killed."""
        if not self._answerer or self._alive is None:
            return False
        return bool(select.select([self._alive], [], [], 0)[0])

    def _start(self) -> int:
        """Start an answerer and wait until it is prepared; its number in the room, 0 if it died."""
        questions, theirs = socket.socketpair()
        self._alive, done = socket.socketpair()
        self._started += 1
        self._answerer = fork()
        if not self._answerer:
            try:
                questions.close()
                self._alive.close()
                # A signal to its group is none to the warden.
                os.setpgid(0, 0)
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                if self._prepare:
                    self._prepare()
                done.send(str(os.getpid()).encode())
                first = self._started * NUMBERS
                Answerer(self._shell, Channel(theirs), self._grader, done, first).serve()
            finally:
                os._exit(0)
        theirs.close()
        done.close()
        self._questions = Channel(questions)
        return int(self._alive.recv(20) or 0)

    def _end(self, patience: float = 0.0) -> int:
        """End the answerer; the status it ended with, by itself if within `patience` seconds."""
        if not self._answerer:
            return 0
        until = time.monotonic() + patience
        pid, status = os.waitpid(self._answerer, os.WNOHANG)
        while not pid and time.monotonic() < until:
            time.sleep(0.005)
            pid, status = os.waitpid(self._answerer, os.WNOHANG)
        if not pid:
            os.kill(self._answerer, signal.SIGKILL)
            _, status = os.waitpid(self._answerer, 0)
        self._answerer = 0
        self._asked = False
        for end in (self._questions, self._alive):
            if end is not None:
                end.close()
        return status

    def _become(self, descriptor: int) -> None:
        """Let a copy go on as the session, whose own process is gone."""
        child = fork()
        if child:
            os.waitpid(child, 0)
            os.close(descriptor)
            return
        # As an orphan: it is process 1 that tells how a session has ended.
        if fork():
            os._exit(0)
        try:
            if self._prepare:
                self._prepare()
            self._grader.close()
            namespaces.use_reserve(False)
            self._resume(socket.socket(fileno=descriptor), self._shell)
        finally:
            os._exit(0)


def _clock_of(process: int) -> int:
    """Number of the clock that counts what a process computes, as the kernel makes it of its id."""
    scheduled = 2  # CPUCLOCK_SCHED
    return ~process << 3 | scheduled
