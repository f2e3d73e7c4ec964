"""Makes forks of a warm process cheap: it is forked some thirty times for each notebook."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
from collections.abc import Iterator
from random import getstate, setstate

_HUGE = 2**21
#: Of `madvise`, since Linux 6.1: gather pages of four kilobytes into one of two megabytes, now.
_COLLAPSE = 25


def fork() -> int:
    """`os.fork`, after which Python's random numbers go on as a cell has seeded them.

    Python itself seeds them anew in every child.
    """
    state = getstate()
    child = os.fork()
    if not child:
        setstate(state)
    return child


def settle() -> None:
    """Prepare this process, which has imported all that it needs, for being forked."""
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page that it touches


def gather_memory() -> None:
    """Put this process's memory into huge pages, which takes half a second."""
    # A fork copies an entry for each page, and its end takes each back: most of its time.
    with contextlib.suppress(OSError, AttributeError):
        madvise = ctypes.CDLL(None).madvise
        madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for begin, end in _own_memory():
            for address in range(-(-begin // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
                madvise(address, _HUGE, _COLLAPSE)  # a kernel that cannot leaves it as it is


def _own_memory() -> Iterator[tuple[int, int]]:
    """Addresses of what this process has written itself, and maps from no file."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as lines:
        for line in list(lines):
            addresses, rights, _, _, _, *name = line.split()
            if rights == "rw-p" and name in ([], ["[heap]"]):
                begin, end = (int(address, 16) for address in addresses.split("-"))
                yield begin, end
