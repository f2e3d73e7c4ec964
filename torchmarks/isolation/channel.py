"""Frames over a socket: a JSON header and raw bytes behind it, with caps and deadlines on receipt.

Nothing here trusts the other end. A frame that is too large, late, cut off or no JSON is an
exception of its own, so that whoever asked can tell the one from the other.
"""

from __future__ import annotations

import array
import json
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

#: Length of the JSON header and of the raw bytes behind it.
_LENGTHS = struct.Struct(">IQ")
HEADER_LIMIT = 32 * 2**20
FRAME_LIMIT = 128 * 2**20
#: Descriptors in one message; the kernel takes 253.
_RIGHTS = 250


class ChannelError(Exception):
    """A frame did not arrive."""


class Closed(ChannelError):
    """The other end is gone."""


class Late(ChannelError):
    """No complete frame arrived in time."""


class TooLarge(ChannelError):
    """A frame announces more bytes than are allowed."""


class Malformed(ChannelError):
    """Bytes arrived that are no frame."""


@dataclass
class Frame:
    """A header, the raw bytes behind it, and the descriptors that came with it."""

    header: dict[str, Any]
    blobs: list[bytes] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)


class Channel:
    """One end of a connected stream socket.

    Descriptors are taken only where `trusts_peer` is set: a session must not hand any to a grader.
    """

    def __init__(self, connection: socket.socket, *, trusts_peer: bool = False) -> None:
        self.socket = connection
        self._trusts_peer = trusts_peer
        self._descriptors: list[int] = []

    def close(self) -> None:
        """Close this end."""
        self.socket.close()

    def fileno(self) -> int:
        """For `select`."""
        return self.socket.fileno()

    def send(
        self,
        header: dict[str, Any],
        blobs: list[bytes] | None = None,
        descriptors: list[int] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Send one frame; raises `Closed`, or `Late` where the other end does not read."""
        blobs = blobs or []
        text = json.dumps({**header, "blobs": [len(b) for b in blobs]}).encode()
        first = _LENGTHS.pack(len(text), sum(map(len, blobs))) + text
        try:
            self.socket.settimeout(seconds)
            for start in range(0, len(descriptors or ()), _RIGHTS):
                rights = array.array("i", (descriptors or [])[start : start + _RIGHTS])
                ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
                sent = self.socket.sendmsg([first[:1]], ancillary)
                first = first[sent:]
            for piece in (first, *blobs):
                self.socket.sendall(piece)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, seconds: float | None = None, limit: int = FRAME_LIMIT) -> Frame:
        """One frame, or a `ChannelError`. `seconds` is for the whole of it, None waits forever."""
        deadline = None if seconds is None else time.monotonic() + seconds
        self._descriptors = []
        header_length, blob_length = _LENGTHS.unpack(self._exactly(_LENGTHS.size, deadline))
        if header_length > min(limit, HEADER_LIMIT) or blob_length > limit:
            raise TooLarge
        text = self._exactly(header_length, deadline)
        body = self._exactly(blob_length, deadline)
        try:
            header = json.loads(text)
        except (ValueError, RecursionError):
            raise Malformed from None
        lengths = header.pop("blobs", None) if isinstance(header, dict) else None
        if not isinstance(lengths, list) or not all(type(n) is int and n >= 0 for n in lengths):
            raise Malformed
        if sum(lengths) != blob_length:
            raise Malformed
        blobs, start = [], 0
        for n in lengths:
            blobs.append(bytes(body[start : start + n]))
            start += n
        return Frame(header, blobs, self._descriptors)

    def _exactly(self, count: int, deadline: float | None) -> bytearray:
        received = bytearray()
        while len(received) < count:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise Late
            try:
                self.socket.settimeout(left)
                piece = self._some(min(count - len(received), 2**20))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Closed from None
            if not piece:
                raise Closed
            received += piece
        return received

    def _some(self, count: int) -> bytes:
        if not self._trusts_peer:
            return self.socket.recv(count)
        size = array.array("i").itemsize
        piece, ancillary, _, _ = self.socket.recvmsg(count, socket.CMSG_SPACE(_RIGHTS * size))
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                rights = array.array("i")
                rights.frombytes(data[: len(data) - len(data) % size])
                self._descriptors += list(rights)
        return piece
