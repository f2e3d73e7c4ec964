"""Before nbgrader copies a submission's files: what must not be followed or copied is set aside.

nbgrader copies every file of a submission, and follows links while it does. A file that cannot be
copied fails its student; a pipe read as text makes the whole class wait. So links that lead out,
what is no file, what cannot be read, what is too large or too much, a garbled `timestamp.txt` and
names that break tools are moved to `submitted/<student>/.set-aside/<assignment>/`, where nbgrader
never looks. Nothing is deleted, and each move is told in the log. The folders above a submission
are the instructor's own: a link among those is followed.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from nbgrader.utils import parse_utc
from traitlets.log import get_logger

ASIDE = ".set-aside"
#: How it is told, between the path and the reason.
SET_ASIDE = " was set aside: "
# The formgrader runs such a file of any folder that the address of a page names, as its own user.
SETTINGS = re.compile(r"(nbgrader|jupyter\w*)_config\.(py|json)", re.IGNORECASE)
MAX_BYTES = 100_000_000
MAX_TOTAL = 500_000_000
# nbgrader's search for files takes time that grows with their square: 8 seconds for these.
MAX_FILES = 2000
# Its copies are made by functions that call themselves for each level, in paths a little longer.
MAX_DEPTH = 40
MAX_PATH = 1000
MAX_ATTEMPTS = 20
MAX_TIMESTAMP = 1000


def set_aside(
    assignment: str,
    student: str,
    notebooks: list[str],
    *,
    max_bytes: int = MAX_BYTES,
    max_total: int = MAX_TOTAL,
    max_files: int = MAX_FILES,
) -> None:
    """Clear the submission that holds `notebooks`; stands in `Autograde.pre_convert_hook`.

    The limits are for one file, for all of them and for their number; change them with
    `functools.partial`. Of `assignment` and `student` nbgrader only gives the patterns that it was
    called with, so the submission's folder is the one of its notebooks. If something cannot be
    moved, `notebooks` is emptied, so that nbgrader fails this submission and goes on.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        try:
            _Submission(folder).clear(max_bytes, max_total, max_files)
        except Exception as error:  # nbgrader would pass over any, and copy what is left
            get_logger().error(
                "%s is not graded, since a file in it cannot be moved (%s). "
                "Make the folder yours and grade again: chmod -R u+rwX %s",
                folder,
                error,
                folder.parent,
            )
            notebooks.clear()


def clear(folder: Path, source: Path, **limits: int) -> None:
    """Clear a submission of all that is set aside, whether it has a notebook or not.

    Raises what keeps something from being moved. The limits are those of `set_aside`.
    """
    _clear(_Submission(folder), source, limits)


def is_clear(folder: Path, source: Path, **limits: int) -> bool:
    """Whether `clear` would move nothing."""
    try:
        _clear(_Untouched(folder), source, limits)
    except Exception:  # something is to be moved, or `clear` is going to say what is wrong
        return False
    return True


def clear_path(folder: Path, source: Path) -> None:
    """Clear what stops nbgrader before its hook is called, or copying the files of `source`."""
    try:
        _Submission(folder).make_way(source)
    except Exception as error:  # here it would stop the class; the hook is going to meet it again
        get_logger().error("%s: a file in it cannot be moved (%s).", folder, error)


