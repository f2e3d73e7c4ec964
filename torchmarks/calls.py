"""Run a student's function once, on private copies, and record what came of it as data.

Nothing that the function does reaches the comparison except its answer: an exception, a loop that
does not end and arguments changed in place are recorded, what it prints to the error stream never
becomes a grade, and what it prints during a hidden check is dropped.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import os
import signal
import sys
import sysconfig
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from time import monotonic, process_time
from types import FrameType, TracebackType
from typing import Any

from torch import Tensor

from torchmarks.compare import EXACT, compare
from torchmarks.watch import Watch

#: Seconds that one call may compute. The slowest correct solution of the course takes one.
TIME_LIMIT = 5.0
#: By the clock a call may take so many times its limit: that the machine is busy with others, or
#: was paused, is not the student's doing.
PATIENCE = 4.0


class Verdict(Enum):
    """How a call ended."""

    RETURNED = "returned"
    RAISED = "raised"
    NOT_ATTEMPTED = "not attempted"
    TIMED_OUT = "timed out"
    # Of a function that runs in a process of its own.
    KILLED = "killed"
    EXITED = "exited"
    TOO_LARGE = "too large"
    MALFORMED = "malformed"
    GONE = "gone"


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    `error`, `message` and `line` tell of an exception: its type, its text, and the line of the
    student's code that raised it. `changed` names the arguments that were changed in place.
    `called` holds the names of the torch functions watched for that ran (see `watch.py`).
    """

    verdict: Verdict
    value: Any = None
    error: str = ""
    message: str = ""
    line: str = ""
    changed: tuple[str, ...] = ()
    called: frozenset[str] = frozenset()
    exception_names: tuple[str, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether another function could be recognized by ending in the same way."""
        return self.verdict in (Verdict.RETURNED, Verdict.RAISED)


class TimeLimitExceeded(BaseException):
    """A call ran out of time. Not an `Exception`, so that `except Exception` lets it through."""


class NoAnswer(BaseException):
    """A call in another process gave no answer. No test that expects an error may catch it."""

    def __init__(self, verdict: Verdict, sentence: str = "") -> None:
        super().__init__(sentence)
        self.verdict = verdict


def observe(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    *,
    through: Callable[..., Any] | None = None,
    quiet: bool = False,
    time_limit: float = TIME_LIMIT,
    watch_for: tuple[Any, ...] = (),
    test_file: str = "",
    here: bool = False,
) -> Outcome:
    """Call `function(*arguments)`, or `through(function, *arguments)`, on private copies.

    `quiet` drops what the function prints. `time_limit` is in seconds of computing. `watch_for`
    holds the torch functions to look out for; `test_file` is the file of the test, no line of which
    is shown. A function that runs in another process is observed there, its probe too, unless the
    probe has to run `here` because it gives a verdict and not a value.
    """
    remote = getattr(type(function), "__observe__", None)
    if remote is not None and not here:
        outcome: Outcome = remote(
            function, arguments, through, quiet, time_limit, watch_for, test_file
        )
        return outcome
    copies = private_copy(arguments)
    target = function if through is None else _through(through, function)
    watch = Watch(watch_for)
    watching, limit = watch.watching(), limited(time_limit)
    if remote is not None:
        kind: Any = type(function)
        watching = kind.__watched__(function, watch, time_limit)
        # Where it runs it is stopped first, and says so.
        limit = limited(time_limit, PATIENCE * time_limit + 10.0)
    try:
        with _streams(quiet), limit, watching:
            value = target(*copies)
    except NotImplementedError as error:
        # A stub raises it bare; torch and NumPy give it a text, and it is an error like others.
        if error.args:
            return raised(their_line(function, error.__traceback__, test_file), error, watch)
        return Outcome(Verdict.NOT_ATTEMPTED)
    except TimeLimitExceeded:
        return Outcome(Verdict.TIMED_OUT, called=watch.seen)
    except NoAnswer as error:
        return Outcome(error.verdict, called=watch.seen)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a student's sys.exit() is an answer like any.
        return raised(their_line(function, error.__traceback__, test_file), error, watch)
    pairs = enumerate(zip(arguments, copies, strict=True))
    places = [place for place, (before, after) in pairs if not same(before, after)]
    names = argument_names(function, len(arguments)) if places else []
    changed = tuple(names[place] for place in places)
    return Outcome(Verdict.RETURNED, value, changed=changed, called=watch.seen)


def private_copy(value: Any) -> Any:
    """A deep copy of tensors and containers; a leaf that asks for its gradient still does."""
    if isinstance(value, Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(private_copy(v) for v in value))
    if isinstance(value, (list, tuple)):
        return type(value)(private_copy(v) for v in value)
    if isinstance(value, dict):
        return {key: private_copy(v) for key, v in value.items()}
    return value


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """Names of the first `count` positional parameters, as far as they are known."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    return [names[i] if i < len(names) else f"argument {i + 1}" for i in range(count)]


def _through(probe: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: probe(function, *arguments)


def same(before: Any, after: Any) -> bool:
    """Whether a tensor or a container of these has kept every bit."""
    if isinstance(before, (Tensor, list, tuple, dict)):
        try:
            return not compare(after, before, EXACT)
        except TypeError:  # a list of functions: nothing to change in place
            return True
    return True


@contextlib.contextmanager
def _streams(quiet: bool) -> Iterator[None]:
    """Standard error never reaches the cell: nbgrader scores any output there as zero."""
    sink = io.StringIO()
    with contextlib.ExitStack() as stack:
        # Nor does a warning become an error where the caller wants it so.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore" if quiet else "default")
        if quiet:
            stack.enter_context(contextlib.redirect_stdout(sink))
        stack.enter_context(contextlib.redirect_stderr(sink if quiet else sys.stdout))
        yield


@contextlib.contextmanager
def limited(seconds: float, at_most: float | None = None) -> Iterator[None]:
    """Raise `TimeLimitExceeded` in the block when it has computed for so many seconds.

    By the clock it may take `at_most` so many, or `PATIENCE` times its limit.
    """
    # Only the main thread of a POSIX process has an alarm; elsewhere the kernel's own limit holds.
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "setitimer") or not in_main_thread:
        yield
        return

    inside = True
    computed = process_time() + seconds
    end = monotonic() + (PATIENCE * seconds if at_most is None else at_most)

    def expired(signal_number: int, frame: FrameType | None) -> None:
        left = min(computed - process_time(), end - monotonic())
        if left <= 0.0:
            raise TimeLimitExceeded
        if inside:
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.01))

    previous = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def raised(line: str, error: BaseException, watch: Watch | None = None) -> Outcome:
    """The outcome of a call that raised `error` in `line` of the student's code."""
    return Outcome(
        Verdict.RAISED,
        error=type(error).__name__,
        message=str(error),
        # An error that was raised in another process brings its line along.
        line=line or getattr(error, "student_line", ""),
        called=watch.seen if watch else frozenset(),
        exception_names=tuple(c.__name__ for c in type(error).__mro__),
    )


#: Frames in these are not the student's; this package may lie elsewhere than other libraries.
_LIBRARIES = (
    sysconfig.get_path("stdlib"),
    sysconfig.get_path("purelib"),
    os.path.dirname(os.path.abspath(__file__)),
)


def their_line(function: Any, traceback: TracebackType | None, test_file: str) -> str:
    """The innermost line of the student's code; a test's probes and lambdas are its secret."""
    theirs = _code_of(function)
    inside, line = False, ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        inside = inside or code in theirs
        theirs_too = code.co_filename != test_file and not code.co_filename.startswith(_LIBRARIES)
        if inside and theirs_too:
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip() or line
        traceback = traceback.tb_next
    return line


def _code_of(function: Any) -> set[Any]:
    members = vars(function).values() if inspect.isclass(function) else (function,)
    return {
        code
        for member in members
        if (code := getattr(getattr(member, "__func__", member), "__code__", None))
    }
