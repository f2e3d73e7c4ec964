"""The exporter that reads submissions: whatever was handed in, a notebook comes out to be graded.

It stands in `Autograde.exporter_class`. While nbgrader sanitizes, it reads the file tolerantly,
repairs it from the gradebook, and names each repair in one sentence: in the log, and in the
notebook's metadata under `torchmarks.repairs`. A file that cannot be read at all is replaced by the
released notebook, so that it is graded like one that was never worked on; `submitted/` keeps the
original. A submission that needs no repair comes out as nbgrader alone would write it.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import ClearOutput
from sqlalchemy.exc import OperationalError
from traitlets import Integer

from torchmarks.isolation import arrivals, reading
from torchmarks.isolation.execute import IsolatedExecute
from torchmarks.isolation.released import ReleasedNotebook, released_notebook
from torchmarks.isolation.restoring import Restoration

DEFAULT_KERNEL = "python3"


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads submissions for `Autograde`; anything else it reads as its base class does."""

    max_bytes = Integer(
        50_000_000, min=1, help="A larger notebook is not read, and graded as not worked on."
    ).tag(config=True)

    def __init__(self, config: Any = None, **kw: Any) -> None:
        super().__init__(config=config, **kw)
        if isinstance(self.parent, Autograde):
            # Where nothing can be graded, one sentence now is better than one for each student.
            execute = IsolatedExecute(parent=self)
            if execute.enabled and IsolatedExecute in self.parent.autograde_preprocessors:
                execute.make_ready()
            self._prepare()

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert the notebook at `filename`, repaired if it comes from a student."""
        if not getattr(self.parent, "_sanitizing", False) or not resources:
            result: tuple[str, dict[str, Any]] = super().from_filename(filename, resources, **kw)
            return result
        path = Path(filename)
        resources["metadata"] = {
            "name": path.stem,
            "path": str(path.parent),
            "modified_date": _modified(path).strftime("%B %-d, %Y"),
        }
        ids = resources["nbgrader"]
        notebook, repairs = self._repaired(path, ids["notebook"], ids["assignment"])
        for repair in repairs:
            self.log.warning("%s of %s: %s", path.name, ids["student"], repair)
        if repairs:
            notebook.metadata.torchmarks = NotebookNode(repairs=repairs)
        result = self.from_notebook_node(notebook, resources=resources, **kw)
        return result

    def _repaired(self, path: Path, name: str, assignment: str) -> tuple[NotebookNode, list[str]]:
        released = self._released(name, assignment)
        try:
            # With `--no-execute` nbgrader grades the outputs that were handed in.
            cleared = any(isinstance(p, ClearOutput) and p.enabled for p in self._preprocessors)
            draft = reading.read(
                path, folder=path.parent, max_bytes=self.max_bytes, with_outputs=not cleared
            )
            if path.is_symlink():
                draft.remarks.append(f"It is a link; `{_shown(path.readlink())}` was graded.")
            return _restored(draft, released)
        except reading.Unreadable as error:
            reason = str(error)
        except Exception:
            # What no one thought of costs one notebook, not the student's place in the gradebook.
            self.log.exception("%s could not be repaired.", path)
            reason = "could not be repaired"
        sentence = f"The released notebook stands here, because the submitted file {reason}."
        return _rebuilt(sentence, released), [sentence]

    def _released(self, name: str, assignment: str) -> ReleasedNotebook:
        directory = self.parent.coursedir
        source = directory.format_path(directory.source_directory, ".", assignment)
        with Gradebook(directory.db_url, directory.course_id) as gradebook:
            return released_notebook(
                gradebook, name, assignment, source=Path(source, f"{name}.ipynb"), parent=self
            )

    def _prepare(self) -> None:
        """Clear what nbgrader meets before its hook is called, for every submission of the run."""
        directory = self.parent.coursedir
        pattern = self.parent._format_source("(?P<a>.*)", "(?P<s>.*)", escape=True)
        try:
            with Gradebook(directory.db_url, directory.course_id) as gradebook:
                known = {a.name: {n.name for n in a.notebooks} for a in gradebook.assignments}
        except OperationalError:
            known = {}  # nbgrader says how to mend this as soon as it needs the gradebook
        for folder, found in list(self.parent.assignments.items()):
            match = re.match(pattern, folder)
            if match is None:
                # nbgrader would stop here, with the whole class.
                self.log.error("%r is not graded: rename the folder.", folder)
                del self.parent.assignments[folder]
                continue
            assignment = match["a"]
            source = directory.format_path(directory.source_directory, ".", assignment)
            arrivals.clear_path(Path(folder), Path(source))
            wanted = fnmatch.filter(known.get(assignment, ()), directory.notebook_id)
            self._adopt(Path(folder), found, wanted, assignment)

    def _adopt(self, folder: Path, found: list[str], wanted: list[str], assignment: str) -> None:
        """Let a notebook of another name stand for a missing one that it has cells of.

        A link of the right name is made, since nbgrader gives what is missing no points in the end.
        A submission of strange notebooks only is graded as one that lacks all.
        """
        strange = [Path(path) for path in found if Path(path).stem not in wanted]
        missing = [name for name in sorted(wanted) if str(folder / f"{name}.ipynb") not in found]
        only_strange = len(strange) == len(found)
        for name in missing if strange else ():
            released = self._released(name, assignment)
            answers = {path: self._answers(path, released) for path in strange[:10]}
            likely = [path for path in answers if answers[path] >= 0]
            path = folder / f"{name}.ipynb"
            if likely:
                best = max(likely, key=lambda path: (answers[path], path.lstat().st_mtime))
                try:
                    path.symlink_to(best.name)
                except OSError as error:
                    self.log.error("%s cannot be made (%s).", path, error.strerror)
            if path.is_symlink() or only_strange:
                found.append(str(path))

    def _answers(self, path: Path, released: ReleasedNotebook) -> int:
        """How many of the notebook's answers the file holds; -1 if none of its cells."""
        try:
            draft = reading.read(path, folder=path.parent, max_bytes=self.max_bytes)
            restoration = Restoration(_notebook(draft).cells, released.cells)
        except Exception:  # whatever is wrong with it, it is not the one
            return -1
        return restoration.answered if restoration.found else -1


