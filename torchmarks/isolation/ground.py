"""Grounds: what the instructor's own cells have left, for submissions to begin from.

The cells of a notebook that are the same for a whole class are run once, in a fork of the warm
process. Before each trusted cell it leaves a copy of itself, a ground. A ground runs nothing: for
each submission it forks a process that joins the submission's room, takes in the student's
definitions, and answers the grader from there. No code of a student's ever runs in a ground.
"""

from __future__ import annotations

import fcntl
import io
import math
import os
import re
import shutil
import signal
import socket
import stat
import sys
import tarfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from torchmarks.isolation import namespaces
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.forking import fork
from torchmarks.isolation.residents import FOLDER, HOME, move_in
from torchmarks.isolation.session import append, import_all, run_session
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.snapshot import Warden

#: Says that a cell may have chosen where random numbers begin.
_SEEDS = re.compile(r"seed\b|RandomState|set_?state")


def lay(shell: Shell, order: dict[str, Any], files: bytes, driver: int, *doors: int) -> None:
    """Run the instructor's cells, and leave a ground wherever the order names a door for one.

    Tells the driver of each cell and each ground, and in the end what was drawn. It ends early at
    a cell that fails, or that leaves what forks would share: there are no grounds beyond it.
    """
    report = Channel(socket.socket(fileno=driver), trusts_peer=True)
    _put_in_place(files)
    sys.path.insert(0, "")
    os.environ.update(order["environment"])
    shell.redirect()
    if shell.drawings:
        shell.drawings.record()
    before, grounds, seeded = _shared(), 0, False
    for step in order["steps"]:
        if "door" in step:
            import_all(shell, step["imports"])
            shell.leave_loop()
            if _shared(grounds) != before:
                break
            if not fork():
                _serve(shell, doors[step["door"]], (driver, *doors), seeded)
            grounds += 1
            report.send({"place": step["place"]})
        else:
            seeded = seeded or bool(_SEEDS.search(step["source"]))
            outputs: list[dict[str, Any]] = []
            shell.emit, shell.execution_count = partial(append, outputs), step["count"]
            signal.alarm(math.ceil(order["seconds"]))
            ok = shell.run(step["source"])
            signal.alarm(0)
            if not ok:
                break
            report.send({"place": step["place"], "outputs": outputs})
    _clear()
    drawn = (shell.drawings and shell.drawings.drawn) or {}
    report.send({"drawn": list(drawn)}, list(drawn.values()))


def _serve(shell: Shell, door: int, descriptors: Sequence[int], seeded: bool) -> None:
    """Be a ground, until the driver closes its end; never returns."""
    try:
        for descriptor in descriptors:
            if descriptor != door:
                os.close(descriptor)
        driver = Channel(socket.socket(fileno=door), trusts_peer=True)
        if shell.drawings:
            shell.drawings.drawn = None
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
        while True:
            frame = driver.receive()
            if not frame.descriptors:
                shell.learn(frame.header, frame.blobs)
            elif not fork():
                driver.close()
                _enter(shell, frame.header, frame.descriptors, seeded)
            for descriptor in frame.descriptors:
                os.close(descriptor)
    except ChannelError:
        os._exit(0)
    finally:
        os._exit(1)


def _enter(shell: Shell, order: dict[str, Any], descriptors: list[int], seeded: bool) -> None:
    """Join a submission's room, take in its definitions, and be its snapshot or its session."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection, *spaces = descriptors
    namespaces.leave_keyring()
    if not spaces:
        os._exit(1)  # it would be in no room
    namespaces.join(spaces)
    if fork():
        os._exit(0)
    # A session is to be an orphan in the room: its process 1 tells how it has ended.
    if order["begins"] and fork():
        os._exit(0)
    os.setsid()
    os.chdir(FOLDER)
    move_in(shell, order["room"], seeded=seeded)
    for count, source in order["definitions"]:
        shell.execution_count = count
        shell.define(source)
    shell.execution_count = order["count"]
    channel = Channel(socket.socket(fileno=connection))
    if order["begins"]:
        run_session(channel.socket, shell)
    channel.send({"snapshot": os.getpid()})
    Warden(channel.socket, shell, run_session).watch()
    os._exit(0)


def _put_in_place(files: bytes) -> None:
    _clear()
    os.chdir(FOLDER)
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        archive.extractall(FOLDER, filter="data")


def _clear() -> None:
    for entry in Path(FOLDER).iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()


def _shared(grounds: int = 0) -> tuple[object, ...]:
    """What this process would share with its forks, or they would lack: all but its memory."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    return (
        os.getcwd(),
        [int(d) for d in os.listdir("/proc/self/fd") if not _only_reads(int(d))],
        len(os.listdir("/proc/self/task")),
        len(children.read_text().split()) - grounds if children.exists() else 0,
        [(str(p), p.lstat().st_mtime_ns) for p in sorted(Path(FOLDER).rglob("*"))],
    )


def _only_reads(descriptor: int) -> bool:
    """Whether it is open on a file that nobody can write, such as a font; or not open any more."""
    try:
        readable = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        entry = os.fstat(descriptor)
    except OSError:
        return True
    return readable and stat.S_ISREG(entry.st_mode) and entry.st_dev not in _writable()


def _writable() -> set[int]:
    return {os.stat(folder).st_dev for folder in ("/tmp", "/dev/shm", FOLDER, HOME)}
