"""Read what was handed in as a notebook, whatever it is: plain cells, or a reason why not.

A draft is of format 4. It has no tags or widgets, no metadata that could not be written again, and
outputs only if they are asked for, so that everything after this module handles well-formed cells.
What was wrong is told in `remarks`, one sentence each; what is dropped from every notebook alike is
not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from torchmarks.isolation.parsing import MAX_CELLS, Unreadable, parse

__all__ = ["Draft", "Unreadable", "read"]

MAX_DEPTH = 30

CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
CELL_TYPES = ("code", "markdown", "raw")
# The names of cell types in formats 2 and 3.
OLDER_TYPES = {"heading": "markdown", "html": "markdown"}
# These change how a cell is run.
RUN_TAGS = {"skip-execution", "raises-exception"}
# They reach HTML attributes of the feedback, so nothing but what kernels call themselves.
PLAIN_WORDS = re.compile(r"[\w.+/ ()-]{1,100}")

REMARKS = {
    "form": "{} of its cells {were} no cells, and {were} left out.",
    "type": "{} of its cells {were} of an unknown type.",
    "source": "{} of its cells had no text, or text in a wrong form.",
    "metadata": "{} of its cells had metadata in a wrong form, which was removed.",
    "outputs": "{} of its cells had outputs in a wrong form, which were removed.",
    "attachments": "{} of its cells had attachments in a wrong form, which were removed.",
    "id": "{} of its cells had no id of {their} own, and {were} given one.",
    "tags": "{} of its cells {were} tagged to be skipped or to fail; the tags were removed.",
}


@dataclass
class Draft:
    """A notebook of format 4 that may be graded, before it is compared with the released one."""

    cells: list[dict[str, Any]]
    metadata: dict[str, Any]
    minor: int
    remarks: list[str] = field(default_factory=list)


def read(path: Path, *, folder: Path, max_bytes: int, with_outputs: bool = False) -> Draft:
    """Read the notebook at `path`, which has to lie in `folder`; raises `Unreadable`."""
    remarks: list[str] = []
    document = parse(path, folder=folder, max_bytes=max_bytes, remarks=remarks)
    return _draft(document, remarks, with_outputs)


def _draft(document: Any, remarks: list[str], with_outputs: bool) -> Draft:
    if not isinstance(document, dict):
        raise Unreadable("is JSON, but no notebook")
    raw, version = document.get("cells"), document.get("nbformat")
    if not isinstance(raw, list):
        sheets = document.get("worksheets")
        sheets = [s["cells"] for s in sheets if _has_cells(s)] if isinstance(sheets, list) else []
        if not sheets:
            raise Unreadable("is JSON, but has no list of cells")
        raw = [cell for sheet in sheets for cell in sheet]
    if len(raw) > MAX_CELLS:
        raise Unreadable(f"has more than {MAX_CELLS} cells")
    minor = document.get("nbformat_minor")
    if version != 4 or type(minor) is not int or not 0 <= minor <= 5:
        minor = 5
        older = type(version) is int and 1 <= version <= 3
        remarks.append(
            f"It was in notebook format {version}, and was upgraded."
            if older
            else "It did not say its notebook format, or an unknown one; it was read as 4.5."
        )
    odd: Counter[str] = Counter()
    cells = [cell for item in raw if (cell := _cell(item, odd, with_outputs)) is not None]
    _identify(cells, minor, odd)
    for kind, count in odd.items():
        words = (
            {"were": "was", "their": "its"} if count == 1 else {"were": "were", "their": "their"}
        )
        remarks.append(REMARKS[kind].format(count, **words))
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        remarks.append("It had no metadata.")
        metadata = {}
    return Draft(cells, _notebook_metadata(metadata), minor, remarks)


def _has_cells(sheet: Any) -> bool:
    return isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)


def _cell(raw: Any, odd: Counter[str], with_outputs: bool) -> dict[str, Any] | None:
    if not isinstance(raw, dict):
        odd["form"] += 1
        return None
    kind = raw.get("cell_type")
    if not isinstance(kind, str) or kind not in (*CELL_TYPES, *OLDER_TYPES):
        odd["type"] += 1
        kind = "code" if raw.keys() & {"outputs", "input", "execution_count"} else "raw"
    source = _source(raw, odd)
    if kind == "heading":
        level = raw.get("level")
        source = "#" * (level if type(level) is int and 1 <= level <= 6 else 1) + " " + source
    kind = OLDER_TYPES.get(kind, kind)
    cell: dict[str, Any] = {"cell_type": kind, "source": source, "id": raw.get("id")}
    cell["metadata"] = _cell_metadata(raw.get("metadata"), odd)
    if kind == "code":
        outputs, number = raw.get("outputs"), raw.get("execution_count")
        if not isinstance(outputs, list) or not all(isinstance(o, dict) for o in outputs):
            odd["outputs"] += 1
            outputs = []
        cell["outputs"] = [o for o in outputs if _is_output(o)] if with_outputs else []
        counted = with_outputs and type(number) is int and number >= 0
        cell["execution_count"] = number if counted else None
    elif "attachments" in raw:
        attachments = raw["attachments"]
        if _are_attachments(attachments):
            cell["attachments"] = attachments
        else:
            odd["attachments"] += 1
    return cell


def _source(raw: dict[str, Any], odd: Counter[str]) -> str:
    source = raw.get("source", raw.get("input"))
    lines = source if isinstance(source, list) else [source]
    words = [str(line) for line in lines if type(line) in (str, int, float)]
    text = "".join(words).replace("\0", "")
    # Halves of a surrogate pair can stand in JSON, but not in a file.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if text != "".join(line for line in lines if isinstance(line, str)) or len(words) < len(lines):
        odd["source"] += 1
    return text


def _cell_metadata(metadata: Any, odd: Counter[str]) -> dict[str, Any]:
    if not isinstance(metadata, dict):
        odd["metadata"] += 1
        return {}
    kept = {key: value for key, value in metadata.items() if _is_tame({key: value})}
    tags = kept.pop("tags", [])
    if isinstance(tags, list) and any(tag in RUN_TAGS for tag in tags if isinstance(tag, str)):
        odd["tags"] += 1
    for key in ("deletable", "editable", "collapsed"):
        if not isinstance(kept.get(key, True), bool):
            del kept[key]
    if not isinstance(kept.get("nbgrader", {}), dict):
        del kept["nbgrader"]
    if len(kept) + ("tags" in metadata) < len(metadata):
        odd["metadata"] += 1
    return kept


def _are_attachments(attachments: Any) -> bool:
    """Whether it is a dictionary of mime bundles that can be written again."""
    return (
        isinstance(attachments, dict)
        and all(isinstance(bundle, dict) for bundle in attachments.values())
        and all(_is_text(data) for bundle in attachments.values() for data in bundle.values())
        and _is_tame(attachments, max_length=20_000_000)
    )


def _is_output(output: dict[str, Any]) -> bool:
    if not _is_tame(output, max_length=20_000_000):
        return False
    try:
        nbformat.validate(output, ref="output", version=4, version_minor=5)
    except nbformat.ValidationError:
        return False
    return True


def _is_text(data: Any) -> bool:
    lines = data if isinstance(data, list) else [data]
    return all(isinstance(line, str) for line in lines)


def _is_tame(value: Any, max_length: int = 100_000) -> bool:
    """Whether a value from JSON can be copied and written again, and is of moderate size."""
    level: Iterable[Any] = [value]
    for _ in range(MAX_DEPTH):
        nested = [item for item in level if isinstance(item, (dict, list))]
        level = [v for item in nested for v in (item.values() if isinstance(item, dict) else item)]
        if not level:
            break
    else:
        return False
    try:
        return len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode()) <= max_length
    except ValueError:
        return False


def _identify(cells: list[dict[str, Any]], minor: int, odd: Counter[str]) -> None:
    """Give each cell an id of its own, as format 4.5 has it; take it away below."""
    taken: set[str] = set()
    for cell in cells:
        identifier = cell.pop("id")
        if minor < 5:
            continue
        valid = isinstance(identifier, str) and CELL_ID.fullmatch(identifier)
        if valid and identifier not in taken:
            cell["id"] = identifier
            taken.add(identifier)
        else:
            odd["id"] += 1
    for number, cell in enumerate(cells):
        if minor >= 5 and "id" not in cell:
            cell["id"] = next(
                name for n in range(MAX_CELLS + 1) if (name := f"cell-{number + n}") not in taken
            )
            taken.add(cell["id"])


def _notebook_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Kernel and language, if they are well-formed: nothing else is needed to grade."""
    kept = {}
    for key, required in (("kernelspec", {"name", "display_name"}), ("language_info", {"name"})):
        value = metadata.get(key)
        if not isinstance(value, dict) or not required <= value.keys() or not _is_tame(value):
            continue
        words = [word for name, word in value.items() if name != "codemirror_mode"]
        mode = value.get("codemirror_mode", "none")
        details = map(str, mode.values()) if isinstance(mode, dict) else [mode]
        if all(isinstance(w, str) and PLAIN_WORDS.fullmatch(w) for w in [*words, *details]):
            kept[key] = value
    return kept
