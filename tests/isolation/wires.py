"""Both ends of a wire, for tests that stand at one of them or at both."""

from __future__ import annotations

import socket

from torchmarks.isolation.channel import Channel


def pair() -> tuple[Channel, socket.socket]:
    """An end that trusts nothing that comes, and the end that a session would have."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return Channel(here), there
