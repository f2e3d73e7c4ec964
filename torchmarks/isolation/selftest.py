"""Proves that the sandbox confines: a session tries to get out, and each try must be refused."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torchmarks.errors import CourseError
from torchmarks.isolation.bubblewrap import leads_to_shown
from torchmarks.isolation.channel import ChannelError
from torchmarks.isolation.sandbox import Limits, Sandbox, pack

#: Runs in a session as a student's cell would; prints what it could do.
_TRIES = """
import ctypes, os, socket
from pathlib import Path

DEVICES = ("/dev/mem", "/dev/kmem", "/dev/sda", "/dev/vda", "/dev/nvme0", "/dev/kvm")

def tried(name, attempt):
    try:
        done = attempt()
    except Exception as refused:
        print(name, "refused", type(refused).__name__, sep="\\t")
    else:
        print(name, "done" if done else "refused", done, sep="\\t")

def connect(address):
    with socket.socket() as s:
        s.settimeout(1)
        s.connect(address)
        return True

def foreign():
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if MARK.encode() in (entry / "cmdline").read_bytes():
                    found.append(entry.name)
            except OSError:
                pass
    return found

def insides():
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) not in (os.getpid(), int(os.readlink("/proc/self"))):
            for name in ("environ", "mem", "fd/0"):
                try:
                    os.open(f"/proc/{entry}/{name}", os.O_RDONLY)
                    found.append(f"{entry}/{name}")
                except OSError:
                    pass
    return found

def seen(folder, names):
    return [name for name in names if os.path.exists(os.path.join(folder, name))]

tried("network", lambda: connect(("127.0.0.1", PORT)))
tried("course folder", lambda: seen(COURSE, IN_COURSE))
tried("gradebook", lambda: open(os.path.join(COURSE, "gradebook.db"), "rb").read(1))
tried("foreign process", foreign)
tried("insides of other processes", insides)
tried("home", lambda: seen(HOME, IN_HOME))
tried("raw devices", lambda: [p for p in DEVICES if os.path.exists(p)])
tried("settings of the kernel", lambda: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
tried("make a device", lambda: os.mknod("/tmp/device", 0o020666, os.makedev(1, 1)))
tried("write to Python", lambda: open(os.__file__.replace("os.py", "planted.py"), "w"))
tried("new namespace", lambda: ctypes.CDLL(None).unshare(0x10000000) == 0)
tried("become root", lambda: os.setuid(0) is None)
"""


@dataclass(frozen=True)
class Attempt:
    """One try to get out, and what came of it."""

    what: str
    refused: bool
    how: str


@dataclass(frozen=True)
class Confinement:
    """All tries."""

    attempts: tuple[Attempt, ...]

    def demand(self) -> None:
        """Raise `CourseError` unless every try was refused."""
        done = [attempt.what for attempt in self.attempts if not attempt.refused]
        if done:
            raise CourseError(
                f"The sandbox does not confine: {', '.join(done)} could be reached from inside. "
                "Nothing was graded; torchmarks doctor shows more."
            )
        if len(self.attempts) != _TRIES.count("\ntried("):
            raise CourseError("The sandbox's self-test did not run to its end: torchmarks doctor.")


def confinement(sandbox: Sandbox, course: Path) -> Confinement:
    """Let a session in the sandbox try everything."""
    with _listener() as port, _foreign_process() as mark:
        given = {
            "PORT": port,
            "MARK": mark,
            "COURSE": str(course),
            "HOME": str(Path.home()),
            "IN_COURSE": _private(course),
            "IN_HOME": _private(Path.home()),
        }
        source = "\n".join(f"{k} = {v!r}" for k, v in given.items()) + _TRIES
        room = sandbox.open_room(pack(Path("/nonexistent"), 0)[0], Limits(), {}, {})
        printed = ""
        try:
            room.session.receive(30.0)
            room.session.send({"run": source, "cell": 0})
            while "done" not in (told := room.session.receive(30.0).header):
                printed += "".join(o.get("text", "") for o in told.get("outputs", ()))
        except ChannelError:
            pass
        finally:
            sandbox.close_room(room)
    attempts = []
    for line in printed.splitlines():
        what, answer, how = [*line.split("\t"), "", ""][:3]
        attempts.append(Attempt(what, answer == "refused", how))
    return Confinement(tuple(attempts))


@contextlib.contextmanager
def _listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextlib.contextmanager
def _foreign_process() -> Iterator[str]:
    mark = f"torchmarks-self-test-{os.getpid()}"
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()", mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            yield mark
        finally:
            process.kill()


def _private(folder: Path) -> list[str]:
    """Names in a folder, but for those on the way to something that the sandbox shows."""
    try:
        return [p.name for p in folder.iterdir() if not leads_to_shown(p)]
    except OSError:
        return []
