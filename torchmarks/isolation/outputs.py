"""Outputs of a session are untrusted JSON: only valid and harmless nbformat outputs leave here.

They end up in notebooks, in the pages that nbgrader makes of them, and so in the browsers of
instructors and students. Text loses control characters, pictures have to be pictures, and markup is
sanitized here, so that the notebook is safe in any viewer. A kind that is not known to be harmless
is left out. Where a reader would then see nothing in its place, and where an item is malformed, a
line says so. Nothing that arrives raises an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nbformat import NotebookNode, from_dict

from torchmarks.isolation.markdown import html_of_markdown
from torchmarks.isolation.markup import MAX_WEIGHT, readable, safe_html, safe_tex, weight
from torchmarks.isolation.pictures import BITMAPS, picture, safe_svg

TRUNCATED = "... output truncated ..."
MALFORMED = "[an output was left out: it is malformed]"
#: Markup of one cell that is parsed, in the square of its weight; the rest is left out.
MAX_EFFORT = 2 * MAX_WEIGHT**2


@dataclass(frozen=True)
class _Text:
    """A piece of a stream; a `note` of ours begins and ends its line."""

    name: str
    text: str
    note: bool = False


def safe_outputs(
    raw: object, *, max_bytes: int = 2_000_000, max_outputs: int = 500
) -> list[NotebookNode]:
    """Valid and harmless nbformat 4 outputs, in order, from whatever a session sent.

    Neighbouring streams of one name become one. What does not fit into `max_bytes` of text and
    `max_outputs` outputs is left out with all that follows, and a last line says so.
    """
    kept: list[NotebookNode] = []
    room = max_bytes
    for output in _merged(_Reader().read(raw if isinstance(raw, list) else [raw])):
        size = _size(output)
        if size > room or len(kept) >= max_outputs:
            if output.output_type == "stream" and len(kept) < max_outputs:
                start = output.text.encode()[: max(room, 0)].decode(errors="ignore")
                kept.append(_stream(output.name, readable(start, colours=True)))
            return _truncated(kept, max_outputs)
        room -= size
        kept.append(output)
    return kept


def _truncated(kept: list[NotebookNode], max_outputs: int) -> list[NotebookNode]:
    text = ""
    if kept and kept[-1].get("name") == "stdout":
        text = kept[-1].text
        kept = kept[:-1]
    last = _Text("stdout", TRUNCATED, note=True)
    return [*kept[: max_outputs - 1], _joined([_Text("stdout", text), last])]


def _merged(items: Iterable[_Text | NotebookNode]) -> Iterator[NotebookNode]:
    for name, run in groupby(items, key=lambda item: isinstance(item, _Text) and item.name):
        if not name:
            yield from run
            continue
        stream = _joined(run)
        if stream.text:
            yield stream


def _joined(pieces: Iterable[Any]) -> NotebookNode:
    name, parts = "", [""]
    for piece in pieces:
        name = piece.name
        if piece.note and not parts[-1].endswith("\n") and any(parts):
            parts.append("\n")
        parts.append(piece.text + "\n" * piece.note)
    # Colours may begin in one piece and end in the next.
    return _stream(name, readable("".join(parts), colours=True))


def _stream(name: str, text: str) -> NotebookNode:
    return _output("stream", name=name, text=text)


def _output(kind: str, **content: Any) -> NotebookNode:
    # nbformat's `new_output` would check each by itself, which takes longer than all at once.
    return from_dict({"output_type": kind, **content})


def _size(output: NotebookNode) -> int:
    texts = [*output.get("data", {}).values(), *output.get("traceback", ())]
    texts += [output.get(key, "") for key in ("text", "ename", "evalue")]
    return 50 + sum(len(text.encode()) for text in texts)


class _Reader:
    """Reads the items of one cell, with a bound on the time that their markup takes."""

    def __init__(self) -> None:
        self._effort = MAX_EFFORT

    def read(self, items: Iterable[object]) -> Iterator[_Text | NotebookNode]:
        for item in items:
            output = self._read(item) if isinstance(item, dict) else None
            yield output or _Text("stdout", MALFORMED, note=True)

    def _read(self, item: dict[str, Any]) -> _Text | NotebookNode | None:
        kind = item.get("output_type")
        if kind == "stream":
            text = _text(item.get("text"))
            known = item.get("name") in ("stdout", "stderr")
            return _Text(item["name"], text) if known and text is not None else None
        if kind == "error":
            return _error(item)
        if kind not in ("display_data", "execute_result") or not isinstance(item.get("data"), dict):
            return None
        data = self._bundle(item["data"])
        if not data:
            kinds = [kind for kind in item["data"] if re.fullmatch(r"[\w.+/-]{1,80}", str(kind))]
            what = ", ".join(kinds[:3]) or "its kind"
            return _Text("stdout", f"[an output was left out: {what} is not shown]", note=True)
        given = item.get("metadata")
        output = _output(kind, data=data, metadata=_metadata(given, data))
        if kind == "execute_result":
            count = item.get("execution_count")
            output.execution_count = count if type(count) is int and count >= 0 else None
        return output

    def _bundle(self, data: dict[str, object]) -> dict[str, str]:
        kept: dict[str, str | None] = {}
        for kind, value in data.items():
            text = _text(value)
            if text is None:
                continue
            if kind == "text/plain":
                kept[kind] = readable(text, colours=True)
            elif kind == "text/latex":
                kept[kind] = safe_tex(readable(text))
            elif kind in BITMAPS:
                kept[kind] = picture(text, kind)
            elif kind == "image/svg+xml":
                kept[kind] = safe_svg(readable(text))
            elif kind == "text/html" and self._affords(text):
                kept[kind] = safe_html(text)
            elif kind == "text/markdown" and "text/html" not in data and self._affords(text):
                # As HTML, for each viewer reads Markdown, and the HTML in it, in its own way.
                kept["text/html"] = html_of_markdown(text)
        return {kind: text for kind, text in kept.items() if text and text.strip()}

    def _affords(self, markup: str) -> bool:
        self._effort -= weight(markup) ** 2
        return self._effort >= 0


def _text(value: object) -> str | None:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value if isinstance(value, str) else None


def _error(item: dict[str, Any]) -> NotebookNode | None:
    name, value, lines = item.get("ename"), item.get("evalue", ""), item.get("traceback", [])
    lines = [lines] if isinstance(lines, str) else lines
    if not isinstance(name, str) or not isinstance(value, str) or not isinstance(lines, list):
        return None
    return _output(
        "error",
        ename=readable(name),
        evalue=readable(value, colours=True),
        traceback=[readable(line, colours=True) for line in lines if isinstance(line, str)],
    )


def _metadata(given: object, data: dict[str, str]) -> dict[str, Any]:
    """Sizes of pictures: nbconvert writes them into its pages, so they have to be numbers."""
    sizes: dict[str, Any] = {}
    for kind in data.keys() & BITMAPS.keys() if isinstance(given, dict) else ():
        own = given.get(kind) if isinstance(given, dict) else None
        kept = {
            side: own[side]
            for side in ("width", "height")
            if isinstance(own, dict) and type(own.get(side)) is int and 0 < own[side] < 10_000
        }
        if kept:
            sizes[kind] = kept
    return sizes
