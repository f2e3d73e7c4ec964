r"""Markup of a submission, made safe to show: HTML and TeX in, inert HTML and TeX out.

Whoever reads a submission may be logged in to Jupyter, where a picture alone is harmful: nbgrader's
`/formgrader?path=…` runs the `nbgrader_config.py` of any folder, and needs no more than a request.
So nothing here runs, nothing loads from elsewhere and nothing is a link: what is known to be
harmless stays, all else goes. Ids and classes go too, for the formgrader finds its fields by them.
Parsing is left to bleach and tinycss2, which come with nbconvert.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import tinycss2
from bleach import html5lib_shim
from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner

from torchmarks.isolation.harmless import (
    ATTRIBUTES,
    FUNCTIONS,
    LEFT_OUT,
    PROPERTIES,
    QUIET,
    TAGS,
    UNCLOSED,
    UNSEEN,
)
from torchmarks.isolation.pictures import picture

#: Of one piece of markup, as `weight` tells it.
MAX_WEIGHT = 6_000
#: Characters of a piece that is kept with what became of it.
_MOST_SEEN = 300_000

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[ -/]*[0-~])?"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,30}m")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
#: nbconvert copies the whole text once for each change of colour.
_COLOUR_EFFORT = 500_000_000

#: What MathJax turns into links, attributes and further code. The backslash before it may be the
#: second of a line break, so it stays in the place of the name.
_ACTIVE_TEX = re.compile(r"\\(href|class|cssId|style|require|mmlToken|data(?=\s*\{))(?![A-Za-z])")

#: A link becomes its text and address, a check box its sign.
_REWRITTEN = frozenset({"a", "input"})
_EMBEDDED = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=\s]+)")
#: A picture beside the notebook: no scheme, host, query, or way up.
_BESIDE = re.compile(r"(?:\w[\w .-]*/)*\w[\w .-]*\.(?:png|jpe?g|gif)", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]{1,500}", re.IGNORECASE)
#: Where a link may lead that is followed in any viewer: out, within the page, or to a file that a
#: server does not hand out as a page of its own.
_LINK = re.compile(
    rf"{_ADDRESS.pattern}|#.*|(?:\w[\w .-]*/)*\w[\w .-]*\.(?:ipynb|py|csv|txt|md|json|pdf|pt|npy)",
    re.ASCII | re.IGNORECASE,
)


def readable(text: str, *, colours: bool = False) -> str:
    """The text without control characters, and with no more of terminal codes than colours."""
    text = _SURROGATES.sub("\ufffd", text)
    if colours:
        colours = len(text) * len(_COLOUR.findall(text)) < _COLOUR_EFFORT
    text = _ESCAPES.sub(lambda m: m[0] if colours and _COLOUR.fullmatch(m[0]) else "", text)
    return _CONTROLS.sub("", text)


def safe_tex(text: str) -> str:
    r"""The text with MathJax's active macros as words: `\href{…}` becomes `\text{href}{…}`."""
    return _ACTIVE_TEX.sub(r"\\text{\1}", text)


def safe_html(html: str) -> str | None:
    """The harmless part of the HTML; None if it is too long or too intricate to be parsed."""
    # What the instructor's cells show comes with each submission of a class.
    return (_seen if len(html) <= _MOST_SEEN else _cleaned)(html)


def _cleaned(html: str) -> str | None:
    if _intricate(html):
        return None
    cleaner = Cleaner(
        tags=TAGS | _REWRITTEN | set(LEFT_OUT),
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        filters=[_Legible],
        css_sanitizer=_Css(),
    )
    try:
        return str(cleaner.clean(readable(html)))
    except Exception:  # whatever the parser stumbles over is not shown
        return None


_seen = lru_cache(maxsize=32)(_cleaned)


def inert(html: str, *, pictures: int) -> bool:
    """Whether the HTML, as it is, runs nothing and loads nothing, and shows so many pictures."""
    if _intricate(html):
        return False
    parser = html5lib_shim.BleachHTMLParser(
        tags=None, strip=False, consume_entities=True, namespaceHTMLElements=False
    )
    try:
        tree = html5lib_shim.getTreeWalker("etree")(parser.parseFragment(html))
        tags = [token for token in tree if token["type"] in ("StartTag", "EmptyTag")]
    except Exception:  # as in `safe_html`
        return False
    shown = sum(tag["name"] in ("img", "input") for tag in tags)
    return shown == pictures and all(map(_inert_tag, tags))


def _inert_tag(token: dict[str, Any]) -> bool:
    tag = token["name"]
    if tag not in TAGS | _REWRITTEN:
        return False
    for (_, name), value in token["data"].items():
        if name == "style":
            quiet = not any(map(_loads, tinycss2.parse_component_value_list(value)))
        elif name == "src":
            quiet = tag == "img" and _allowed(tag, name, value)
        elif name == "href":
            quiet = tag == "a" and _LINK.fullmatch(value) is not None
        else:
            quiet = name in ATTRIBUTES or name in QUIET or name.startswith("aria-")
        if not quiet:
            return False
    return True


