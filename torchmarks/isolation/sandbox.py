"""The sandbox as the driver sees it: what bubblewrap shows a session, and rooms inside of it.

A sandbox is one bubblewrap with a warm process inside (`zygote.py`). A room is what one submission
gets: namespaces of its own below it, gone when the room is closed.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import stat
import tarfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torchmarks.errors import CourseError
from torchmarks.isolation.bubblewrap import (
    SandboxMissing,
    below_tmp,
    bubblewrap,
    environment,
    why_not,
)
from torchmarks.isolation.channel import Channel, ChannelError, Late
from torchmarks.isolation.warmprocess import DidNotStart, WarmProcess


class SandboxDied(CourseError):
    """The sandbox is gone, with the submission that was in it: to be graded again."""

    def __init__(self) -> None:
        super().__init__("The sandbox ended by itself. Start grading again.")


@dataclass(frozen=True)
class Limits:
    """What one submission may take.

    Bytes of memory above the baseline, bytes of each of its folders (in memory), processes.
    """

    memory: int = 4 * 2**30
    disk: int = 256 * 2**20
    processes: int = 200


@dataclass
class Room:
    """One submission's place: a channel to the supervisor, and one to the session."""

    control: Channel
    session: Channel
    #: What the room was ordered with, and the number of that order.
    order: dict[str, Any]
    number: int = 0
    #: Descriptors of its namespaces, and the session's end of its channel, if nobody is in it yet.
    spaces: list[int] = field(default_factory=list)
    unused: socket.socket | None = None

    def close(self) -> None:
        """Let go of it: that ends everything in it."""
        self.control.close()
        self.session.close()
        if self.unused:
            self.unused.close()
        for space in self.spaces:
            os.close(space)

    def signal(self, process: int, number: int) -> None:
        """Send a signal to a process in the room."""
        self._say({"signal": number, "to": process})

    def spare(self, process: int, *, waits: bool = False) -> None:
        """Let a snapshot live on when everything else is ended.

        One that `waits` has run code of the student's, definitions only, and is spared no longer
        than until the checks begin.
        """
        self._say({"spare": process, "waits": waits})

    def begin_checks(self, *, end_session: bool) -> None:
        """Spare nothing but snapshots any longer; end every other process if there is a session."""
        if end_session:
            self._ask({"checks": True, "end": True}, "ended", 5.0)
        else:
            self._say({"checks": True, "end": False})

    def how_it_ended(self, process: int) -> tuple[int | None, str]:
        """The status of a process that has ended, if that is known, and the limit it has passed."""
        told = self._ask({"tell": process}, "told", 5.0)
        return told.get("status"), told.get("exceeded", "")

    def drawings(self) -> dict[str, bytes]:
        """Pictures that a room which `records` has seen, by fingerprints of their figures."""
        try:
            self.session.send({"drawn": True}, seconds=5.0)
            frame = self.session.receive(5.0)
        except ChannelError:  # its code has ended Python
            return {}
        # Another frame is what a thread of it has printed late: then nothing is learned.
        return dict(zip(frame.header.get("drawn", ()), frame.blobs, strict=False))

    def _ask(self, question: dict[str, Any], answer: str, seconds: float) -> dict[str, Any]:
        """What the supervisor says to a question; nothing if the room is gone."""
        self._say(question)
        try:
            while True:
                told = self.control.receive(seconds).header
                if answer in told:  # not what came too late for an earlier question
                    return told
        except ChannelError:
            return {}

    def _say(self, order: dict[str, Any]) -> None:
        # If the room is gone, the session's channel tells it as well.
        with contextlib.suppress(ChannelError):
            self.control.send(order, seconds=5.0)


