"""Makes a process a resident of a room: it has no rights, its limits, and streams of its own.

What runs the student's code is one: the session, and each snapshot that begins on a ground.
"""

from __future__ import annotations

import io
import random
import sys
import tarfile
from collections.abc import Sequence
from typing import Any

import numpy

from torchmarks.isolation import namespaces
from torchmarks.isolation.shell import Shell

#: Where a submission's files lie in the sandbox.
FOLDER = "/submission"
HOME = "/home/student"


def unpack(files: bytes, folder: str) -> None:
    """Put a submission's files, a tar archive, into a folder."""
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        archive.extractall(folder, filter="data")


def move_in(
    shell: Shell, room: dict[str, Any], mapped: int, *, seeds: Sequence[bool] = (True, True)
) -> None:
    """Give up all rights, take on the limits of the room, and let the shell be its own.

    `mapped` are the bytes of memory that the process has to begin with. `seeds`: whether the random
    numbers of Python and of NumPy begin anew, or go on as they are.
    """
    if not room["unsafe"]:
        namespaces.drop_capabilities()
    namespaces.limit_resources(
        memory=mapped + room["memory"],
        # A snapshot has up to three: itself, its answerer, and a session that goes on from it.
        processes=room["processes"] + 3 * room["snapshots"],
        file_size=room["disk"],
    )
    # Every submission is a fork of one process, and would draw the same "random" numbers.
    if seeds[0]:
        random.seed()
    if seeds[1]:
        numpy.random.seed()
    if "" not in sys.path:
        sys.path.insert(0, "")
    shell.redirect()
    for trait, value in room["shell"].items():
        if shell.has_trait(trait):
            shell.set_trait(trait, shell.traits()[trait].from_string(value))
