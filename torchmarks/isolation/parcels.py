"""A question as bytes: what a test sends to the session, and what of it may come back changed.

It goes by cloudpickle. Objects that a call can change in place are listed in it once more, so that
the session can say which of them it changed: pickle keeps who is who.
"""

from __future__ import annotations

import collections
import contextlib
import dis
import io
import pickle
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cloudpickle
import numpy as np
import torch
from torch import Tensor, nn
from torch.storage import TypedStorage, UntypedStorage

from torchmarks.isolation.changes import Rebound
from torchmarks.isolation.standins import RemoteClass

Reference = tuple[int, str]
#: How a question names an object of the session: by its number, or else by its name.
Names = Callable[[Any], "Reference | None"]
_CONTAINERS = (list, dict, set, collections.deque, bytearray)
_MUTATORS = {
    *("append", "appendleft", "extend", "insert", "add", "update", "setdefault"),
    *("clear", "pop", "remove", "discard"),
}
_MOST = 200_000
_PLAIN = {int, float, str, bytes, bool, complex, type(None)}


class CannotTravel(RuntimeError):
    """A test sends what can be in one process only."""


@dataclass(frozen=True)
class Kept:
    """An object of the session, by its number."""

    number: int


def parcel(payload: Any, names: Names) -> bytes:
    """Pickle a question; raises `CannotTravel`."""
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, names).dump(payload)
    except CannotTravel:
        raise
    except Exception as error:
        raise CannotTravel(f"this test sends what cannot travel to the session: {error}") from None
    return buffer.getvalue()


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    def __init__(self, file: io.BytesIO, names: Names) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._names = names

    def persistent_id(self, value: Any) -> Any:
        """Of an object that is in the session, or came from there."""
        if type(value) in _PLAIN:
            return None
        if type(value) is Kept:
            return (value.number, "")
        if RemoteClass in (type(value), type(type(value))) or isinstance(value, Tensor):
            return self._names(value)
        if type(value) is type and "_reference" in vars(value):
            there = vars(value)["_reference"]
            return self._names(there) if type(there) is RemoteClass else there
        return None

    def reducer_override(self, value: Any) -> Any:
        """A tensor's numbers as they lie in memory.

        Torch's own way takes ten times as long, and writes the address along: the same tensor would
        not give the same bytes in another process.
        """
        if type(value) is Tensor and _is_plain(value):
            numbers, dtype = numbers_of(value._typed_storage())  # type: ignore[no-untyped-call]
            place = value.storage_offset(), tuple(value.size()), value.stride()
            return _tensor, (numbers, dtype, *place, value.requires_grad)
        if type(value) is TypedStorage and untyped(value).device.type == "cpu":
            return _storage, numbers_of(value)
        return super().reducer_override(value)


def numbers_of(storage: TypedStorage) -> tuple[bytes, torch.dtype]:
    """What lies in a tensor's memory, and how it is to be read."""
    numbers = torch.empty(0, dtype=torch.uint8).set_(untyped(storage))
    return numbers.numpy().tobytes(), storage.dtype


def untyped(storage: TypedStorage) -> UntypedStorage:
    """As its method, which would warn whoever calls it, and so a student, of a change to come."""
    found: UntypedStorage = storage._untyped_storage
    return found


def _is_plain(value: Tensor) -> bool:
    """Whether it is numbers in memory and nothing else."""
    return (
        value.layout is torch.strided
        and value.device.type == "cpu"
        and not (value.is_quantized or value.is_conj() or value.is_neg())
        and not (value._backward_hooks or vars(value))
    )


def _tensor(
    numbers: bytes,
    dtype: torch.dtype,
    offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    requires_grad: bool,
) -> Tensor:
    found = torch.empty(0, dtype=dtype).set_(_memory(numbers), offset, size, stride)
    return found.requires_grad_() if requires_grad else found


def _storage(numbers: bytes, dtype: torch.dtype) -> TypedStorage:
    return TypedStorage(wrap_storage=_memory(numbers), dtype=dtype, _internal=True)  # type: ignore[no-untyped-call]


def _memory(numbers: bytes) -> UntypedStorage:
    if not numbers:
        return UntypedStorage(0)  # type: ignore[no-untyped-call]
    return torch.frombuffer(bytearray(numbers), dtype=torch.uint8).untyped_storage()


def changeable(roots: Any) -> list[Any]:
    """Objects below `roots` that a call may change in place, each once."""
    found: list[Any] = []
    seen: set[int] = set()
    waiting = [roots]
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        kind = type(value)
        if kind in _PLAIN or RemoteClass in (kind, type(kind)) or id(value) in seen:
            continue
        seen.add(id(value))
        if _is_changeable(value):
            found.append(value)
        elif _is_function_of_the_tests(value) and (names := _rebinds(value)):
            found.append(Rebound(value, names))
        waiting += reversed(list(_parts(value)))
    return found


def _is_changeable(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return not value.dtype.hasobject
    return isinstance(value, (*_CONTAINERS, Tensor)) or _is_instance_of_the_tests(value)


def _is_instance_of_the_tests(value: Any) -> bool:
    ours = type(value).__module__ == "__main__" and not isinstance(value, type)
    return (ours or isinstance(value, (nn.Module, types.SimpleNamespace))) and hasattr(
        value, "__dict__"
    )


def _is_function_of_the_tests(value: Any) -> bool:
    # What is around a library's function is no business of the session's.
    return isinstance(value, types.FunctionType) and value.__globals__.get("__name__") == "__main__"


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, (types.BuiltinMethodType, types.MethodType)):
        yield value.__self__  # `calls.append`, as a callback
    elif _is_function_of_the_tests(value):
        yield from _recorders(value)
    elif not isinstance(value, Tensor) and _is_instance_of_the_tests(value):
        yield from vars(value).values()


def _rebinds(function: types.FunctionType) -> tuple[str, ...]:
    free = _cells(function)
    return tuple(
        {
            step.argval: None
            for step in dis.get_instructions(function)
            if step.opname == "STORE_GLOBAL"
            or (step.opname == "STORE_DEREF" and step.argval in free)
        }
    )


def _recorders(function: types.FunctionType) -> Iterator[Any]:
    """Containers around a callback that it notes something in: `calls.append(x)`.

    Others that it only reads stay as the test has them, whatever the session says.
    """
    cells = _cells(function)
    before: dis.Instruction | None = None
    for step in dis.get_instructions(function):
        if before is not None and step.argval in _MUTATORS:
            if before.opname == "LOAD_GLOBAL" and before.argval in function.__globals__:
                yield function.__globals__[before.argval]
            elif before.opname == "LOAD_DEREF" and before.argval in cells:
                yield cells[before.argval]
        before = step


def _cells(function: types.FunctionType) -> dict[str, Any]:
    """What the free names of a function stand for, as far as they do."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # it is empty as yet
            found[name] = cell.cell_contents
    return found
