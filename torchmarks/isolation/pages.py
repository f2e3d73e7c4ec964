"""Pages that nbgrader makes of a submission, its feedback and its formgrader, run nothing of it.

nbgrader's templates show Markdown cells as they are, whatever `HTMLExporter.sanitize_html` says,
and that setting would strip figures and reports. So three others stand in the way. `SafeText`
changes the autograded copy: a text cell that would run or load something is shown as its source, in
any viewer. `safe_markdown` takes the place of the filter that turns Markdown into HTML. `SafePage`
makes outputs, counts and metadata safe for the page alone, also of notebooks that were graded
before there was isolation.
"""

from __future__ import annotations

import re
from typing import Any

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from torchmarks.isolation.markdown import harmless_anywhere, html_of_markdown, pictures_of
from torchmarks.isolation.markup import readable
from torchmarks.isolation.outputs import safe_outputs

HELD_BACK = (
    "*This cell is shown as its source: displayed, it might run something, or load something from "
    "elsewhere.*"
)
RAW = "*A raw cell, shown as its source.*"


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """nbconvert's filter `markdown2html`, with harmless HTML as its result."""
    return _clipped(html_of_markdown(source, (context.get("cell") or {}).get("attachments")))


def unchanged(text: str) -> str:
    """In place of nbconvert's filter `strip_files_prefix`.

    That one makes a script of `files/javascript:…`, and takes minutes for a line of brackets.
    """
    return text


class SafeText(Preprocessor):  # type: ignore[misc]
    """Shows text cells as their source where displaying them would run or load something.

    It stands after `SaveAutoGrades`, which tells an untouched answer by its source.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        """Change the source of a text cell, if it has to be."""
        if cell.cell_type == "code" or _locked(cell):
            return cell, resources
        if "attachments" in cell:
            cell.attachments = nbformat.from_dict(pictures_of(cell.attachments))
        cell.source = readable(cell.source)
        if cell.cell_type == "raw":
            cell.cell_type = "markdown"
            cell.source = _as_source(cell.source, RAW)
        elif not _is_source(cell.source) and not harmless_anywhere(
            cell.source, cell.get("attachments")
        ):
            cell.source = _as_source(cell.source, HELD_BACK)
        return cell, resources


class SafePage(Preprocessor):  # type: ignore[misc]
    """Makes safe what nbconvert writes into a page as it finds it in a notebook.

    It belongs to an exporter of pages, which gives it a copy: the notebook's file does not change.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Change the copy of the notebook."""
        language = _language(nb.metadata.get("language_info"))
        nb.metadata = nbformat.from_dict({"language_info": language} if "name" in language else {})
        for cell in nb.cells:
            roles = cell.metadata.get("nbgrader")
            known = isinstance(roles, dict) and _is_name(roles.get("grade_id"))
            cell.metadata = nbformat.from_dict({"nbgrader": roles} if known else {})
            if cell.cell_type == "code":
                cell.outputs = safe_outputs(cell.get("outputs", []))
                for data in (output.get("data", {}) for output in cell.outputs):
                    if "text/html" in data:
                        data["text/html"] = _clipped(data["text/html"])
                if type(cell.get("execution_count")) is not int:
                    cell.execution_count = None
        return nb, resources


def _clipped(html: str) -> str:
    # A large padding, or text in a box of no height, would paint over the marks beside it.
    return f'<div style="overflow: auto">{html}</div>'


def _locked(cell: NotebookNode) -> bool:
    # With a known id and locked, the source is the instructor's own: OverwriteCells put it there.
    roles = cell.metadata.get("nbgrader", {})
    return bool(roles.get("locked") and roles.get("grade_id"))


def _as_source(source: str, note: str) -> str:
    longest = max(map(len, re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{note}\n\n{fence}\n{source}\n{fence}"


def _is_source(source: str) -> bool:
    shown = re.fullmatch(r"\*.+\*\n\n(`{3,})\n(.*)\n\1", source, re.DOTALL)
    if shown is None:
        return False
    return source in (_as_source(shown[2], note) for note in (HELD_BACK, RAW))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[^<>\"'&]+", value) is not None


def _language(info: object) -> dict[str, str]:
    given = info if isinstance(info, dict) else {}
    return {
        key: value
        for key, value in given.items()
        if key in ("name", "pygments_lexer")
        and isinstance(value, str)
        and re.fullmatch(r"[\w.+#-]{1,40}", value)
    }
