"""Values on their way from a session to the grader: JSON for structure, raw bytes for tensors.

The format cannot carry code. Whatever is no plain tensor, array, number, string or container stays
in the session, and goes as a handle. Subclasses go as the plain type below them.
"""

from __future__ import annotations

import base64
import collections
import datetime
import decimal
import fractions
import pathlib
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchmarks.isolation.channel import Malformed, TooLarge

MAX_DEPTH = 60
MAX_ITEMS = 1_000_000
MAX_BYTES = 64 * 2**20
#: Plain dtypes that torch can rebuild from bytes.
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in vars(torch).values()
    if isinstance(dtype, torch.dtype)
    and re.fullmatch(r"torch\.(u?int\d+|bool|b?float\d+|complex\d+)", str(dtype))
}
ARRAY_TYPE = re.compile(r"[<>|=]?[?biufcUSMm]\d*(\[\w+\])?")
#: Classes that a value may be, such as an annotation: making one of these does nothing else.
CLASSES: dict[str, type] = {
    c.__name__: c
    for c in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
} | {"object": object, "NoneType": type(None), "Tensor": Tensor, "ndarray": np.ndarray}
#: Values that are what their text says, the most special first.
TEXTS: dict[str, tuple[type, Callable[[Any], str]]] = {
    "Fraction": (fractions.Fraction, str),
    "Decimal": (decimal.Decimal, str),
    "datetime": (datetime.datetime, datetime.datetime.isoformat),
    "date": (datetime.date, datetime.date.isoformat),
    "path": (pathlib.PurePath, str),
    "device": (torch.device, str),
    "array type": (np.dtype, lambda dtype: dtype.str),
}
VIEWS = {"keys": type({}.keys()), "values": type({}.values()), "items": type({}.items())}
#: Mappings that are known on both sides, by their names.
MAPPINGS = ("Counter", "OrderedDict", "defaultdict")

Keep = Callable[[Any], dict[str, Any]]
#: The number of an object that the grader has itself, for it had sent it; None for any other.
Known = Callable[[Any], "int | None"]


class Encoder:
    """Encodes one answer; `keep` describes an object that stays where it is, or `number` does."""

    def __init__(
        self, keep: Keep, number: Callable[[Any], int], known: Known = lambda value: None
    ) -> None:
        self.blobs: list[bytes] = []
        #: Whether some tensor of the answer is part of a graph.
        self.graph = False
        self._keep = keep
        self._number = number
        self._known = known
        self._items = 0
        self._bytes = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """JSON for `value`; raises `TooLarge`, or `Malformed` where it is nested without end."""
        self._items += 1
        if self._items > MAX_ITEMS:
            raise TooLarge
        if depth > MAX_DEPTH:
            raise Malformed
        if value is None or value is True or value is False:
            return value
        number = self._known(value) if depth >= 0 else None
        if number is not None:
            return {"known": number}
        depth = max(depth, 0)
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(value)
        if isinstance(value, (int, float, str, bytes, bytearray, complex)):
            return self._scalar(value)
        if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
            return self._sequence(value, depth)
        if isinstance(value, dict):
            name = next((c.__name__ for c in type(value).__mro__ if c.__name__ in MAPPINGS), "")
            return {"dict": self._pairs(dict.items(value), depth), "type": name}
        return self._other(value, depth)

    def contents(self, value: Any) -> Any:
        """JSON for an object that the grader has, with what is inside of it now."""
        return self.encode(value, -1)

    def _pairs(self, pairs: Iterable[tuple[Any, Any]], depth: int) -> list[Any]:
        return [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs]

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if isinstance(value, slice):
            return {
                "slice": [self.encode(v, depth + 1) for v in (value.start, value.stop, value.step)]
            }
        if isinstance(value, torch.dtype):
            return {"dtype": str(value).removeprefix("torch.")}
        if value is Ellipsis:
            return {"ellipsis": True}
        for name, (kind, write) in TEXTS.items():
            if isinstance(value, kind):
                return {"text": self.encode(write(value)), "type": name}
        for name, view in VIEWS.items():
            if isinstance(value, view):
                entries: Any = value
                if name == "items":
                    return {"view": self._pairs(entries, depth), "type": name}
                return {"view": [self.encode(v, depth + 1) for v in entries], "type": name}
        if isinstance(value, type) and CLASSES.get(value.__name__) is value:
            return {"class": value.__name__}
        return {"handle": self._keep(value)}

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, int):
            number = int.__index__(value)
            return number if number.bit_length() < 1000 else {"int": hex(self._sized(number))}
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, str):
            self._count(len(value))
            return str.__str__(value)
        if isinstance(value, complex):
            return {"complex": [value.real, value.imag]}
        self._count(len(value))
        return {"bytes": base64.b64encode(value).decode()}

    def _sized(self, number: int) -> int:
        self._count(number.bit_length() // 4)
        return number

    def _sequence(self, value: Any, depth: int) -> Any:
        kind = next(n for n, c in _TYPES.items() if isinstance(value, c))
        encoded: dict[str, Any] = {kind: [self.encode(v, depth + 1) for v in value]}
        if isinstance(value, torch.Size):
            encoded["type"] = "Size"
        elif type(value).__module__ == "torch.return_types":
            encoded["type"] = f"return_types.{type(value).__name__}"
        elif isinstance(value, tuple) and hasattr(value, "_fields"):
            encoded["fields"] = [str(name) for name in value._fields]
            encoded["type"] = type(value).__name__
            encoded["made by"] = self._keep(type(value))
        return encoded

    def _tensor(self, value: Tensor) -> Any:
        with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
            plain = value.layout is torch.strided and value.device.type == "cpu"
            name = str(value.dtype).removeprefix("torch.")
            if not plain or value.is_quantized or name not in DTYPES:
                return {"handle": {**self._keep(value), "type": "special tensor"}}
            self._count(value.numel() * value.element_size())
            data = value.detach().as_subclass(Tensor).resolve_conj().resolve_neg().contiguous()
            data = data.reshape(-1).view(torch.uint8)
            self.blobs.append(data.numpy().tobytes())
        encoded: dict[str, Any] = {
            "tensor": len(self.blobs) - 1,
            "dtype": name,
            "shape": [int(n) for n in value.shape],
            "graph": bool(value.requires_grad),
        }
        if isinstance(value, torch.nn.Parameter):
            encoded["parameter"] = True
        if value.requires_grad:
            encoded["kept"] = self._number(value)
            encoded["leaf"] = value.is_leaf
            self.graph = self.graph or not value.is_leaf
            if value.is_leaf and value.grad is not None:
                encoded["grad"] = self._tensor(value.grad.detach())
        return encoded

    def _array(self, value: Any) -> Any:
        array = np.asarray(value)
        if not ARRAY_TYPE.fullmatch(array.dtype.str):
            return {"handle": self._keep(value)}
        self._count(array.nbytes)
        self.blobs.append(array.tobytes())
        kind = "array" if isinstance(value, np.ndarray) else "number"
        return {kind: len(self.blobs) - 1, "dtype": array.dtype.str, "shape": list(array.shape)}

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > MAX_BYTES:
            raise TooLarge


#: The most special first: torch.Size is a tuple.
_TYPES = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
}
