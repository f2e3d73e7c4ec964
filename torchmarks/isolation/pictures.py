"""Pictures of a submission: what calls itself one is shown only if it is one, and no more.

A bitmap is base64 that begins as its kind begins. A drawing (SVG) is parsed as XML and rebuilt from
the elements and attributes that draw: no script, no style sheet, nothing from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from xml.etree import ElementTree

import defusedxml.ElementTree  # type: ignore[import-untyped]

from torchmarks.isolation.harmless import SVG_ATTRIBUTES, SVG_DEFINING, SVG_ELEMENTS

#: How each kind of bitmap begins.
BITMAPS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_TEXTS = frozenset({"text", "tspan", "title", "desc"})
_REFERENCE = re.compile(r"url\(\s*#([\w.:-]+)\s*\)")


def picture(data: str, kind: str) -> str | None:
    """The bitmap's base64 without line breaks; None if it is no bitmap of this kind."""
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(content).decode() if content.startswith(BITMAPS[kind]) else None


def safe_svg(svg: str) -> str | None:
    """The drawing, rebuilt from what draws; None if it is no SVG."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    try:
        root = defusedxml.ElementTree.fromstring(svg.encode(errors="replace"))
        rebuilt = _rebuilt(root, _defined(root), defining=False)
        return None if rebuilt is None else ElementTree.tostring(rebuilt, encoding="unicode")
    except Exception:  # no XML, entities, too deep: whatever is wrong, it is not shown
        return None


def _name(element: ElementTree.Element) -> str:
    namespace, _, name = str(element.tag).rpartition("}")
    return name if namespace == "{" + _SVG and name in SVG_ELEMENTS else ""


def _defined(root: ElementTree.Element) -> set[str]:
    ids, waiting = set(), [(root, False)]
    while waiting:
        element, defining = waiting.pop()
        defining = defining or _name(element) in SVG_DEFINING
        if defining:
            ids.add(element.get("id", ""))
        waiting += [(child, defining) for child in element]
    return ids


def _rebuilt(
    element: ElementTree.Element, ids: set[str], *, defining: bool
) -> ElementTree.Element | None:
    name = _name(element)
    if not name:
        return None
    defining = defining or name in SVG_DEFINING
    if defining:
        ids = set()
    rebuilt = ElementTree.Element(element.tag)
    for attribute, value in element.items():
        if attribute in ("href", f"{{{_XLINK}}}href"):
            local = value[:1] == "#" and value[1:] in ids
            if local or (name == "image" and _embedded(value)):
                rebuilt.set(attribute, value)
            continue
        declared = value.split(";") if attribute == "style" else [f"{attribute}:{value}"]
        for declaration in declared:
            key, _, content = declaration.partition(":")
            if _draws(key.strip(), content.strip(), ids):
                rebuilt.set(key.strip(), content.strip())
    if name in _TEXTS:
        rebuilt.text = element.text
    for child in element:
        kept = _rebuilt(child, ids, defining=defining)
        if kept is not None:
            kept.tail = child.tail if name in _TEXTS else None
            rebuilt.append(kept)
    return rebuilt


def _draws(attribute: str, value: str, ids: set[str]) -> bool:
    if attribute not in SVG_ATTRIBUTES or "\\" in value:
        return False
    reference = _REFERENCE.fullmatch(value)
    return reference[1] in ids if reference else "url" not in value.lower()


def _embedded(source: str) -> bool:
    head, _, data = source.partition(";base64,")
    kind = head.removeprefix("data:")
    return kind in BITMAPS and picture(data, kind) is not None
