"""What lies around an attacked course: secrets that nobody may read, listeners that nobody may reach.

It stands outside of `/tmp`, which a sandbox may have for itself: as real courses do. When it closes
it tells what attackers left behind on the machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import selectors
import shutil
import signal
import site
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PLANTED = "planted"
#: The key of System V memory, semaphores and queues that an attacker makes, and how /proc shows it.
SYSTEM_V_KEY = 0x41250725
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class World:
    """Places and addresses, and what was received at the addresses."""

    folder: Path
    home: Path
    canary: str
    addresses: dict[str, str]
    received: list[str] = field(default_factory=list)

    @property
    def known(self) -> dict[str, str]:
        """What an attacker knows; see the package's docstring."""
        return {
            "course": str(self.folder / "course"),
            "outside": str(self.folder / "outside"),
            "home": str(self.home),
            "repository": str(REPOSITORY),
            **self.addresses,
        }

    def left_behind(self) -> list[str]:
        """Files, kernel objects, connections and processes that attackers left, a line each."""
        # What was told to die may take a moment.
        deadline = time.monotonic() + 3
        while (processes := _children() - self._children_before) and time.monotonic() < deadline:
            time.sleep(0.1)
        left = [f"process {pid} {_name(pid)}" for pid in sorted(processes)]
        for pid in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        objects = [line for line in _kernel_objects() if line not in self._objects_before]
        return left + self.received + _planted_files(self.folder) + objects

    def __post_init__(self) -> None:
        self._children_before = _children()
        self._objects_before = _kernel_objects()


@contextlib.contextmanager
def make_world() -> Iterator[World]:
    """A world with canaries in a folder, in the home and in the environment."""
    # A process that outlives its parent becomes ours, whatever it did to hide.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with (
        tempfile.TemporaryDirectory(prefix="attacked-", dir="/var/tmp") as name,
        tempfile.TemporaryDirectory(prefix=".attacked-", dir=Path.home()) as home,
    ):
        folder, canary = Path(name), f"canary-{secrets.token_hex(8)}"
        folder.chmod(0o755)
        for place in (folder / "outside", Path(home)):
            place.mkdir(exist_ok=True)
            (place / "diary.txt").write_text(f"{canary}: nobody's business\n")
        with _listeners(folder) as (addresses, received):
            yield World(folder, Path(home), canary, addresses, received)


@contextlib.contextmanager
def _listeners(folder: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """TCP, UDP, a socket in the file system and an abstract one: each notes what comes in."""
    abstract = f"attacked-{secrets.token_hex(4)}"
    bound = {
        "tcp": _bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "udp": _bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "socket": _bound(socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "socket")),
        "abstract": _bound(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{abstract}"),
    }
    received: list[str] = []
    stop = threading.Event()

    def listen() -> None:
        with selectors.DefaultSelector() as selector:
            for name, listener in bound.items():
                selector.register(listener, selectors.EVENT_READ, name)
            while not stop.is_set():
                for key, _ in selector.select(timeout=0.2):
                    received.append(f"message through {key.data}: {_receive(key.fileobj)}")

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield (
            {
                "tcp": str(bound["tcp"].getsockname()[1]),
                "udp": str(bound["udp"].getsockname()[1]),
                "socket": str(folder / "socket"),
                "abstract": abstract,
            },
            received,
        )
    finally:
        stop.set()
        thread.join()
        for listener in bound.values():
            listener.close()


def _bound(family: int, kind: int, address: object) -> socket.socket:
    listener = socket.socket(family, kind)
    listener.bind(address)  # type: ignore[arg-type]
    if kind == socket.SOCK_STREAM:
        listener.listen()
    return listener


def _receive(listener: object) -> str:
    assert isinstance(listener, socket.socket)
    if listener.type == socket.SOCK_STREAM:
        listener, _ = listener.accept()
        with listener:
            listener.settimeout(1)
            with contextlib.suppress(TimeoutError):
                return listener.recv(1000).decode(errors="replace")
            return ""
    return listener.recv(1000).decode(errors="replace")


def _planted_files(folder: Path) -> list[str]:
    shallow = [Path("/tmp"), Path("/dev/shm"), Path("/dev/mqueue"), Path("/var/tmp"), Path.home()]
    shallow += [Path(place) for place in [*site.getsitepackages(), site.getusersitepackages()]]
    deep = [Path.home() / name for name in (".ipython", ".jupyter", ".config")]
    deep += [folder / "outside", REPOSITORY / "torchmarks"]
    found = [path for place in shallow for path in place.glob(f"*{PLANTED}*")]
    found += [path for place in deep for path in place.rglob(f"*{PLANTED}*")]
    lines = [f"file {path}" for path in found]
    for path in found:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return lines


def _kernel_objects() -> list[str]:
    lines = []
    for kind in ("shm", "sem", "msg"):
        for line in _lines(f"/proc/sysvipc/{kind}"):
            if line.split()[:1] == [str(SYSTEM_V_KEY)]:
                lines.append(f"System V {kind} {line.split()[1]}")
    return lines + [f"key {line}" for line in _lines("/proc/keys") if PLANTED in line]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:  # this kernel has no such objects
        return []


def _children() -> set[int]:
    """Processes below this one, without those that have ended."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(path.parent.name)] = int(parent)
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return "(ended)"
