"""Numbers in a chapter's prose are computed, not believed: what a claim is, and how it is held.

A claim quotes a fragment of the notebook's text and computes the decimal numbers in it, in order.
`given` marks numbers that are chosen and not computed, such as a made-up prior.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

DECIMAL = re.compile(r"(?<![\w.])[−-]?\d+\.\d+(?![\w]*\.\d)")


@dataclass(frozen=True)
class Claim:
    """A fragment of the text, and a function that gives the decimal numbers in it."""

    fragment: str
    compute: Callable[[], float | Iterable[float]] | None


def given(fragment: str) -> Claim:
    """A fragment whose numbers are chosen freely."""
    return Claim(fragment, None)


def prose(notebook: NotebookNode) -> str:
    """All Markdown of a notebook, white space folded so that a fragment may span lines."""
    cells = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return _folded("\n\n".join(cells))


def problems(claims: Iterable[Claim], text: str) -> list[str]:
    """Fragments that are not there, numbers that are wrong, and numbers that no claim covers."""
    found: list[str] = []
    covered: set[int] = set()
    for claim in claims:
        fragment = _folded(claim.fragment)
        places = [m.start() for m in re.finditer(re.escape(fragment), text)]
        if not places:
            found.append(f"not in the text: {claim.fragment!r}")
        for place in places:
            covered |= {place + m.start() for m in DECIMAL.finditer(fragment)}
        if claim.compute is None:
            continue
        values = claim.compute()
        values = [values] if isinstance(values, (int, float)) else list(values)
        written = [m.group() for m in DECIMAL.finditer(fragment)]
        if len(values) != len(written):
            found.append(f"{len(written)} numbers, but {len(values)} computed: {claim.fragment!r}")
            continue
        for shown, value in zip(written, values, strict=True):
            places_after = len(shown.split(".")[1])
            # Half a unit in the last place, and a hair for a value that lies on the half itself.
            if abs(float(shown.replace("−", "-")) - value) > 0.5000001 * 10**-places_after:
                found.append(f"{shown} is really {value:.8g}: {claim.fragment!r}")
    for match in DECIMAL.finditer(text):
        if match.start() not in covered:
            around = text[max(0, match.start() - 40) : match.end() + 20]
            found.append(f"no claim covers {match.group()}: …{around}…")
    return found


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text)
