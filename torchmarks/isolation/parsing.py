"""JSON out of whatever file was handed in, or a reason why not.

Only a regular file inside of the submission is opened, and never more of it than a limit. Bytes are
decoded by what they are, and damaged JSON is read up to the damage.
"""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

# Far above any notebook written by hand. A file below the limit of bytes can still hold millions of
# empty cells, and each costs a thousand times its bytes later on.
MAX_CELLS = 10_000
MAX_BRACKETS = 2_000_000


class Unreadable(Exception):
    """Nothing of the file can be graded; the text says why, after the words "the file"."""


def parse(path: Path, *, folder: Path, max_bytes: int, remarks: list[str]) -> Any:
    """What the JSON in the file says; raises `Unreadable`, and adds sentences to `remarks`."""
    return _parsed(_decoded(_bytes(path, folder, max_bytes), remarks), remarks)


def _bytes(path: Path, folder: Path, max_bytes: int) -> bytes:
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            path = Path(os.path.realpath(path, strict=True))
            if not path.is_relative_to(os.path.realpath(folder)):
                raise Unreadable("is a link that leads out of the submission")
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise Unreadable("is no file")
        # A pipe put there in between must not make the grader wait.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with open(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable("is no file")
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise Unreadable("is missing") from None
    except OSError as error:
        raise Unreadable(f"cannot be opened ({error.strerror})") from None
    if len(data) > max_bytes:
        raise Unreadable(f"is larger than {max_bytes / 1e6:g} MB")
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("is empty")
    return data


def _decoded(data: bytes, remarks: list[str]) -> str:
    encoding = json.detect_encoding(data)
    text = data.decode(encoding, "replace")
    if encoding == "utf-8-sig":
        remarks.append("It began with a byte order mark.")
    elif encoding != "utf-8":
        remarks.append(f"It was written as {encoding.upper()[:6]}, not as UTF-8.")
    elif "\ufffd" in text:
        valid = sum(character > "\x7f" for character in text) - text.count("\ufffd")
        # Few damaged bytes in UTF-8, or one of the encodings of a single byte.
        if valid <= text.count("\ufffd") and b"\xef\xbf\xbd" not in data:
            text = data.decode("cp1252", "replace")
            remarks.append("It was not written as UTF-8, and was read as Windows-1252.")
        elif b"\xef\xbf\xbd" not in data:
            remarks.append("Some of its bytes were no UTF-8; they were replaced.")
    return text.strip("\0\ufeff \t\r\n")


def _parsed(text: str, remarks: list[str]) -> Any:
    if text.count("{") + text.count("[") > MAX_BRACKETS:
        raise Unreadable("holds more parts than any notebook has")
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except ValueError as error:
        line = getattr(error, "lineno", 1)
    decoder = json.JSONDecoder(strict=False)
    try:
        document = decoder.decode(text)
        remarks.append("Its JSON held raw control characters.")
        return document
    except (ValueError, RecursionError):
        pass
    cells: list[Any] = []
    start = re.search(r'"cells"\s*:\s*\[', text)
    at = start.end() if start else len(text)
    while len(cells) <= MAX_CELLS:
        at = re.compile(r"[\s,]*").match(text, at).end()  # type: ignore[union-attr]
        try:
            cell, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        cells.append(cell)
    if not cells:
        raise Unreadable(f"is no JSON from line {line} on")
    remarks.append(f"Its JSON is damaged in line {line}; only what stands before could be read.")
    return {"cells": cells, "nbformat": 4, "nbformat_minor": 5}
