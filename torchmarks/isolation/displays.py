"""What is to be seen of displays in the end: those that were updated, and what was cleared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: Displays of one id that an update reaches, the last ones.
_MOST = 100

Outputs = list[dict[str, Any]]


def settled(cells: Iterable[Outputs]) -> list[Outputs]:
    """The outputs of some cells, as a notebook keeps them, from what the cells did in order.

    What a session sends may have any form; a strange entry stays as it is.
    """
    found: list[Outputs] = []
    shown: dict[str, Outputs] = {}
    for events in cells:
        outputs: Outputs = []
        clears = False
        for event in events:
            kind = event.get("output_type") if isinstance(event, dict) else None
            if kind == "clear" and event.get("wait") is True:
                clears = True
                continue
            if kind == "clear" or clears:
                outputs.clear()
                clears = False
            if kind == "display_data":
                _display(dict(event), outputs, shown)
            elif kind != "clear":
                outputs.append(event)
        found.append(outputs)
    return found


def _display(event: dict[str, Any], outputs: Outputs, shown: dict[str, Outputs]) -> None:
    name, update = event.pop("display_id", None), event.pop("update", False)
    same = shown.setdefault(name, []) if isinstance(name, str) else []
    if update is True:
        for output in same[-_MOST:]:
            output["data"], output["metadata"] = event.get("data"), event.get("metadata")
        return
    outputs.append(event)
    same.append(event)
