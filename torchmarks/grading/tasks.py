"""What travels between the driver and its workers: plain bytes and text, in both directions.

A worker may stand on another machine. So a task brings all that it needs, and its answer holds all
that came of it.
"""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Rows of the gradebook, by table.
Rows = dict[str, list[dict[str, Any]]]
#: nbgrader's settings for where the steps of a course lie.
DIRECTORIES = tuple(
    f"{step}_directory"
    for step in ("source", "release", "submitted", "autograded", "feedback", "solution")
)


@dataclass(frozen=True)
class Bundle:
    """What all tasks of one assignment have in common."""

    assignment: str
    #: The course's settings, its `source/` of this assignment and its own modules, as a tar.
    course: bytes
    #: Names of the files with settings, in the order in which they are read.
    settings: tuple[str, ...]
    #: Course, assignment, notebooks and cells.
    rows: Rows
    #: Of all of the above, and of the versions of what grades.
    digest: str
    #: Folder of the course on the driver's machine, which stands in the logs.
    root: str


@dataclass(frozen=True)
class Task:
    """One submission. `rows` is what the gradebook holds of it before."""

    student: str
    notebook: str
    files: bytes
    rows: Rows
    digest: str
    #: Its notebooks, from the oldest to the newest.
    by_age: tuple[str, ...] = ()


@dataclass
class Graded:
    """What came of a task. Where `failure` is not empty nothing of it is to be written."""

    student: str
    files: bytes = b""
    rows: Rows = field(default_factory=dict)
    log: str = ""
    failure: str = ""
    repaired: tuple[str, ...] = ()
    #: How many checks ended how.
    verdicts: dict[str, int] = field(default_factory=dict)
    #: For a grade cell that lost points, what its report says first.
    reasons: dict[str, str] = field(default_factory=dict)
    #: Seconds by phase.
    seconds: dict[str, float] = field(default_factory=dict)


def pack(folder: Path, *, empty_if_unreadable: bool = False) -> bytes:
    """All below a folder as a tar; links are kept as links, and what is no file is left out.

    Of a submission, a notebook that cannot be read may be `empty_if_unreadable`: grading tells of
    it and mends it then, as it does with other broken ones. Raises `OSError`.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if not (path.is_symlink() or path.is_file() or path.is_dir()):
                continue
            try:
                archive.add(path, name, recursive=False, filter=_plain)
            except PermissionError:
                if not (empty_if_unreadable and path.suffix == ".ipynb"):
                    raise
                archive.addfile(tarfile.TarInfo(name))
    return packed.getvalue()


def pack_named(files: Mapping[str, Path]) -> bytes:
    """Files, by the names that they get, as a tar; of a link what it leads to."""
    packed = io.BytesIO()
    with tarfile.open(
        fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, dereference=True
    ) as archive:
        for name, path in sorted(files.items()):
            if path.is_file():
                archive.add(path, name, recursive=False, filter=_plain)
    return packed.getvalue()


def unpack(files: bytes, folder: Path) -> None:
    """Write the files of a tar below `folder`, with their permissions, dated now."""
    now = int(time.time())

    def dated(entry: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
        safe = tarfile.data_filter(entry, path)
        return safe and safe.replace(mtime=now)

    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        archive.extractall(folder, filter=dated)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    # The same files give the same bytes, whoever owns them and whenever they were copied.
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def make_writable(folder: Path) -> None:
    """Let all below a folder be changed: nbgrader takes that right away from what it has graded."""
    for directory, _, names in os.walk(folder):
        for name in (".", *names):
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o600)


def remove(folder: Path) -> None:
    """Remove a folder, if it is there."""
    if folder.is_dir():
        make_writable(folder)
        shutil.rmtree(folder)
