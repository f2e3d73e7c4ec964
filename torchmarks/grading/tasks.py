"""What travels between the driver and its workers: plain bytes and text, in both directions.

A worker may stand on another machine. So a task brings all that it needs, and its answer holds all
that came of it.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
import time
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torchmarks.isolation.arrivals import MAX_DEPTH, MAX_PATH, MAX_TIMESTAMP

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


def pack(
    folder: Path,
    *,
    empty_if_unreadable: bool = False,
    only: Container[Path] | None = None,
    most_of_a_notebook: int | None = None,
) -> bytes:
    """All below a folder as a tar; links are kept as links, and what is no file is left out.

    Of a submission, a notebook that cannot be read may be `empty_if_unreadable`, and of a longer
    one only so many bytes are read: grading tells of it and mends it then, as it does with other
    broken ones. With `only`, nothing but these paths below the folder. Raises `OSError`.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            below, is_notebook = path.relative_to(folder), path.suffix == ".ipynb"
            if only is not None and below not in only:
                continue
            if not (path.is_symlink() or path.is_file() or path.is_dir()):
                continue
            try:
                _add(archive, path, str(below), most_of_a_notebook if is_notebook else None)
            except PermissionError:
                if not (empty_if_unreadable and is_notebook):
                    raise
                archive.addfile(tarfile.TarInfo(str(below)))
    return packed.getvalue()


def _add(archive: tarfile.TarFile, path: Path, name: str, most: int | None) -> None:
    entry = _plain(archive.gettarinfo(path, name))
    if not entry.isreg():
        archive.addfile(entry)
        return
    if most is not None:
        entry.size = min(entry.size, most)
    with path.open("rb") as file:
        archive.addfile(entry, file)


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


def outline(folder: Path, into: Path) -> None:
    """Lay out what is looked at to clear a submission: names, links, sizes, rights; short texts.

    Who must not touch a submission clears its outline, and sees what is left there.
    """
    if folder.is_symlink():
        into.symlink_to(os.readlink(folder))
        return
    folders = [folder]
    while folders:
        here = folders.pop()
        there = into / here.relative_to(folder)
        there.mkdir()
        below = there.relative_to(into)
        if len(below.parts) > MAX_DEPTH or len(os.fsencode(below)) > MAX_PATH:
            continue  # it goes as a whole
        with suppress(PermissionError), os.scandir(here) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                else:
                    _outline_of(Path(entry.path), there / entry.name)


def _outline_of(path: Path, copy: Path) -> None:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        copy.symlink_to(os.readlink(path))
    elif not stat.S_ISREG(status.st_mode):
        os.mkfifo(copy)
    else:
        may_be_read = os.access(path, os.R_OK)
        # One of the short ones may be the timestamp.
        short = may_be_read and status.st_size <= MAX_TIMESTAMP
        copy.write_bytes(path.read_bytes() if short else b"")
        os.truncate(copy, status.st_size)
        copy.chmod(0o600 if may_be_read else 0)


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
