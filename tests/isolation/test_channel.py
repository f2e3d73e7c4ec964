"""Frames: what arrives is what was sent, or an exception that says why not."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from tests.isolation.wires import pair
from torchmarks.isolation.channel import (
    HEADER_LIMIT,
    Channel,
    ChannelError,
    Closed,
    Late,
    Malformed,
    TooLarge,
)

Ends = tuple[Channel, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A channel, and the socket at its other end."""
    here, there = pair()
    with here.socket, there:
        yield here, there


def frame(header: object, blobs: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">IQ", len(text), len(blobs)) + text + blobs


def test_a_frame_arrives_as_it_was_sent(ends: Ends):
    here, there = ends
    Channel(there).send({"a": [1, "ü", None]}, [b"", b"\x00\xff" * 5])
    received = here.receive(1.0)
    assert received.header == {"a": [1, "ü", None]}
    assert received.blobs == [b"", b"\x00\xff" * 5]


def test_a_large_frame_arrives_in_pieces(ends: Ends):
    here, there = ends
    blob = os.urandom(5_000_000)
    sender = threading.Thread(target=Channel(there).send, args=({}, [blob]))
    sender.start()
    assert here.receive(10.0).blobs == [blob]
    sender.join()


@pytest.mark.parametrize(
    "text",
    [
        frame([]),
        frame({}),
        frame({"blobs": 1}),
        frame({"blobs": [-1]}),
        frame({"blobs": [True]}),
        frame({"blobs": [1.0]}),
        frame({"blobs": [3]}, b"ab"),
        frame({"blobs": []}, b"ab"),
        frame({"blobs": [10**400]}),
        frame(b"{"),
        frame(b"\xff\xfe\x00"),
        frame(b'"' + b"\xff" * 9 + b'"'),
        frame(b"[" * 100_000),
        frame(b'{"blobs": [' + b"[" * 100_000),
        frame(b'{"blobs": [' + b"9" * 100_000 + b"]}"),
    ],
    ids=lambda text: repr(text[12:40]),
)
def test_what_is_no_frame_is_malformed(ends: Ends, text: bytes):
    here, there = ends
    there.sendall(text)
    with pytest.raises(Malformed):
        here.receive(1.0)


@pytest.mark.parametrize("lengths", [(2**32 - 1, 0), (HEADER_LIMIT + 1, 0), (2, 2**64 - 1)])
def test_a_frame_that_says_it_is_too_large_is_not_waited_for(ends: Ends, lengths: tuple[int, int]):
    here, there = ends
    there.sendall(struct.pack(">IQ", *lengths))
    with pytest.raises(TooLarge):
        here.receive(1.0)


def test_half_a_frame_is_late_and_after_the_end_closed(ends: Ends):
    here, there = ends
    there.sendall(frame({"blobs": []})[:-1])
    begin = time.monotonic()
    with pytest.raises(Late):
        here.receive(0.2)
    assert time.monotonic() - begin < 2
    there.close()
    with pytest.raises(Closed):
        here.receive(1.0)


def test_a_frame_that_trickles_is_late(ends: Ends):
    here, there = ends

    def trickle() -> None:
        for byte in frame({"blobs": []}):
            try:
                there.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(0.05)

    sender = threading.Thread(target=trickle)
    sender.start()
    with pytest.raises(Late):
        here.receive(0.3)
    here.close()
    sender.join()


def test_sending_to_one_who_does_not_read_is_late(ends: Ends):
    here, there = ends
    with pytest.raises(Late):
        here.send({}, [bytes(50_000_000)], seconds=0.2)
    there.close()


def test_descriptors_come_only_from_a_trusted_peer(ends: Ends):
    distrusts, there = ends
    Channel(there).send({"n": 1}, descriptors=[0])
    assert distrusts.receive(1.0).descriptors == []
    distrusts.send({"n": 2}, descriptors=[0])
    (descriptor,) = Channel(there, trusts_peer=True).receive(1.0).descriptors
    os.close(descriptor)


@pytest.mark.parametrize("count", [1, 16, 250, 253, 254, 400])
def test_many_descriptors_arrive_in_their_order(ends: Ends, count: int):
    here, there = ends
    reading, writing = os.pipe()
    here.send({"x": "y" * 100}, [b"z"], [*([reading] * (count - 1)), writing])
    received = Channel(there, trusts_peer=True).receive(5.0)
    try:
        assert len(received.descriptors) == count
        assert received.blobs == [b"z"]
        os.write(received.descriptors[-1], b"!")
        assert os.read(reading, 1) == b"!"
    finally:
        for descriptor in (*received.descriptors, reading, writing):
            os.close(descriptor)


def test_random_bytes_are_no_frame_and_hang_nobody():
    chance = random.Random(5)
    for _ in range(300):
        here, there = pair()
        text = bytearray(frame({"blobs": [3], "a": [1, {"b": None}]}, b"abc"))
        for _ in range(chance.randrange(1, 4)):
            text[chance.randrange(len(text))] = chance.randrange(256)
        there.sendall(bytes(text[: chance.randrange(len(text) + 1)]))
        there.close()
        try:
            received = here.receive(1.0)
        except ChannelError:
            continue
        finally:
            here.close()
        assert isinstance(received.header, dict)
        assert sum(map(len, received.blobs)) == 3
