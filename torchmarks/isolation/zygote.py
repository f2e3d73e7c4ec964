"""The warm process in the sandbox: it imports everything once and forks for each submission.

The fork enters namespaces of its own, with a private memory file system, and becomes process 1 of
the submission, the supervisor. Neither runs any of the student's code.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from typing import Any

from torchmarks.isolation import namespaces
from torchmarks.isolation.channel import Channel, Frame
from torchmarks.isolation.forking import gather_memory, settle
from torchmarks.isolation.ground import lay
from torchmarks.isolation.parts import use
from torchmarks.isolation.rehearsal import rehearse_answers
from torchmarks.isolation.residents import FOLDER, HOME, unpack
from torchmarks.isolation.serving import Server
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.supervisor import Supervisor
from torchmarks.isolation.warming import warm_up

#: Where folders below /tmp wait while it is covered.
KEPT = "/kept"


def main() -> None:
    """Serve the drivers."""
    server = Server()
    namespaces.hide_memory()
    shell = warm_up()
    # Not before: Matplotlib asks for the backend when it is imported.
    from torchmarks.isolation.drawings import Drawings

    drawings = shell.drawings = Drawings()
    drawings.install()
    rehearse_answers(shell)
    settle()
    gather_memory()

    def work(frame: Frame) -> None:
        (lay if "lay" in frame.header else _enter)(
            shell, frame.header, frame.blobs[0], *frame.descriptors
        )
        os._exit(0)

    def take(frame: Frame) -> None:
        if "parts" in frame.header:
            use(frame.header["parts"])
            settle()
        else:
            shell.learn(frame.header, frame.blobs)

    server.serve(work, take)


def _enter(shell: Shell, room: dict[str, Any], files: bytes, control: int, *session: int) -> None:
    """Enter namespaces of its own, leave process 1 in charge of them, and wait for its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if room["unsafe"]:
        _enter_unsafely(shell, room, files, control, *session)
    namespaces.hide_memory(False)  # or its /proc/self/uid_map would not be its own
    namespaces.leave_keyring()
    namespaces.leave_all_namespaces()
    first = os.fork()
    if first:
        for descriptor in (control, *session):
            os.close(descriptor)
        os.waitpid(first, 0)
        os._exit(0)
    try:
        own_proc = namespaces.mount_own_processes()
        namespaces.hide_memory()
        # A Python that lies below /tmp would be covered with it.
        for number, folder in enumerate(room["kept"]):
            namespaces.bind(folder, f"{KEPT}/{number}")
        for folder in ("/tmp", "/dev/shm", FOLDER, HOME):
            namespaces.mount_private(folder, room["disk"])
        for number, folder in enumerate(room["kept"]):
            os.makedirs(folder)
            namespaces.bind(f"{KEPT}/{number}", folder)
        namespaces.forbid_new_namespaces()
        # Where root grades, the kernel takes a session for the owner of its own settings.
        namespaces.make_read_only("/proc")
        os.chdir(FOLDER)
        os.environ.update(room["environment"])
        unpack(files, FOLDER)
        channel = Channel(socket.socket(fileno=control), trusts_peer=True)
        Supervisor(shell, room, channel, own_proc).run(*session)
        os._exit(0)
    finally:
        os._exit(1)


def _enter_unsafely(
    shell: Shell, room: dict[str, Any], files: bytes, control: int, session: int
) -> None:
    """Without a sandbox: a folder of its own, and nothing else."""
    namespaces.adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(room["environment"])
        unpack(files, folder)
        Supervisor(
            shell, room, Channel(socket.socket(fileno=control), trusts_peer=True), False
        ).run(session)
    os._exit(0)