def _loads(token: Any) -> bool:
    if token.type in ("url", "error"):
        return True
    if token.type == "function":
        known = token.lower_name in FUNCTIONS | {"calc", "min", "max", "clamp"}
        return not known or any(map(_loads, token.arguments))
    return False


def length(markup: str) -> int:
    """Characters that a parser has to read, embedded pictures not counted."""
    return len(_EMBEDDED.sub("", markup))


def weight(markup: str) -> int:
    """Tags, or what takes as long to read: a parser's time grows with the square of this."""
    return max(markup.count("<"), length(markup) // 16)


def _intricate(html: str) -> bool:
    if weight(html) > MAX_WEIGHT:
        return True
    html = _EMBEDDED.sub("", html)
    open_tags: dict[str, int] = {}
    for closing, name in re.findall(r"<(/?)([a-z][a-z0-9]*)", html.lower()):
        if name not in UNCLOSED:
            open_tags[name] = max(open_tags.get(name, 0) + (-1 if closing else 1), 0)
    crowded = (len(re.findall(r"[\s/]+", tag)) > 500 for tag in re.findall(r"<[A-Za-z][^>]*", html))
    return sum(open_tags.values()) > 300 or any(crowded)


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "a":
        return name == "href"
    if tag == "img" and name == "src":
        embedded = _EMBEDDED.fullmatch(value.strip())
        if embedded:
            return picture(embedded[2], embedded[1]) is not None
        return _BESIDE.fullmatch(value.replace("%20", " ")) is not None
    return name in ATTRIBUTES and ATTRIBUTES[name].fullmatch(value) is not None


class _Css(CSSSanitizer):  # type: ignore[misc]
    """Keeps properties that stay in the flow of the page, with values that load nothing."""

    def sanitize_css(self, style: str) -> str:
        style = html5lib_shim.convert_entities(style)
        if len(style) > 2000:
            return ""
        kept = {}
        for part in tinycss2.parse_declaration_list(
            style, skip_comments=True, skip_whitespace=True
        ):
            if part.type == "declaration" and all(map(_plain, part.value)):
                kept[part.lower_name] = tinycss2.serialize(part.value).strip()
        unseen = all(kept.get(name) == value for name, value in UNSEEN.items())
        allowed = PROPERTIES | (set(UNSEEN) if unseen else set())
        css = "; ".join(f"{name}: {value}" for name, value in kept.items() if name in allowed)
        return "" if "&" in css else css  # an entity would be read once more


def _plain(token: Any) -> bool:
    if token.type in ("number", "percentage", "dimension"):
        return bool(0 <= token.value <= 10_000)
    if token.type == "literal":
        return token.value in (",", "/")
    if token.type == "string":
        return re.fullmatch(r"[\w -]*", token.value) is not None
    if token.type == "function":
        return token.lower_name in FUNCTIONS and all(map(_plain, token.arguments))
    return token.type in ("whitespace", "ident", "hash")


class _Legible(html5lib_shim.Filter):  # type: ignore[misc]
    """Leaves a word where something was left out, and shows a link's address as text."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        text: list[str] = []
        code = 0  # MathJax leaves code alone
        address, label = "", 0
        seen: list[str] = []
        for token in _without_left_out(super().__iter__()):
            kind, name = token["type"], token.get("name")
            opens = kind in ("StartTag", "EmptyTag")
            if kind in ("Characters", "SpaceCharacters"):
                text.append(token["data"])
            elif kind == "Entity":
                text.append(html5lib_shim.convert_entity(name) or f"&{name};")
            elif name == "a" and opens:
                href = html5lib_shim.convert_entities(token["data"].get((None, "href"), ""))
                address = href if _ADDRESS.fullmatch(href) else ""
                label = len(text)
            elif name == "a":
                if address and address not in "".join([*seen, *text[label:]]):
                    text.append(f" ({address})")
                address, seen = "", []
            elif name == "input":
                if token["data"].get((None, "type")) == "checkbox":
                    text.append("☑ " if (None, "checked") in token["data"] else "☐ ")
            elif name == "img" and (None, "src") not in token["data"]:
                alt = html5lib_shim.convert_entities(token["data"].get((None, "alt"), ""))
                text.append(f"[picture not shown{': ' if alt else ''}{alt}]")
            else:
                if text:
                    run = readable("".join(text))
                    if address:
                        seen.append(run)
                    yield {"type": "Characters", "data": run if code else safe_tex(run)}
                    text, label = [], 0
                code += (name in ("code", "pre")) * {"StartTag": 1, "EndTag": -1}.get(kind, 0)
                if opens and not token["data"].get((None, "style"), "unset"):
                    del token["data"][None, "style"]
                yield token
        if text:
            yield {"type": "Characters", "data": safe_tex(readable("".join(text)))}


def _without_left_out(tokens: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    inside, depth = "", 0
    for token in tokens:
        kind, name = token["type"], token.get("name", "")
        if not inside and name in LEFT_OUT and kind in ("StartTag", "EmptyTag"):
            yield {"type": "Characters", "data": LEFT_OUT[name]}
            if kind == "StartTag":
                inside, depth = name, 1
        elif inside:
            depth += (name == inside) * {"StartTag": 1, "EndTag": -1}.get(kind, 0)
            inside = inside if depth else ""
        else:
            yield token
