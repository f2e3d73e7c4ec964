"""See which of some torch functions run while a student's function does.

There are two ways to see a call. Functions that take tensors tell a `TorchFunctionMode` of it, and
`torch.softmax`, `Tensor.softmax`, `F.softmax` and `torch.special.softmax` are one function to a
reader: they are known by their common name. Whatever torch has written in plain Python (methods of
distributions, optimizers, `torch.func`, utilities) tells nobody: it is known by its code object,
which a profile function sees run, whatever alias or decorator it was reached through.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, resolve_name

#: Modules of plain Python whose functions do tell a `TorchFunctionMode`.
_TELLING = ("torch.autograd", "torch.functional", "torch.nn.functional", "torch._tensor")


class Watch(TorchFunctionMode):
    """Records the names of those functions that run, out of the ones looked for."""

    def __init__(self, functions: tuple[Any, ...]) -> None:
        super().__init__()
        self.functions = functions
        self._by_name, self._by_code = _known_by(functions)
        self._seen: set[str] = set()

    def note(self, names: set[str]) -> None:
        """Functions that ran in another process; a name that was not looked for is none."""
        self._seen |= names & {*self._by_name.values(), *self._by_code.values()}

    @property
    def seen(self) -> frozenset[str]:
        """Names, as `shown_name` gives them, of the functions that ran."""
        return frozenset(self._seen)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch no more closely than needed: each way makes the student's function slower."""
        with contextlib.ExitStack() as stack:
            if self._by_name:
                stack.enter_context(self)
            if self._by_code:
                stack.enter_context(self._profiling())
            yield

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        shown = self._by_name.get(_short(getattr(func, "__name__", "")))
        if shown:
            self._seen.add(shown)
        return func(*args, **(kwargs or {}))

    @contextlib.contextmanager
    def _profiling(self) -> Iterator[None]:
        def profile(frame: FrameType, event: str, argument: Any) -> None:
            if event == "call" and frame.f_code in self._by_code:
                self._seen.add(self._by_code[frame.f_code])

        previous = sys.getprofile()
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(previous)


@lru_cache(maxsize=64)
def _known_by(functions: tuple[Any, ...]) -> tuple[dict[str, str], dict[CodeType, str]]:
    """How functions are shown, by their common names and by their code objects."""
    by_name: dict[str, str] = {}
    by_code: dict[CodeType, str] = {}
    for function in functions:
        code = _plain_python_code(function)
        if code is None:
            by_name[_short(function.__name__)] = shown_name(function)
        else:
            by_code[code] = shown_name(function)
    return by_name, by_code


def shown_name(function: Any) -> str:
    """The name of a torch function as a reader writes it, such as `torch.special.entr`."""
    function = getattr(function, "fget", function)
    name = str(function.__name__)
    if getattr(torch, name, None) is function:
        return f"torch.{name}"
    module = getattr(function, "__module__", None) or ""
    if inspect.isclass(function):
        return f"{'.'.join(module.split('.')[:2])}.{name}"
    if module.startswith(("torch.func", "torch.autograd", "torch.nn.utils", "torch.optim")):
        return f"{module}.{name}".replace("nn.utils.clip_grad.", "nn.utils.")
    return resolve_name(function) or str(getattr(function, "__qualname__", name)).lstrip("_")


def _plain_python_code(function: Any) -> CodeType | None:
    """The code of a function that no `TorchFunctionMode` hears of; of a class, its `__init__`."""
    function = getattr(function, "fget", function)
    if inspect.isclass(function):
        function = function.__init__
    if getattr(function, "__module__", None) in _TELLING:
        return None
    code: CodeType | None = getattr(inspect.unwrap(function), "__code__", None)
    return code


def _short(name: str) -> str:
    return name.lstrip("_").removeprefix("special_").rstrip("_")