def _restored(draft: reading.Draft, released: ReleasedNotebook) -> tuple[NotebookNode, list[str]]:
    notebook = _notebook(draft)
    restoration = Restoration(notebook.cells, released.cells)
    notebook.cells = restoration.cells
    repairs = draft.remarks + restoration.repairs
    asked = notebook.metadata.get("kernelspec", {}).get("name", DEFAULT_KERNEL)
    kernel = (released.kernelspec or {}).get("name", DEFAULT_KERNEL)
    if asked != kernel:
        repairs.append(f"It asked for another kernel, and is graded with `{kernel}`.")
        notebook.metadata.pop("kernelspec")
        notebook.metadata.pop("language_info", None)
    if not _is_valid(notebook):
        for cell in notebook.cells:
            nbgrader = cell.metadata.get("nbgrader")
            cell.metadata = NotebookNode({"nbgrader": nbgrader} if nbgrader else {})
        repairs.append("Its cells had metadata in a wrong form, which was removed.")
        nbformat.validate(notebook)
    return notebook, repairs


def _notebook(draft: reading.Draft) -> NotebookNode:
    return nbformat.v4.to_notebook(
        {
            "cells": draft.cells,
            "metadata": draft.metadata,
            "nbformat": 4,
            "nbformat_minor": draft.minor,
        }
    )


def _is_valid(notebook: NotebookNode) -> bool:
    _identify(notebook)
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError:
        return False
    return True


def _rebuilt(sentence: str, released: ReleasedNotebook) -> NotebookNode:
    """The released notebook as far as the gradebook has it, headed by what was wrong."""
    heading = {"cell_type": "markdown", "id": "repaired", "metadata": {}, "source": sentence}
    notebook = _notebook(reading.Draft([heading], {}, minor=5))
    notebook.cells += [cell.new() for cell in released.cells]
    _identify(notebook)
    return notebook


def _identify(notebook: NotebookNode) -> None:
    """Give cells that were put back an id, their grade id if possible."""
    if notebook.nbformat_minor < 5:
        return
    taken = {cell.id for cell in notebook.cells if "id" in cell}
    for cell in notebook.cells:
        if "id" not in cell:
            name, n = cell.metadata.nbgrader.grade_id[:50] or "cell", 1
            cell.id = name
            while cell.id in taken:
                n += 1
                cell.id = f"{name}-{n}"
            taken.add(cell.id)


def _shown(path: Path) -> str:
    return "".join(c if c.isprintable() and c != "`" else "?" for c in str(path))[:100]


def _modified(path: Path) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp(path.lstat().st_mtime, tz=datetime.UTC)
    except (OSError, OverflowError, ValueError):  # gone, or of a year that no calendar has
        return datetime.datetime.now(tz=datetime.UTC)
