"""The conditions under which a test calls something: seeds, and torch's modes.

They are global, and a test may have set them: `torch.manual_seed(0)` before a call. They go from
the grader to the session and never back, or a session could choose a test's random inputs.
"""

from __future__ import annotations

import builtins
import functools
import random
from typing import Any
from unittest.mock import NonCallableMock

import numpy as np
import torch
from IPython.core.error import StdinNotImplementedError


def conditions() -> dict[str, Any]:
    """The conditions in this process."""
    state: Any = np.random.get_state()
    kind, keys, *rest = state
    return {
        "random": random.getstate(),
        "numpy": (kind, keys.tobytes(), *rest),
        "torch": torch.get_rng_state().numpy().tobytes(),
        "dtype": torch.get_default_dtype(),
        "gradients": torch.is_grad_enabled(),
        # A test may answer for the user, with a function or a mock of its own.
        "input": None if builtins.input is no_input else builtins.input,
    }


def sendable(changed: dict[str, Any]) -> dict[str, Any]:
    """Some conditions in a form that can travel: of a mock of `input`, what it answers."""
    mock = changed.get("input")
    if isinstance(mock, NonCallableMock):
        effect = mock.side_effect
        value = mock.return_value if effect is None else None
        return {**changed, "input": functools.partial(_answer, effect, value)}
    return changed


def _answer(effect: Any, value: Any, prompt: object = "") -> Any:
    if effect is None:
        return value
    if callable(effect) and not _is_error(effect):
        return effect(prompt)
    answer = effect if _is_error(effect) else next(effect)
    if _is_error(answer):
        raise answer
    return answer


def _is_error(effect: Any) -> bool:
    kind = effect if isinstance(effect, type) else type(effect)
    return issubclass(kind, BaseException)


def meet(wanted: dict[str, Any]) -> None:
    """Make these the conditions of this process."""
    if "random" in wanted:
        random.setstate(wanted["random"])
    if "numpy" in wanted:
        kind, keys, *rest = wanted["numpy"]
        np.random.set_state((kind, np.frombuffer(keys, np.uint32), *rest))
    if "torch" in wanted:
        torch.set_rng_state(torch.frombuffer(bytearray(wanted["torch"]), dtype=torch.uint8))
    if "dtype" in wanted:
        torch.set_default_dtype(wanted["dtype"])
    if "input" in wanted:
        builtins.input = wanted["input"] or no_input
    if "gradients" in wanted:
        torch.set_grad_enabled(wanted["gradients"])


def no_input(prompt: object = "", stream: object = None) -> str:
    """Stand in the place of `input`."""
    raise StdinNotImplementedError("a notebook that is graded cannot ask for input")
