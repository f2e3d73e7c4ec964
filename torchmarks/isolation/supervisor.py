"""Process 1 of a submission's namespace: it watches what the submission takes, and ends all of it.

It starts the session, holds the processes of the room to their limits, and ends when its socket
closes: with process 1 the kernel ends every process, and forgets every file below it. It runs none
of the student's code.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from torchmarks.isolation import namespaces
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.residents import move_in
from torchmarks.isolation.session import run_session
from torchmarks.isolation.shell import Shell

#: Seconds. Each look reads a file of every process.
_WATCH_EVERY = 0.1
#: Seconds to wait for the status of a process that is ending.
_PATIENCE = 0.3
#: Processes of which it is remembered how they ended.
_MOST_ENDED = 1000


class Supervisor:
    """Process 1 of a submission's namespace."""

    def __init__(
        self, shell: Shell, room: dict[str, Any], control: Channel, own_proc: bool
    ) -> None:
        self._shell = shell
        self._room = room
        self._control = control
        self._own_proc = own_proc
        #: Snapshots, which run no code of the student's.
        self._spared: set[int] = set()
        #: Processes that wait for the first question of the checks, and did no more than define.
        self._waiting: set[int] = set()
        #: How processes of the room have ended, the latest ones last.
        self._ended: dict[int, int] = {}
        #: The limit that was passed since the driver asked last.
        self._exceeded = ""
        self._memory_at_start = 0

    def run(self, session: int | None = None) -> None:
        """Start the session, or let the driver bring in one that begins on a ground; then watch.

        It watches until the driver closes its end.
        """
        if session is None:
            spaces = namespaces.own_namespaces()
            self._control.send({"spaces": True}, descriptors=spaces)
            for space in spaces:
                os.close(space)
        elif not os.fork():
            try:
                self._start_session(session)
            finally:
                os._exit(1)
        else:
            os.close(session)
        self._memory_at_start = _anonymous_memory("self")
        while True:
            ready, _, _ = select.select([self._control], [], [], _WATCH_EVERY)
            self._reap()
            self._hold_to_limits()
            if ready:
                try:
                    self._obey(self._control.receive().header)
                except ChannelError:
                    self._spared.clear()
                    self._waiting.clear()
                    self._kill_all_but_snapshots()
                    return

    def _start_session(self, session: int) -> None:
        self._control.close()
        os.setsid()
        mapped = namespaces.address_space()
        move_in(self._shell, self._room, mapped)
        namespaces.hide_memory(False)
        if self._room["records"] and self._shell.drawings:
            self._shell.drawings.record()
        run_session(socket.socket(fileno=session), self._shell)

    def _obey(self, order: dict[str, Any]) -> None:
        # It says nothing unasked: the driver does not listen while a cell runs, and a full socket
        # would keep it from watching.
        if "spare" in order:
            (self._waiting if order["waits"] else self._spared).add(order["spare"])
        elif "signal" in order:
            with contextlib.suppress(ProcessLookupError, OverflowError):
                os.kill(order["to"], order["signal"])
        elif "tell" in order:
            status = self._how_it_ended(order["tell"])
            self._control.send({"told": True, "status": status, "exceeded": self._exceeded})
            self._exceeded = ""
        elif "checks" in order:
            if order["end"]:  # all have run: only what answers stays
                self._kill_all_but_snapshots()
                self._control.send({"ended": True})
            self._waiting.clear()

    def _how_it_ended(self, process: int) -> int | None:
        """The status of a process that is about to end; its sockets close a moment before."""
        until = time.monotonic() + _PATIENCE
        while process not in self._ended and time.monotonic() < until:
            time.sleep(0.005)
            self._reap()
        return self._ended.get(process)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._ended.pop(pid, None)
            self._ended[pid] = status
            if len(self._ended) > _MOST_ENDED:
                del self._ended[next(iter(self._ended))]

    def _hold_to_limits(self) -> None:
        processes = self._processes()
        if len(processes.keys() - self._spared - self._waiting) > self._room["processes"]:
            self._kill_all_but_snapshots()
            self._exceeded = "processes"
            return
        # Cheap and too high, for a page that two processes share counts twice.
        grown = {
            inner: _anonymous_memory(outer) - self._memory_at_start
            for inner, outer in processes.items()
        }
        limit = self._room["memory"] + namespaces.RESERVE
        if sum(max(0, n) for n in grown.values()) <= limit:
            return
        shares = {inner: _share_of_memory(outer) for inner, outer in processes.items()}
        if sum(shares.values()) > limit + self._memory_at_start:
            self._kill_all_but_snapshots()
            self._exceeded = "memory"

    def _kill_all_but_snapshots(self) -> None:
        for _ in range(200):
            processes = self._processes()
            # One that has ended stays in the list until its own parent, a snapshot, ends too.
            alive = {pid for pid, entry in processes.items() if not _has_ended(entry)}
            condemned = alive - self._spared - self._waiting
            if not condemned:
                return
            for pid in condemned:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._reap()
            time.sleep(0.002)
        # They multiply faster than they can be killed: the namespace itself goes.
        os._exit(1)

    def _processes(self) -> dict[int, str]:
        """Processes below this one, by the number they have in here: their name in /proc."""
        found: dict[int, str] = {}
        if self._room["unsafe"]:
            return _descendants(os.getpid())
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            if self._own_proc:
                if entry != "1":
                    found[int(entry)] = entry
                continue
            numbers = _status(entry, "NSpid:")
            if len(numbers) > 1 and int(numbers[-1]) > 1:
                found[int(numbers[-1])] = entry
        return found


def _descendants(process: int) -> dict[int, str]:
    """All processes below one, by their number."""
    parents = {
        int(entry): int(parent[0])
        for entry in os.listdir("/proc")
        if entry.isdigit() and (parent := _status(entry, "PPid:"))
    }
    found: dict[int, str] = {}
    below = {process}
    while below:
        below = {pid for pid, parent in parents.items() if parent in below} - found.keys()
        found |= {pid: str(pid) for pid in below}
    return found


def _status(process: str, field: str) -> list[str]:
    try:
        with open(f"/proc/{process}/status", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith(field):
                    return line.split()[1:]
    except OSError:  # it has just ended
        pass
    return []


def _has_ended(process: str) -> bool:
    return _status(process, "State:")[:1] in ([], ["Z"], ["X"])


def _anonymous_memory(process: str) -> int:
    """Bytes, with all pages that it shares with other processes."""
    try:
        _, resident, of_files, *_ = Path(f"/proc/{process}/statm").read_text().split()
    except (OSError, ValueError):  # it has just ended
        return 0
    return (int(resident) - int(of_files)) * os.sysconf("SC_PAGE_SIZE")


def _share_of_memory(process: str) -> int:
    """Bytes, with its share of the pages that it shares."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1]) * 1024
    except OSError:  # it has ended, or is hidden
        pass
    return 0
