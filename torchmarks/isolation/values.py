"""Values on their way from a session to the grader: JSON for structure, raw bytes for tensors.

The format cannot carry code. What comes out of `decode` is made of plain tensors, arrays, numbers,
strings and containers, built here; whatever else a student's code returned stays in the session,
and comes as a handle. Subclasses arrive as the plain type below them.
"""

from __future__ import annotations

import base64
import collections
import re
from collections.abc import Callable
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
_ARRAY_TYPE = re.compile(r"[<>|=]?[?biufcUSMm]\d*(\[\w+\])?")
_NAME = re.compile(r"[A-Za-z_]\w{0,60}")
_KNOWN_MAPPINGS = {
    "Counter": collections.Counter,
    "OrderedDict": collections.OrderedDict,
    "defaultdict": lambda pairs: collections.defaultdict(None, pairs),
}
_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
}

Keep = Callable[[Any], dict[str, Any]]
Rebuild = Callable[[dict[str, Any]], Any]


class Encoder:
    """Encodes one answer; `keep` describes an object that stays where it is."""

    def __init__(self, keep: Keep) -> None:
        self.blobs: list[bytes] = []
        self._keep = keep
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
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(value)
        if isinstance(value, (int, float, str, bytes, bytearray, complex)):
            return self._scalar(value)
        if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
            return self._sequence(value, depth)
        if isinstance(value, dict):
            name = next(
                (c.__name__ for c in type(value).__mro__ if c.__name__ in _KNOWN_MAPPINGS), ""
            )
            pairs = [
                [self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in dict.items(value)
            ]
            return {"dict": pairs, "type": name}
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
        shape = [int(n) for n in value.shape]
        return {
            "tensor": len(self.blobs) - 1,
            "dtype": name,
            "shape": shape,
            "graph": bool(value.requires_grad),
        }

    def _array(self, value: Any) -> Any:
        array = np.asarray(value)
        if not _ARRAY_TYPE.fullmatch(array.dtype.str):
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


def decode(code: Any, blobs: list[bytes], rebuild: Rebuild) -> Any:
    """The value that `code` describes; raises `Malformed` for anything that is not its form.

    `rebuild` makes the grader's stand-in for an object that stayed in the session.
    """
    try:
        return _decode(code, blobs, rebuild, 0)
    except Malformed:
        raise
    except Exception:
        # Whatever a forged frame made fail: it is no answer, and nothing in it is worth telling.
        raise Malformed from None


def _decode(code: Any, blobs: list[bytes], rebuild: Rebuild, depth: int) -> Any:
    if depth > MAX_DEPTH + 2:
        raise Malformed
    if code is None or isinstance(code, (bool, int, float, str)):
        return code
    if not isinstance(code, dict):
        raise Malformed

    def inner(value: Any) -> Any:
        return _decode(value, blobs, rebuild, depth + 1)

    for kind, build in _SEQUENCES.items():
        if kind in code:
            return _typed(build([inner(v) for v in code[kind]]), code)
    if "dict" in code:
        pairs = [(inner(k), inner(v)) for k, v in code["dict"]]
        build_mapping: Any = _KNOWN_MAPPINGS.get(str(code.get("type")), dict)
        return (
            build_mapping(dict(pairs))
            if build_mapping is collections.Counter
            else build_mapping(pairs)
        )
    if "tensor" in code:
        return _tensor(code, blobs)
    if "array" in code or "number" in code:
        return _array(code, blobs)
    if "handle" in code and isinstance(code["handle"], dict):
        return rebuild(code["handle"])
    if "int" in code:
        return int(code["int"], 16)
    if "complex" in code:
        return complex(*map(float, code["complex"]))
    if "bytes" in code:
        return base64.b64decode(code["bytes"], validate=True)
    if "range" in code:
        return range(*code["range"])
    if "slice" in code:
        return slice(*map(inner, code["slice"]))
    if "dtype" in code:
        return DTYPES[code["dtype"]]
    if "ellipsis" in code:
        return Ellipsis
    raise Malformed


def _typed(value: Any, code: dict[str, Any]) -> Any:
    kind = code.get("type")
    if kind == "Size":
        return torch.Size(value)
    if isinstance(kind, str) and kind.startswith("return_types."):
        made = getattr(torch.return_types, kind.removeprefix("return_types."))
        return made(value)
    if "fields" in code:
        fields = code["fields"]
        if not isinstance(kind, str) or not all(map(_NAME.fullmatch, [kind, *fields])):
            raise Malformed
        return collections.namedtuple(kind, fields)(*value)
    return value


def _tensor(code: dict[str, Any], blobs: list[bytes]) -> Tensor:
    dtype, data = DTYPES[code["dtype"]], bytearray(blobs[code["tensor"]])
    shape = _shape(code)
    if not data:
        value = torch.empty(shape, dtype=dtype)
        if value.numel():
            raise Malformed
    else:
        value = torch.frombuffer(data, dtype=dtype).reshape(shape)
    if code.get("graph") is True and (dtype.is_floating_point or dtype.is_complex):
        value.requires_grad_()
    return value


def _array(code: dict[str, Any], blobs: list[bytes]) -> Any:
    index = code["array"] if "array" in code else code["number"]
    if not _ARRAY_TYPE.fullmatch(code["dtype"]):
        raise Malformed
    array = np.frombuffer(bytearray(blobs[index]), dtype=np.dtype(code["dtype"]))
    array = array.reshape(_shape(code))
    return array if "array" in code else array[()]


def _shape(code: dict[str, Any]) -> list[int]:
    shape = code["shape"]
    if len(shape) > 64 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise Malformed
    return list(shape)
