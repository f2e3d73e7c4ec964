"""Parts of torch that import up to a thousand modules when they are first used.

That takes seconds, and memory that every fork of a warm process pays for: a warm process uses them
once, and only where a notebook of the class names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress


def parts_in(sources: Iterable[str]) -> frozenset[str]:
    """Parts of torch that these cells may use, and that take long when they are first used."""
    texts = list(sources)
    return frozenset(
        part for part, (word, _) in _PARTS.items() if any(word.search(text) for text in texts)
    )


def use(parts: Iterable[str]) -> None:
    """Use parts of torch once, so that no fork has to import what they do."""
    for part in parts:
        with suppress(Exception):  # told to whoever uses it
            _PARTS[part][1]()


def _use_transforms() -> None:
    import torch

    torch.func.jvp(torch.square, (torch.ones(2),), (torch.ones(2),))
    torch.func.hessian(torch.sum)(torch.ones(2))


def _use_an_optimizer() -> None:
    import torch

    weights = torch.ones(2, requires_grad=True)
    weights.sum().backward()  # type: ignore[no-untyped-call]
    torch.optim.Adam([weights]).step()


#: For each part, words that tell of it in a cell, and what uses it once.
_PARTS: dict[str, tuple[re.Pattern[str], Callable[[], None]]] = {
    "transforms": (re.compile(r"\bfunc\b|jacrev|jacfwd|\bjvp\b|hessian"), _use_transforms),
    "optimizers": (re.compile(r"optim|checkpoint"), _use_an_optimizer),
}
