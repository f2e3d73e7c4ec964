"""The one line that puts an nbgrader course behind isolated grading."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from torchmarks.isolation.arrivals import set_aside
from torchmarks.isolation.execute import IsolatedExecute
from torchmarks.isolation.pages import SafeText
from torchmarks.isolation.repair import SubmissionExporter


def configure(c: Any) -> None:
    """Set up isolated grading: ``configure(c)`` in `nbgrader_config.py`.

    Let an error there end the program, as the README's lines do: nbgrader would go on without.

    Settings that come after it in the file are kept.
    """
    # nbgrader's own list, with our way to run a notebook in the place of its first entry.
    c.Autograde.autograde_preprocessors = [
        IsolatedExecute,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        # After SaveAutoGrades, which knows an untouched answer by its checksum.
        SafeText,
        CheckCellMetadata,
    ]
    # Reads whatever arrives, and mends it from the instructor's own notebook.
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.pre_convert_hook = set_aside
    # A grade cell that a student deleted counts as failed only if it is put back.
    c.OverwriteCells.add_missing_cells = True
    # Feedback shows what the checks found, not how the hidden ones are written.
    c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
    # Feedback and the formgrader are pages in the browser of somebody who is logged in. nbgrader's
    # templates do not ask for `sanitize_html`, which would also take figures and our reports away.
    c.HTMLExporter.filters = {
        "markdown2html": "torchmarks.isolation.pages.safe_markdown",
        "strip_files_prefix": "torchmarks.isolation.pages.unchanged",
    }
    c.HTMLExporter.preprocessors = [
        "torchmarks.isolation.pages.SafePage",
        "torchmarks.isolation.pages.SafeText",
    ]
