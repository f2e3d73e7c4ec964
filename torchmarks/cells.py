"""What `Marks` reads from the source of the grade cell that calls it."""

from __future__ import annotations

import linecache
import re
from types import FrameType
from typing import Any


def exercise_name(frame: FrameType, function: Any) -> str:
    """The name that the grade cell uses; a student may have given the function another one."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)
    written = re.search(r"Marks\((\w+)", line)
    return written[1] if written else str(getattr(function, "__name__", "exercise"))


def is_hidden(frame: FrameType) -> bool:
    """Whether the call stands between nbgrader's hidden-test delimiters, or cannot be seen."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    if not lines:
        return True
    before = "".join(lines[: frame.f_lineno])
    return before.rfind("BEGIN HIDDEN TESTS") > before.rfind("END HIDDEN TESTS")