class Sandbox:
    """A warm sandbox."""

    def __init__(self, process: WarmProcess, *, unsafe: bool = False) -> None:
        self.unsafe = unsafe
        self._process = process
        self._ending: Room | None = None
        self._parts: frozenset[str] = frozenset()

    @classmethod
    def start(
        cls,
        hidden: Path | None = None,
        *,
        unsafe: bool = False,
        door: Path | None = None,
        wait: bool = True,
    ) -> Sandbox:
        """Start one. `hidden` is a folder, such as the course's, that it must not show.

        Raises `SandboxMissing`, unless it is waited for at its first room.
        """
        process = WarmProcess.start(
            "zygote",
            before=[] if unsafe else bubblewrap(hidden),
            options=["-I"],
            environment=environment() if unsafe else {"PATH": "/usr/bin:/bin"},
            door=door,
        )
        sandbox = cls(process, unsafe=unsafe)
        if wait:
            sandbox.wait()
        return sandbox

    @classmethod
    def reach(cls, door: Path, *, unsafe: bool = False) -> Sandbox:
        """One that another driver has started."""
        return cls(WarmProcess.reach(door), unsafe=unsafe)

    def wait(self) -> None:
        """Wait until it is warm; raises `SandboxMissing` if it will not be."""
        try:
            self._process.wait_until_warm()
        except DidNotStart as complaint:
            raise SandboxMissing(why_not(str(complaint))) from None

    def open_room(
        self,
        files: bytes,
        limits: Limits,
        environment: dict[str, str],
        shell: dict[str, Any],
        snapshots: int = 0,
        *,
        records: bool = False,
        empty: bool = False,
    ) -> Room:
        """A fresh room with `files`, a tar archive, in its working folder.

        It `records` what figures look like, to be asked for them later. An `empty` one has no
        session yet.
        """
        self._wait_for_the_end()
        control, their_control = socket.socketpair()
        session, their_session = socket.socketpair()
        order = {**asdict(limits), "environment": environment, "shell": shell}
        order |= {"unsafe": self.unsafe, "snapshots": snapshots, "kept": below_tmp()}
        order |= {"records": records}
        # Whoever is at the other end is our own, and runs none of the student's code.
        room = Room(Channel(control, trusts_peer=True), Channel(session), order)
        ends = [their_control]
        if empty:
            room.unused = their_session
        else:
            ends.append(their_session)
        try:
            room.number = self.order(order, files, ends)
        except SandboxDied:
            room.close()
            raise
        if empty:
            with contextlib.suppress(ChannelError):  # told when somebody is to enter
                room.spaces = room.control.receive(30.0).descriptors
        return room

    def order(self, header: dict[str, Any], files: bytes, ends: list[socket.socket]) -> int:
        """Let a fork of the warm process do something, with its ends of some channels."""
        self.wait()
        try:
            return self._process.order(header, [files], [end.fileno() for end in ends])
        except ChannelError:
            raise SandboxDied from None
        finally:
            for end in ends:
                end.close()

    def close_room(self, room: Room, *, wait: bool = True) -> None:
        """End a room, and wait until nothing of it is left: now, or before the next one opens."""
        room.close()
        self._ending = room
        if wait:
            self._wait_for_the_end()

    def _wait_for_the_end(self) -> None:
        ending, self._ending = self._ending, None
        if ending is None:
            return
        try:
            self._process.wait_until_done(ending.number, 30.0)
        except Late:
            raise CourseError("A submission's processes do not end. Start grading again.") from None
        except ChannelError:
            raise SandboxDied from None

    def demand(self) -> None:
        """Raise `SandboxDied` unless it still serves."""
        try:
            self._process.greet(30.0)
        except ChannelError:
            raise SandboxDied from None

    def warm(self, parts: frozenset[str]) -> None:
        """Let it use parts of torch once, before forks of it do (`parts.parts_in`)."""
        if not parts <= self._parts:
            self._tell({"parts": sorted(parts - self._parts)})
            self._parts |= parts

    def know(self, cells: list[str], pictures: dict[str, bytes]) -> None:
        """Let later sessions know cells of the release, and what the instructor's code has drawn.

        All of it may be seen by a submission.
        """
        self._tell({"cells": cells, "pictures": list(pictures)}, list(pictures.values()))

    def _tell(self, told: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        self.wait()
        try:
            self._process.channel.send(told, blobs or [])
        except ChannelError:
            raise SandboxDied from None

    def close(self, patience: float = 2.0) -> None:
        """End the sandbox and everything in it, after so many seconds by force."""
        self._process.close(patience)

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._process.alive


def pack(folder: Path, limit: int) -> tuple[bytes, list[str]]:
    """Regular files below `folder`, but for notebooks, as a tar archive; and what was left out.

    Links are not followed: what they name may lie outside of the submission.
    """
    packed, left_out, size = io.BytesIO(), [], 0
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            mode = path.lstat().st_mode
            name = str(path.relative_to(folder))
            if path.suffix == ".ipynb" or stat.S_ISDIR(mode):
                continue
            inside = not any(
                part.is_symlink() for part in path.parents if part.is_relative_to(folder)
            )
            if not stat.S_ISREG(mode) or not inside:
                left_out.append(f"{name} is no regular file")
            elif size + path.stat().st_size > limit:
                left_out.append(f"{name} is too large")
            else:
                size += path.stat().st_size
                entry = tarfile.TarInfo(name)
                entry.size = path.stat().st_size
                entry.mode = 0o644
                with path.open("rb") as file:
                    archive.addfile(entry, file)
    return packed.getvalue(), left_out
