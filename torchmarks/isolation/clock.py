"""Where the time of this process goes, by phase: for benchmarks."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds by phase, since the process started.
SPENT: defaultdict[str, float] = defaultdict(float)


@contextmanager
def spent(phase: str) -> Iterator[None]:
    """Count the time of the block."""
    started = time.perf_counter()
    try:
        yield
    finally:
        SPENT[phase] += time.perf_counter() - started
