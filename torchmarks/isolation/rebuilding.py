"""Rebuilds, in the grader, the values that a session described (`values.py`).

What comes out is made of plain tensors, arrays, numbers, strings and containers, built here. A
description that is not of the form is `Malformed`, whatever it would have made fail.
"""

from __future__ import annotations

import base64
import collections
import datetime
import decimal
import fractions
import pathlib
import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchmarks.isolation.channel import Malformed
from torchmarks.isolation.values import ARRAY_TYPE, CLASSES, DTYPES, MAX_DEPTH

_NAME = re.compile(r"[A-Za-z_]\w{0,60}")
_FRACTION = re.compile(r"-?\d+(/\d+)?")
_DEVICE = re.compile(r"(cpu|meta|mps|cuda)(:\d)?")
_READERS: dict[str, Callable[[str], Any]] = {
    "Fraction": lambda text: fractions.Fraction(_matching(_FRACTION, text)),
    "Decimal": decimal.Decimal,
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    # A pure one: it names a file in the session, and can open none here.
    "path": pathlib.PurePath,
    "device": lambda text: torch.device(_matching(_DEVICE, text)),
    "array type": lambda text: np.dtype(_matching(ARRAY_TYPE, text)),
}
_VIEWS: dict[str, Callable[[list[Any]], Any]] = {
    "keys": lambda entries: dict.fromkeys(entries).keys(),
    "values": lambda entries: dict(enumerate(entries)).values(),
    "items": lambda entries: dict(entries).items(),
}
_MAPPINGS: dict[str, Callable[..., Any]] = {
    "Counter": lambda pairs: collections.Counter(dict(pairs)),
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

Rebuild = Callable[[dict[str, Any]], Any]
_namedtuple: Callable[[str, list[str]], Any] = collections.namedtuple

#: The named tuples of torch, by their names: no name from a session is looked up anywhere else.
_RETURN_TYPES = {
    name: kind
    for name, kind in vars(torch.return_types).items()
    if isinstance(kind, type) and issubclass(kind, tuple)
}


class Decoder:
    """Rebuilds the values of one answer.

    `rebuild` makes the grader's stand-in for an object that stayed in the session, `known` holds
    the objects that it was sent, `link` ties a tensor to the one that it is a copy of, and
    `made_by` finds the class of a namedtuple.
    """

    def __init__(
        self,
        blobs: list[bytes],
        rebuild: Rebuild,
        known: Sequence[Any] = (),
        link: Callable[[Tensor, dict[str, Any]], Tensor] = lambda value, code: value,
        made_by: Callable[[Any], Any] = lambda handle: None,
    ) -> None:
        self._blobs = blobs
        self._rebuild = rebuild
        self._known = known
        self._link = link
        self._made_by = made_by

    def decode(self, code: Any) -> Any:
        """The value that `code` describes; raises `Malformed` for all that is not its form."""
        try:
            return self._decode(code, 0)
        except Malformed:
            raise
        except Exception:
            # Whatever a forged frame made fail: it is no answer, and nothing in it worth telling.
            raise Malformed from None

    def _decode(self, code: Any, depth: int) -> Any:
        if depth > MAX_DEPTH + 2:
            raise Malformed
        if code is None or isinstance(code, (bool, int, float, str)):
            return code
        if not isinstance(code, dict):
            raise Malformed

        def inner(value: Any) -> Any:
            return self._decode(value, depth + 1)

        for kind, build in _SEQUENCES.items():
            if kind in code:
                items = [inner(v) for v in code[kind]]
                return self._typed(build(_distinct(items) if "set" in kind else items), code)
        if "dict" in code:
            return _mapping([(inner(k), inner(v)) for k, v in code["dict"]], code.get("type"))
        if "tensor" in code:
            return self._tensor(code)
        if "array" in code or "number" in code:
            return _array(code, self._blobs)
        if "handle" in code and isinstance(code["handle"], dict):
            return self._rebuild(code["handle"])
        if "known" in code:
            return self._known[_index(code["known"])]
        if "slice" in code:
            return slice(*map(inner, code["slice"]))
        if "view" in code:
            kind = code["type"]
            entries = [tuple(map(inner, v)) if kind == "items" else inner(v) for v in code["view"]]
            _distinct([e[0] if kind == "items" else e for e in entries if kind != "values"])
            return _VIEWS[kind](entries)
        return _simple(code)

    def _typed(self, value: Any, code: dict[str, Any]) -> Any:
        kind = code.get("type")
        if kind == "Size":
            return torch.Size(value)
        if isinstance(kind, str) and kind.startswith("return_types."):
            made = _RETURN_TYPES[kind.removeprefix("return_types.")]
            return made(value)
        if "fields" in code:
            fields = code["fields"]
            if not all(_NAME.fullmatch(name) for name in [kind, *fields]):
                raise Malformed
            named = _namedtuple(str(kind), fields)
            # So that it is sent back as what it was there.
            named._reference = self._made_by(code.get("made by"))
            return named(*value)
        return value

    def _tensor(self, code: dict[str, Any]) -> Tensor:
        value = _tensor(code, self._blobs)
        if code.get("parameter") is True and not value.requires_grad:
            return torch.nn.Parameter(value, requires_grad=False)
        if not value.requires_grad:
            return value
        if code.get("parameter") is True:
            value = torch.nn.Parameter(value.detach())
        if code.get("leaf") is True and "grad" in code:
            value.grad = _tensor(code["grad"], self._blobs)
        return self._link(value, code) if "kept" in code else value


def _simple(code: dict[str, Any]) -> Any:
    if "int" in code:
        return int(code["int"], 16)
    if "complex" in code:
        real, imaginary = map(float, code["complex"])
        return complex(real, imaginary)
    if "bytes" in code:
        return base64.b64decode(code["bytes"], validate=True)
    if "range" in code:
        return range(*code["range"])
    if "dtype" in code:
        return DTYPES[code["dtype"]]
    if "ellipsis" in code:
        return Ellipsis
    if "text" in code:
        return _READERS[code["type"]](code["text"][:10_000])
    if "class" in code:
        return CLASSES[code["class"]]
    raise Malformed


def _mapping(pairs: list[tuple[Any, Any]], kind: object) -> Any:
    _distinct([key for key, _ in pairs])
    return _MAPPINGS.get(str(kind), dict)(pairs)


def _distinct(items: list[Hashable]) -> list[Hashable]:
    """The items, unless so many share a hash that it would take ages to look one up."""
    if len(set(map(hash, items))) * 20 + 1000 < len(set(map(id, items))):
        raise Malformed
    return items


def _index(number: object) -> int:
    if type(number) is not int or number < 0:
        raise Malformed
    return number


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise Malformed
    return text


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
    if not ARRAY_TYPE.fullmatch(code["dtype"]):
        raise Malformed
    array = np.frombuffer(bytearray(blobs[index]), dtype=np.dtype(code["dtype"]))
    array = array.reshape(_shape(code))
    return array if "array" in code else array[()]


def _shape(code: dict[str, Any]) -> list[int]:
    shape = code["shape"]
    if len(shape) > 64 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise Malformed
    return list(shape)
