"""What is known to be harmless in HTML, CSS and SVG. All else is not shown.

Harmless is what neither runs, nor loads, nor leads anywhere, and what stays in its place: no
property that takes an element out of the page's flow, no id and no class that a page knows.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = _words("""
    abbr b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em
    figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section
    small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var
""")

#: Their content is no text for a reader, so it goes with them; a word stays for what could be seen.
LEFT_OUT = {
    "audio": "[sound left out]",
    "iframe": "[frame left out]",
    "math": "[formula left out]",
    "noscript": "",
    "script": "",
    "select": "",
    "style": "",
    "svg": "[drawing left out]",
    "template": "",
    "textarea": "",
    "title": "",
    "video": "[video left out]",
}

#: Without an end of their own, so they do not nest.
UNCLOSED = _words("br hr img col input p li dt dd td th tr")

#: Attributes, and their values as a pattern.
ATTRIBUTES = {
    name: re.compile(pattern)
    for names, pattern in {
        "align valign dir scope": r"[A-Za-z]{1,12}",
        "alt title lang role aria-label summary style": r"(?s:.*)",
        "colspan rowspan span start value border cellpadding cellspacing": r"\d{1,4}",
        "width height": r"\d{1,4}%?",
        "color": r"#?\w{1,20}",
        "size": r"[+-]?\d",
        "type": r"[1AaIi]|checkbox",
        "open reversed checked": r".{0,10}",
        "class": r"dataframe|highlight|language-[\w+-]+|[a-z]{1,2}\d?"
        r"|alert(?: alert-(?:block|info|success|warning|danger)){0,2}",
    }.items()
    for name in names.split()
}

#: Further attributes that run and load nothing, though they may mislead.
QUIET = _words("id name rel target disabled bgcolor face nowrap")

PROPERTIES = _words("""
    color background background-color text-align text-decoration text-transform vertical-align
    white-space word-break overflow-wrap font font-family font-size font-style font-weight
    font-variant line-height letter-spacing list-style list-style-type display
    overflow overflow-x overflow-y width height min-width max-width min-height max-height
    border border-top border-right border-bottom border-left border-color border-style border-width
    border-top-color border-right-color border-bottom-color border-left-color border-collapse
    border-spacing border-radius padding padding-top padding-right padding-bottom padding-left
    margin margin-top margin-right margin-bottom margin-left caption-side table-layout
""")
FUNCTIONS = _words("rgb rgba hsl hsla var inset linear-gradient")
#: What is clipped to nothing, for a screen reader alone, covers nothing wherever it stands.
UNSEEN = {"position": "absolute", "clip-path": "inset(50%)"}

SVG_ELEMENTS = _words("""
    svg g path rect circle ellipse line polyline polygon text tspan defs clipPath mask pattern
    marker symbol use image linearGradient radialGradient stop title desc
""")
SVG_ATTRIBUTES = _words("""
    id x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points width height viewBox transform version
    preserveAspectRatio offset rotate textLength lengthAdjust gradientUnits gradientTransform
    spreadMethod clipPathUnits maskUnits patternUnits patternTransform patternContentUnits
    markerWidth markerHeight markerUnits refX refY orient clip-path clip-rule mask marker-start
    marker-mid marker-end color fill fill-opacity fill-rule opacity stroke stroke-width
    stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset
    stroke-miterlimit stop-color stop-opacity font-family font-size font-style font-weight
    font-variant text-anchor dominant-baseline alignment-baseline baseline-shift letter-spacing
    visibility display overflow vector-effect
""")
#: Only these are referred to, and they refer to nothing: a chain of references grows without end.
SVG_DEFINING = _words(
    "defs clipPath mask pattern marker symbol linearGradient radialGradient",
)
