"""Files that a test writes for a call, and files that a call writes for a test.

The session has a copy of the submission's folder, and the test has the folder. What a test writes
there goes along with its next question, so it must be no secret. What a call has written is read
from the session with the test's `open`, as text or bytes in memory: it never becomes a file here.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

#: Entries of a folder that are looked at, and bytes of them that go along with one question.
_MOST = 1000
_SIZE = 16 * 2**20

State = dict[str, tuple[int, int]]


class Written:
    """Watches a folder for files that a test writes there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._state = self._look()

    def news(self) -> dict[str, bytes]:
        """Files that are new or changed since the last time, by their names in the folder."""
        now = self._look()
        changed = [name for name, state in now.items() if self._state.get(name) != state]
        self._state = now
        found, left = {}, _SIZE
        for name in changed:
            left -= now[name][1]
            if left >= 0:
                with contextlib.suppress(OSError):  # it was there for a moment only
                    found[name] = (self._folder / name).read_bytes()
        return found

    def _look(self) -> State:
        found: State = {}
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in itertools.islice(entries, _MOST):
                # No link: it could lead to a file that is none of the submission's business.
                if entry.is_file(follow_symlinks=False):
                    state = entry.stat(follow_symlinks=False)
                    found[entry.name] = (state.st_mtime_ns, state.st_size)
        return found


class Open:
    """The `open` of trusted cells: what is not here to be read is looked for with `fetch`."""

    def __init__(self, fetch: Callable[[str], bytes | None]) -> None:
        self._fetch = fetch

    def __reduce__(self) -> Any:
        # A function of the test's that is sent to the session opens files there.
        return getattr, (builtins, "open")

    def __call__(
        self, file: Any, mode: str = "r", buffering: int = -1, *arguments: Any, **options: Any
    ) -> IO[Any]:
        """As `builtins.open`."""
        try:
            return open(file, mode, buffering, *arguments, **options)
        except FileNotFoundError:
            readable = isinstance(file, (str, os.PathLike)) and set(mode) <= set("rbt")
            content = self._fetch(os.fspath(file)) if readable else None
            if content is None:
                raise
        if "b" in mode:
            return io.BytesIO(content)
        return io.TextIOWrapper(
            io.BytesIO(content), options.get("encoding") or "utf-8", options.get("errors")
        )


def write(files: dict[str, bytes]) -> None:
    """Write a test's files where the student's code runs."""
    for name, content in files.items():
        Path(name).write_bytes(content)


def read(name: str) -> bytes | None:
    """A file of the session; None if there is none, or it is too large."""
    try:
        path = Path(name)
        return path.read_bytes() if path.is_file() and path.stat().st_size <= _SIZE else None
    except (OSError, ValueError):
        return None
