"""The conditions under which a test calls something: seeds, and torch's modes.

They are global, and a test may have set them: `torch.manual_seed(0)` before a call. They go from
the grader to the session and never back, or a session could choose a test's random inputs.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


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
    }


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
    if "gradients" in wanted:
        torch.set_grad_enabled(wanted["gradients"])
