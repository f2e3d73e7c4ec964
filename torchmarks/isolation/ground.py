"""Grounds: what the instructor's own cells have left, for submissions to begin from.

The cells of a notebook that are the same for a whole class are run once, in a fork of the warm
process. Before each trusted cell it leaves a copy of itself, a ground. A ground runs nothing: for
each submission it forks a warden that joins the submission's room, and whose own forks take in the
student's definitions and answer the grader. No code of a student's ever runs in either.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import socket
import sys
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from torchmarks.isolation import namespaces
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.conditions import conditions
from torchmarks.isolation.forking import fork
from torchmarks.isolation.parts import parts_in, use
from torchmarks.isolation.residents import FOLDER, HOME, move_in, unpack
from torchmarks.isolation.session import append, import_all, run_session
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.snapshot import Warden

_ELSEWHERE = (HOME, "/tmp", "/dev/shm")
#: More processes than there will be: theirs are counted with those of all rooms.
_PROCESSES = 100_000


def lay(shell: Shell, order: dict[str, Any], files: bytes, driver: int, *doors: int) -> None:
    """Run the instructor's cells as the driver sends them, and leave a ground where it says so.

    A cell that fails is refused, and so is a ground where there is anything that its forks would
    share, or would lack: there are none beyond it. In the end the driver gets what was drawn.
    """
    report = Channel(socket.socket(fileno=driver), trusts_peer=True)
    _clear(FOLDER)
    unpack(files, FOLDER)
    os.chdir(FOLDER)
    sys.path.insert(0, "")
    sys.dont_write_bytecode = True
    os.environ.update(order["environment"])
    namespaces.limit_resources(
        memory=namespaces.address_space() + order["memory"],
        processes=_PROCESSES,
        file_size=order["disk"],
    )
    shell.redirect()
    if shell.drawings:
        shell.drawings.record()
    before, chance, grounds = _shared(), _chance(), 0
    used: frozenset[str] = frozenset()
    kept = {str(path) for folder in _ELSEWHERE for path in Path(folder).iterdir()}
    while "end" not in (step := report.receive().header):
        signal.alarm(math.ceil(order["seconds"]))  # a fork has no alarm of its parent's
        if "source" in step:
            if parts := parts_in([step["source"]]) - used:
                shell.leave_loop()
                if _shared(grounds) == before:
                    use(parts)  # it may leave folders behind, which are not the cell's doing
                    used, before = used | parts, _shared(grounds)
            answer = _run(shell, step["source"], step["count"])
        else:
            import_all(shell, step["imports"])
            shell.leave_loop()
            answer = {"refused": True} if _shared(grounds) != before else {}
            if not answer and not fork():
                untouched = [now == then for now, then in zip(_chance(), chance, strict=True)]
                _serve(shell, doors[step["door"]], (report, *doors), untouched)
            grounds += 1
        signal.alarm(0)
        report.send(answer)
    _clear(FOLDER)
    for folder in _ELSEWHERE:
        _clear(folder, kept)
    drawn = (shell.drawings and shell.drawings.drawn) or {}
    report.send({"drawn": list(drawn)}, list(drawn.values()))


def _run(shell: Shell, source: str, count: int) -> dict[str, Any]:
    outputs: list[dict[str, Any]] = []
    shell.emit, shell.execution_count = partial(append, outputs), count
    return {"outputs": outputs} if shell.run(source) else {"refused": True}


def _serve(
    shell: Shell, door: int, others: Sequence[Channel | int], untouched: Sequence[bool]
) -> None:
    """Be a ground, until the driver closes its end; never returns."""
    try:
        for other in others:
            if isinstance(other, Channel):
                other.close()
            elif other != door:
                os.close(other)
        driver = Channel(socket.socket(fileno=door), trusts_peer=True)
        if shell.drawings:
            shell.drawings.drawn = None
        sys.dont_write_bytecode = False
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
        while True:
            frame = driver.receive()
            if not frame.descriptors:
                shell.learn(frame.header, frame.blobs)
            elif not fork():
                driver.close()
                _enter(shell, frame.header, frame.descriptors, untouched)
            for descriptor in frame.descriptors:
                os.close(descriptor)
    except ChannelError:
        os._exit(0)
    finally:
        os._exit(1)


def _enter(
    shell: Shell, order: dict[str, Any], descriptors: list[int], untouched: Sequence[bool]
) -> None:
    """Join a submission's room, take in its definitions, and be its snapshot or its session."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection, *spaces = descriptors
    mapped = namespaces.address_space()
    namespaces.leave_keyring()
    if not spaces:
        os._exit(1)  # it would be in no room
    # From here on its forks are processes of the room. It is none itself: it runs nothing, and
    # nobody there can see it or send it a signal.
    namespaces.join(spaces)
    # A session is to be an orphan in the room: its process 1 tells how it has ended.
    if order["begins"] and (fork() or fork()):
        os._exit(0)
    os.setsid()
    os.chdir(FOLDER)
    move_in(shell, order["room"], mapped, seeds=untouched)
    channel = Channel(socket.socket(fileno=connection))
    if order["begins"]:
        _take_in(shell, order)
        run_session(channel.socket, shell)
    Warden(channel.socket, shell, run_session, partial(_take_in, shell, order)).watch()
    os._exit(0)


def _take_in(shell: Shell, order: dict[str, Any]) -> None:
    """Define what a submission does, in a process of its room."""
    namespaces.hide_memory(False)
    shell.enter_loop()
    for count, source in order["definitions"]:
        shell.execution_count = count
        shell.define(source)
    shell.execution_count = order["count"]


def _clear(folder: str, kept: Collection[str] = ()) -> None:
    for entry in Path(folder).iterdir():
        if str(entry) in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _shared(grounds: int = 0) -> tuple[object, ...]:
    """What this process would share with its forks, or they would lack: all but its own memory."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as lines:
        mapped = [line.split()[0] for line in lines if line.split()[1].endswith("s")]
    return (
        os.getcwd(),
        [int(d) for d in os.listdir("/proc/self/fd") if not _is_font(d)],
        mapped,
        len(os.listdir("/proc/self/task")),
        len(children.read_text().split()) - grounds if children.exists() else 0,
        [
            (str(path), path.lstat().st_mtime_ns if path.is_file() else 0)
            for folder in (FOLDER, *_ELSEWHERE)
            for path in sorted(Path(folder).rglob("*"))
        ],
    )


def _is_font(descriptor: str) -> bool:
    """Whether Matplotlib has it open to draw letters; or it is not open any more."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").endswith((".ttf", ".otf", ".afm"))
    except OSError:
        return True


def _chance() -> tuple[object, object]:
    """Where the random numbers of Python and of NumPy stand."""
    now = conditions()
    return now["random"], now["numpy"]