class _Submission:
    """One folder `submitted/<student>/<assignment>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clear(
        self, max_bytes: int = MAX_BYTES, max_total: int = MAX_TOTAL, max_files: int = MAX_FILES
    ) -> None:
        if self.is_link():
            return
        self.clear_timestamp()
        entries = [path for path in self._entries() if self._may_stay(path, max_bytes)]
        self._clear_links(entries, max_bytes)
        self._clear_surplus(entries, max_total, max_files)
        self._clear_links(entries, max_bytes)

    def make_way(self, source: Path) -> None:
        """Clear what stops nbgrader before it reads a notebook, or copies the files of `source`."""
        if not self.is_link():
            self.clear_timestamp()
            self._make_room(source)

    def is_link(self) -> bool:
        """Whether the folder itself is a link, or was one and is set aside, with all behind it."""
        if not self.folder.is_symlink():
            return not self.folder.exists()
        target = _shown(os.readlink(self.folder))
        self._move(self.folder, f"it is a link, to {target}; the submission counts as missing")
        return True

    def clear_timestamp(self) -> None:
        """Set a timestamp aside that nbgrader and the formgrader stumble over."""
        path = self.folder / "timestamp.txt"
        if not os.path.lexists(path):
            return
        try:
            if not path.is_file() or path.stat().st_size > MAX_TIMESTAMP:
                raise ValueError("not a short text")
            parse_utc(path.read_text().strip())
        except Exception:  # the parser of dates fails in many ways
            self._move(path, "it holds no date, so the submission counts as handed in on time")

    def _make_room(self, source: Path) -> None:
        """Set aside what stands where nbgrader puts the instructor's own files."""
        for directory, _, names in os.walk(source):
            for name in names:
                if name.endswith(".ipynb"):
                    continue  # these are not copied
                below = Path(directory, name).relative_to(source)
                for part in [below, *below.parents[:-1]]:
                    path = self.folder / part
                    in_the_way = path.is_dir() and not path.is_symlink()
                    if part != below:
                        in_the_way = os.path.lexists(path) and not path.is_dir()
                    if in_the_way:
                        self._move(path, "the assignment has a file of its own in this place")

    def _entries(self) -> Iterable[Path]:
        """All files and links; a folder that goes too deep is set aside as a whole."""
        folders = [self.folder]
        while folders:
            try:
                entries = sorted(os.scandir(folders.pop()), key=lambda entry: entry.name)
            except PermissionError:
                continue  # nbgrader passes over it, too
            for entry in entries:
                path = Path(entry.path)
                below = path.relative_to(self.folder)
                if _is_odd(entry.name):
                    self._move(path, "its name is no plain text")
                elif SETTINGS.fullmatch(entry.name):
                    self._move(path, "Jupyter could take it for settings, and run it")
                elif len(os.fsencode(below)) > MAX_PATH or len(below.parts) > MAX_DEPTH:
                    self._move(path, "its path is too long")
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                else:
                    yield path

    def _may_stay(self, path: Path, max_bytes: int) -> bool:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return True
        if not stat.S_ISREG(status.st_mode):
            return self._move(path, "it is no file, but a pipe, a socket or a device")
        if path.parent == self.folder and path.suffix == ".ipynb" and path.stem[:1] != ".":
            return True  # not copied, but read with care
        if status.st_size > max_bytes:
            return self._move(path, f"it is larger than {max_bytes / 1e6:g} MB")
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
        except OSError as error:
            return self._move(path, f"it cannot be read ({error.strerror})")
        return True

    def _clear_links(self, entries: list[Path], max_bytes: int) -> None:
        """Set aside each link that does not end inside; until none does, since links use links."""
        inside = os.path.realpath(self.folder)
        links, moved = [path for path in entries if path.is_symlink()], True
        for attempt in range(MAX_ATTEMPTS):
            if not moved:
                return
            moved = False
            for path in links:
                if not path.is_symlink():
                    continue
                target = _shown(os.readlink(path))
                try:
                    end = Path(os.path.realpath(path, strict=True))
                except OSError:
                    moved = not self._move(path, f"it is a link to nothing, {target}")
                    continue
                if not end.is_relative_to(inside):
                    moved = not self._move(path, f"it leads out of the submission, to {target}")
                elif end.is_file() and end.stat().st_size > max_bytes:
                    moved = not self._move(path, f"its target {target} is too large")
                elif attempt == MAX_ATTEMPTS - 1:
                    self._move(path, "it is one of too many links that use each other")

    def _clear_surplus(self, entries: list[Path], max_total: int, max_files: int) -> None:
        """Set the largest of the topmost entries aside, until the rest is a moderate amount."""
        counts, sizes = Counter[Path](), Counter[Path]()
        for path in entries:
            if path.is_file() and path.suffix != ".ipynb":
                top = self.folder / path.relative_to(self.folder).parts[0]
                counts[top] += 1
                sizes[top] += path.stat().st_size  # of a link's target, as it is copied
        for amounts, most, what in (
            (counts, max_files, f"the submission has more than {max_files} files"),
            (sizes, max_total, f"the submission is larger than {max_total / 1e6:g} MB"),
        ):
            total = amounts.total()
            for top, amount in amounts.most_common():
                if total <= most:
                    break
                self._move(top, what)
                total -= amount
                del counts[top]

    def _move(self, path: Path, reason: str) -> bool:
        """Move it out of the way and say so; returns False, for it may not stay."""
        aside = self.folder.parent / ASIDE
        if not os.path.lexists(aside):
            aside.mkdir(mode=0o700)
        if not _is_folder(aside):
            raise NotADirectoryError(errno.ENOTDIR, f"{ASIDE} is no folder")
        for n in count(1):
            name = self.folder.name if n == 1 else f"{self.folder.name}.{n}"
            target = aside / name / path.relative_to(self.folder)
            if SETTINGS.fullmatch(path.name):
                # Where it lies now, a page could still name the folder: see `SETTINGS`.
                target = target.with_name(f"{path.name}.txt")
            # What was set aside before stays as it is, and its links are not followed either.
            above = [part for part in target.parents if part.is_relative_to(aside / name)]
            taken = [target, *(part for part in above if not _is_folder(part))]
            if any(os.path.lexists(part) for part in taken):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(path, target)
            break
        shown = _shown(str(path.relative_to(self.folder.parent.parent)))
        get_logger().warning("%s%s%s.", shown, SET_ASIDE, reason)
        return False


class _Untouched(_Submission):
    """One of which nothing may be moved."""

    def _move(self, path: Path, reason: str) -> bool:
        raise PermissionError(errno.EPERM, reason, str(path))


def _clear(submission: _Submission, source: Path, limits: dict[str, int]) -> None:
    submission.make_way(source)
    submission.clear(**limits)


def _is_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link to one."""
    return os.path.lexists(path) and stat.S_ISDIR(path.lstat().st_mode)


def _is_odd(name: str) -> bool:
    """Whether it has control characters, or bytes that are no text."""
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:200]
