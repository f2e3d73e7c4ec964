"""Show a Matplotlib figure in a notebook, with a description for those who cannot see it."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any


def show(figure: Any, alt: str) -> None:
    """Display `figure` with `alt` as its alternative text, and close it.

    Plain inline figures carry no text that a screen reader could read.
    """
    from IPython.display import display  # only in notebooks, so not a cost of every import
    from matplotlib import pyplot

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, bbox_inches="tight", facecolor="white")
    pyplot.close(figure)
    picture = base64.b64encode(buffer.getvalue()).decode()
    source = f"data:image/png;base64,{picture}"
    image = f'<img src="{source}" alt="{escape(alt)}" style="max-width: 100%">'
    display({"text/html": image, "text/plain": f"[figure: {alt}]"}, raw=True)
