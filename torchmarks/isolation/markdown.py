"""Markdown of a submission: rendered as nbconvert does it, and sanitized after that, as HTML.

Sanitizing the source would spoil mathematics and code, and each viewer reads Markdown in its own
way. A text that cannot be rendered is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from torchmarks.isolation.markup import inert, length, readable, safe_html, safe_tex
from torchmarks.isolation.pictures import BITMAPS, picture

MAX_LENGTH = 50_000
#: Openings times characters: for each opening the renderer looks for its end through all the text.
MAX_EFFORT = 20_000_000

_OPENING = re.compile(r"\[|\\\\[(]|\\begin")
_PICTURE = re.compile(r"!\[|<(?:img|image|audio|video|input)\b", re.IGNORECASE)
_TAG = re.compile("<[^<>]*>")

Attachments = dict[str, dict[str, str]]


def html_of_markdown(source: str, attachments: object = None) -> str:
    """Harmless HTML of a Markdown text; mathematics stays TeX, for MathJax."""
    html = _rendered(source, pictures_of(attachments))
    safe = None if html is None else safe_html(html)
    return f"<pre>{escape(readable(source))}</pre>" if safe is None else safe


def harmless_anywhere(source: str, attachments: object = None) -> bool:
    """Whether the text runs nothing and loads nothing from elsewhere, whichever viewer shows it.

    A viewer may see a picture where nbconvert sees a formula, so each that is written must be one
    that nbconvert shows.
    """
    pictures = pictures_of(attachments)
    return _is_harmless(source, pictures) if pictures else _is_harmless_alone(source)


@lru_cache(maxsize=1024)
def _is_harmless_alone(source: str) -> bool:
    # A class hands in the same text cells over and over.
    return _is_harmless(source, {})


def _is_harmless(source: str, attachments: Attachments) -> bool:
    html = _rendered(source, attachments)
    words = unescape(_TAG.sub("", source))
    if html is None or safe_tex(words) != words:
        return False
    return inert(html, pictures=len(_PICTURE.findall(source)))


def pictures_of(attachments: object) -> Attachments:
    """The attachments of a cell that are bitmaps."""
    kept: Attachments = {}
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        for kind, data in bundle.items() if isinstance(bundle, Mapping) else ():
            if kind in BITMAPS and isinstance(data, str) and picture(data, kind):
                kept.setdefault(str(name), {})[kind] = data
    return kept


def _rendered(source: str, attachments: Attachments) -> str | None:
    characters = length(source)
    openings = len(_OPENING.findall(source))
    if characters > MAX_LENGTH or openings * characters > MAX_EFFORT:
        return None
    renderer: Any = IPythonRenderer(
        escape=False, attachments=attachments, exclude_anchor_links=True
    )
    try:
        return str(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # a missing attachment, a nesting too deep: it is shown as it is written
        return None
