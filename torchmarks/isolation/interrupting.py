"""Ends a trusted cell that runs on by itself: a loop between its calls, or none at all."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

#: Seconds from one interrupt to the next, for a cell that catches the first.
_AGAIN = 5.0


class Interrupt:
    """Raises `KeyboardInterrupt` in the block after so many seconds, and ends the block with it.

    Time that the block has `waited` for checks is not counted: these have limits of their own. What
    Python cannot interrupt, such as a sum over a vast range, ends the process when it has computed
    for three times as long.
    """

    def __init__(self, seconds: float, waited: Callable[[], float]) -> None:
        #: Whether it has interrupted the block.
        self.came = False
        self._seconds = seconds
        self._waited = waited
        self._left = threading.Event()
        self._armed = False
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Interrupt:
        self._armed = True
        signal.signal(signal.SIGINT, self._raise)
        signal.setitimer(signal.ITIMER_PROF, 3 * self._seconds)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._armed = False
        self._left.set()
        self._thread.join()
        signal.setitimer(signal.ITIMER_PROF, 0)
        return kind is KeyboardInterrupt

    def _watch(self) -> None:
        begin, before = time.monotonic(), self._waited()
        left = self._seconds
        while not self._left.wait(min(max(left, 0.02), threading.TIMEOUT_MAX)):
            left = begin + self._seconds + self._waited() - before - time.monotonic()
            if left <= 0:
                self.came, left = True, _AGAIN
                begin += _AGAIN
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        # One that comes while the block ends is too late.
        if self._armed and (frame is None or frame.f_code is not Interrupt.__exit__.__code__):
            raise KeyboardInterrupt
