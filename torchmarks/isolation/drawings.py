"""Figures that have been drawn before: a class draws the same ones, and drawing is slow.

The instructor's own notebook is run once, and what its figures look like is kept in the warm
process, by fingerprints of the figures. A session that is about to draw one of these takes the
picture from there. Nothing that a student has drawn is ever kept.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import warnings
from typing import Any

from matplotlib import rcParams
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.transforms import TransformNode
from torch.storage import TypedStorage

from torchmarks.isolation.parcels import numbers_of

#: Bytes of a figure's data beyond which it is not worth while to look for it.
_MOST = 8_000_000


class Drawings:
    """Pictures by the fingerprints of their figures."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}
        #: Those that were drawn since `record`; None where nobody wants to know.
        self.drawn: dict[str, bytes] | None = None

    def know(self, pictures: dict[str, bytes]) -> None:
        """Take these for figures of these fingerprints."""
        self._known |= pictures

    def record(self) -> None:
        """Note from now on what is drawn."""
        self.drawn = {}

    def install(self) -> None:
        """Let Matplotlib look here before it draws a figure as PNG into memory."""
        draw = FigureCanvasBase.print_figure

        def print_figure(canvas: Any, filename: Any, *options: Any, **named: Any) -> Any:
            if not (self._known or self.drawn is not None) or type(filename) is not io.BytesIO:
                return draw(canvas, filename, *options, **named)
            found = _fingerprint(canvas.figure, options, named)
            if found in self._known:
                filename.write(self._known[found])
                return None
            if self.drawn is None or not found:
                return draw(canvas, filename, *options, **named)
            with warnings.catch_warnings(record=True) as warned:
                answer = draw(canvas, filename, *options, **named)
            for warning in warned:
                warnings.warn_explicit(
                    warning.message, warning.category, warning.filename, warning.lineno
                )
            if not warned:
                self.drawn[found] = filename.getvalue()
            return answer

        FigureCanvasBase.print_figure = print_figure  # type: ignore[assignment]


class _Pickler(pickle.Pickler):
    """Writes what a figure is, and no address of this process."""

    def reducer_override(self, value: Any) -> Any:
        if type(value) is TypedStorage:
            return tuple, (numbers_of(value),)
        if isinstance(value, TransformNode):
            # Who depends on it is told by their addresses.
            state = {name: v for name, v in vars(value).items() if name != "_parents"}
            return type, (type(value),), state
        return NotImplemented


def _fingerprint(figure: Any, *options: Any) -> str:
    """The same for figures that look the same; empty if that cannot be told."""
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump((figure, options, repr(rcParams)))
    except Exception:  # a figure that holds a lambda, say
        return ""
    data = buffer.getbuffer()
    return hashlib.sha256(data).hexdigest() if len(data) <= _MOST else ""
