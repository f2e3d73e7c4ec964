"""Marks for exercises in mathematics for deep learning: compare with torch, say what went wrong.

The names here are all that a notebook needs. The grader's wing (`torchmarks.cli` and what it
imports) is installed with `pip install torchmarks[grading]` and is never imported from here.
"""

from torchmarks import cases, compare, probes, undefined
from torchmarks.figures import show
from torchmarks.marks import Marks

__all__ = ["Marks", "cases", "compare", "probes", "show"]
__version__ = "0.1.0"

undefined.install()
