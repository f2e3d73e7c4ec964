"""Exceptions and warnings of the student's, raised anew in the grader."""

from __future__ import annotations

import contextlib
import os
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

from torchmarks.calls import NoAnswer
from torchmarks.isolation.channel import Malformed
from torchmarks.isolation.disguises import imported
from torchmarks.isolation.rebuilding import Decoder
from torchmarks.isolation.records import Known

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def exception(
    raised: Any, class_of: Callable[[Any], Any], decoder: Decoder, known: Known
) -> BaseException:
    """The exception that a call raised, from its description; an error if that has not the form."""
    kind = class_of(raised["kept"])
    arguments = decoder.decode(raised.get("arguments"))
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise Malformed
    try:
        error = kind(*arguments)
    except Exception:  # its constructor wants something else
        error = kind(str(raised.get("message", "")))
    with contextlib.suppress(Malformed, AttributeError, TypeError):
        vars(error).update(decoder.decode(raised.get("attributes")))
    # These two are the grader's own words: a student's attribute of the name could hold anything.
    vars(error).pop("__notes__", None)
    line = str(raised.get("line", ""))
    error.student_line = line if line in known.lines else ""  # type: ignore[attr-defined]
    if line in known.lines:
        error.add_note(f"in the line: {line}")
    return error


def exception_class(handle: dict[str, Any], known: Known) -> type[BaseException]:
    """The grader's own exception class of that name; one made for a class of the student's."""
    name = known.word(handle.get("name"), "StudentError")
    base: type[BaseException] = Exception
    entries = handle.get("classes")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        found = imported(entry)
        usable = isinstance(found, type) and issubclass(found, BaseException)
        if usable and not issubclass(found, NoAnswer):
            if position == 0:
                own: type[BaseException] = found
                return own
            base = found
            break
    if base is BaseException:
        base = Exception
    exception: type[BaseException] = type(
        name, (base,), {"_reference": (handle["number"], ""), "__module__": "__main__"}
    )
    return exception


def warn(text: str, kind: type[Warning]) -> None:
    """Warn of what a call warned of, in the line of the cell that made the call."""
    frame: types.FrameType = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    warnings.warn_explicit(
        text,
        kind,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=str(frame.f_globals.get("__name__")),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def warning_class(classes: Any) -> type[Warning]:
    """The first of a warning's classes that is Python's own."""
    for entry in classes if isinstance(classes, list) else ():
        found = imported(entry)
        if isinstance(found, type) and issubclass(found, Warning):
            return found
    return UserWarning
