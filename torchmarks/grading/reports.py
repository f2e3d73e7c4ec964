"""What the grade cells of an autograded notebook say: verdicts to count, and reasons to show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torchmarks.conventions import REPORT_TYPE


def told(folder: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Of all notebooks in a folder: how many checks ended how, and why a cell lost points."""
    verdicts: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for path in sorted(folder.glob("*.ipynb")):
        for name, cell in _grade_cells(json.loads(path.read_text("utf-8"))):
            states, reason = _of(cell)
            verdicts.update(states)
            if reason:
                reasons[name] = reason
    return dict(verdicts), reasons


def _grade_cells(notebook: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for cell in notebook["cells"]:
        known = cell["metadata"].get("nbgrader", {})
        if known.get("grade") and cell["cell_type"] == "code":
            yield known["grade_id"], cell


def _of(cell: dict[str, Any]) -> tuple[list[str], str]:
    for output in cell["outputs"]:
        report = output.get("data", {}).get(REPORT_TYPE)
        if report:
            checks = report["checks"]
            sentences = [c["cause"] or c["sentence"] for c in checks if c["state"] != "passed"]
            return [c["state"] for c in checks], next(filter(None, sentences), "")
        if output["output_type"] == "error":
            return ["failed"], str(output["evalue"]).partition("\n")[0]
    return ["passed"], ""
