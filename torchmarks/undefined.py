"""Turn the NameError of a grade cell into a sentence: the exercise's function is not there.

A grade cell names the student's function. When its cell was not run, or the function was renamed,
IPython would show a traceback of the instructor's cell.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


def install() -> None:
    """Register with the running IPython, if there is one."""
    # A kernel has imported IPython already; elsewhere its import would be a cost for nothing.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.set_custom_exc((NameError,), _explain)


def _explain(
    shell: Any,
    kind: type[BaseException],
    error: NameError,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> list[str]:
    innermost = traceback
    while innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost.tb_frame.f_code.co_name == "<module>" and error.name:
        source = shell.user_ns.get("In", [""])[-1]
        if f"Marks({error.name}" in source:
            lines = [
                f"{error.name}: not defined.",
                f"Run the cell that defines `{error.name}`, and keep the name of the function.",
            ]
            shell._showtraceback(kind, error, lines)
            return lines
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    return []
