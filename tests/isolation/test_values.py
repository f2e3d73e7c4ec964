"""Values: a round trip gives back what went in, and a hostile description gives `Malformed`."""

from __future__ import annotations

import collections
import copy
import datetime
import decimal
import fractions
import json
import math
import pathlib
import random
import time
from typing import Any

import numpy as np
import pytest
import torch

from torchmarks.isolation.channel import Malformed, TooLarge
from torchmarks.isolation.handles import described
from torchmarks.isolation.rebuilding import Decoder
from torchmarks.isolation.values import MAX_DEPTH, Encoder

Point = collections.namedtuple("Point", "x y")


class Stays:
    """An object that cannot travel."""


class Numbers:
    """Numbers objects, as an answerer does."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def __call__(self, value: Any) -> int:
        """The number of an object, which is kept."""
        self.kept.append(value)
        return len(self.kept) - 1


def encoded(value: Any) -> tuple[Any, list[bytes], Numbers]:
    numbers = Numbers()
    encoder = Encoder(lambda v: described(v, numbers), numbers)
    code = json.loads(json.dumps(encoder.encode(value)))
    return code, encoder.blobs, numbers


def round_trip(value: Any) -> Any:
    code, blobs, numbers = encoded(value)
    return Decoder(blobs, lambda handle: numbers.kept[handle["number"]]).decode(code)


PLAIN = [
    *(None, True, False, 0, -1, 10**30, -(10**400), 1.5, -0.0, math.inf, -math.inf),
    *("", "text", "ü→𝔸\x00", b"", b"\x00\xff", bytearray(b"x"), 1 + 2j, complex(-0.0, math.inf)),
    *([], [1, [2, [3]]], (), (1,), (1, (2, [3])), set(), {1, "a", (2,)}, frozenset({1})),
    *({}, {"a": 1, (1, 2): [3], None: {"b": {4}}}, collections.deque([1, 2])),
    *(collections.Counter("aab"), collections.OrderedDict(b=1, a=2)),
    *(range(3), range(9, 1, -2), slice(1, None, 2), ..., torch.float64, torch.bfloat16),
    *(torch.Size([2, 3]), torch.device("cpu"), np.dtype("float32"), int, list, type(None)),
    *(fractions.Fraction(-1, 3), decimal.Decimal("1.50"), datetime.date(2026, 2, 3)),
    *(datetime.datetime(2026, 2, 3, 4, 5, 6, 7), np.float32(1.5), np.int64(-3), np.bool_(True)),
]  # fmt: skip


@pytest.mark.parametrize(
    "value", PLAIN, ids=lambda value: type(value).__name__
)  # a set has no order
def test_a_plain_value_comes_back(value: Any):
    back = round_trip(value)
    assert back == (bytes(value) if isinstance(value, bytearray) else value)
    assert type(back) is (bytes if isinstance(value, bytearray) else type(value))
    if isinstance(value, (dict, collections.deque)):
        assert list(back) == list(value)


def test_not_a_number_and_minus_zero_come_back():
    assert math.isnan(round_trip(math.nan))
    assert math.copysign(1.0, round_trip(-0.0)) == -1.0


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool", "complex64", "complex128"])  # fmt: skip
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4), (1, 1, 2)])
def test_a_tensor_comes_back_bit_for_bit(dtype: str, shape: tuple[int, ...]):
    value = torch.arange(math.prod(shape)).reshape(shape).to(getattr(torch, dtype))
    back = round_trip(value)
    assert back.dtype == value.dtype
    assert back.shape == value.shape
    assert torch.equal(back, value)


@pytest.mark.parametrize(
    "view", [lambda t: t.T, lambda t: t[::2], lambda t: t[:, 1], lambda t: t.expand(2, 4, 3), lambda t: (t + 0j).conj().mT]
)  # fmt: skip
def test_a_view_comes_back_as_its_values(view: Any):
    value = view(torch.arange(12.0).reshape(4, 3))
    assert torch.equal(round_trip(value), value)


def test_a_tensor_tells_whether_it_has_a_graph():
    assert round_trip(torch.ones(2, requires_grad=True)).requires_grad
    assert round_trip(2 * torch.ones(2, requires_grad=True)).requires_grad
    assert not round_trip(torch.ones(2)).requires_grad
    assert type(round_trip(torch.nn.Parameter(torch.ones(1)))) is torch.nn.Parameter


def test_the_gradient_of_a_leaf_comes_along():
    leaf = torch.ones(2, requires_grad=True)
    leaf.grad = torch.tensor([3.0, 4.0])
    assert torch.equal(round_trip(leaf).grad, leaf.grad)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "u8", "?", "c16", ">f4", "<U3", "S2", "M8[D]", "m8[s]"])  # fmt: skip
def test_an_array_comes_back(dtype: str):
    value = np.array([[0, 1], [1, 0]]).astype(dtype).T
    back = round_trip(value)
    assert back.dtype == value.dtype
    np.testing.assert_array_equal(back, value)


def test_what_a_subclass_adds_does_not_travel():
    class Number(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = float.__hash__

    class Text(str):
        pass

    class Numbers(list):
        def __eq__(self, other: object) -> bool:
            return True

    class Special(torch.Tensor):
        pass

    class Array(np.ndarray):
        pass

    assert type(round_trip(Number(2.0))) is float
    assert type(round_trip(Text("a"))) is str
    assert type(round_trip(Numbers([1]))) is list
    assert type(round_trip(torch.ones(2).as_subclass(Special))) is torch.Tensor
    assert type(round_trip(np.ones(2).view(Array))) is np.ndarray


def test_named_tuples_and_results_of_torch_keep_their_fields():
    back = round_trip(Point(1, [2]))
    assert (back.x, back.y, type(back).__name__) == (1, [2], "Point")
    assert round_trip(torch.sort(torch.tensor([2.0, 1.0]))).indices.tolist() == [1, 0]


@pytest.mark.parametrize("view", ["keys", "values", "items"])
def test_views_of_a_dict_are_views(view: str):
    value = getattr({"a": 1, "b": 2}, view)()
    back = round_trip(value)
    assert type(back) is type(value)
    assert list(back) == list(value)


def test_a_path_comes_back_as_one_that_opens_nothing():
    back = round_trip(pathlib.Path("a/b"))
    assert back == pathlib.Path("a/b")
    assert not hasattr(back, "open")


@pytest.mark.parametrize("value", [Stays(), Stays, ValueError, len, iter([1]), np.array([None]), torch.eye(2).to_sparse()])  # fmt: skip
def test_what_cannot_travel_stays_and_comes_back_by_its_number(value: Any):
    assert round_trip([value])[0] is value


def test_what_the_grader_has_sent_is_named_by_its_place():
    sent = [[1], {"a": 2}]
    numbers = Numbers()
    encoder = Encoder(
        lambda v: described(v, numbers),
        numbers,
        lambda v: next((n for n, s in enumerate(sent) if s is v), None),
    )
    code = encoder.encode((sent[1], [sent[0]], [1]))
    back = Decoder([], lambda handle: None, sent).decode(code)
    assert back[0] is sent[1]
    assert back[1][0] is sent[0]
    assert back[2] is not sent[0]
    assert encoder.contents(sent[0]) == {"list": [1]}


# Caps. ---------------------------------------------------------------------------------------


def test_what_is_nested_without_end_is_malformed():
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(Malformed):
        encoded(endless)
    code: Any = 1
    for _ in range(MAX_DEPTH + 5):
        code = {"list": [code]}
    with pytest.raises(Malformed):
        Decoder([], lambda handle: None).decode(code)


@pytest.mark.parametrize(
    "value", [lambda: torch.zeros(2**25), lambda: np.zeros(2**24), lambda: [0] * 1_100_000, lambda: "x" * 2**27, lambda: 1 << 2**30]
)  # fmt: skip
def test_what_is_too_large_says_so(value: Any):
    with pytest.raises(TooLarge):
        encoded(value())


# Hostile descriptions. -----------------------------------------------------------------------

HOSTILE = [
    *([], [1], {}, {"x": 1}, {"list": 1}, {"list": None}, {"set": [{"list": []}]}),
    *({"dict": 1}, {"dict": [1]}, {"dict": [[1, 2, 3]]}, {"dict": [[{"list": []}, 1]]}),
    *({"int": "zz"}, {"int": 5}, {"complex": [1]}, {"complex": "ab"}, {"bytes": "%"}, {"bytes": 1}),
    *({"range": [1, 2, 0]}, {"range": ["a"]}, {"slice": [1, 2, 3, 4]}, {"dtype": "Tensor"}),
    *({"dtype": []}, {"class": "eval"}, {"class": []}, {"text": "x", "type": "eval"}),
    *({"text": "1e999999999", "type": "Fraction"}, {"text": "cuda; rm", "type": "device"}),
    *({"text": "O", "type": "array type"}, {"text": 1, "type": "Decimal"}, {"view": [], "type": 0}),
    *({"tensor": 0}, {"tensor": 9, "dtype": "float32", "shape": [1]}),
    *({"tensor": 0, "dtype": "float32", "shape": [2**39]}, {"tensor": 0, "dtype": "x", "shape": []}),
    *({"tensor": 0, "dtype": "float32", "shape": [-1]}, {"tensor": -1, "dtype": "int8", "shape": "8"}),
    *({"tensor": 0, "dtype": "float64", "shape": [3]}, {"tensor": 0, "dtype": "int8", "shape": [1.0]}),
    *({"array": 0, "dtype": "O", "shape": [1]}, {"array": 0, "dtype": "V8", "shape": [1]}),
    *({"array": 0, "dtype": "f8", "shape": [2]}, {"array": 0, "dtype": "f8,O", "shape": [1]}),
    *({"known": 0}, {"known": -1}, {"known": True}, {"known": "0"}, {"handle": 1}),
    *({"tuple": [1], "fields": ["import os"], "type": "P"}, {"tuple": [1], "fields": 1, "type": "P"}),
    *({"tuple": [1], "fields": ["a", "a"], "type": "P"}, {"tuple": [1, 2], "fields": ["a"], "type": "P"}),
    *({"tuple": [1], "fields": ["_a"], "type": "P"}, {"tuple": [], "type": "return_types.sort"}),
    *({"tuple": [], "type": "return_types.__class__"}, {"tuple": ["a"], "type": "Size"}),
]  # fmt: skip


@pytest.mark.parametrize("code", HOSTILE, ids=repr)
def test_a_hostile_description_is_malformed(code: Any):
    with pytest.raises(Malformed):
        Decoder([b"12345678"], lambda handle: None).decode(code)


@pytest.mark.parametrize(
    "keys",
    [
        [n * (2**61 - 1) for n in range(100_000)],
        [{"complex": [float(1000003 * n), float(-n)]} for n in range(100_000)],
    ],
    ids=["numbers", "complex numbers"],
)
@pytest.mark.parametrize("kind", ["set", "frozenset", "dict", "keys"])
def test_keys_that_all_collide_are_malformed_at_once(keys: list[Any], kind: str):
    code: Any = {kind: keys}
    if kind == "dict":
        code = {"dict": [[key, 1] for key in keys]}
    elif kind == "keys":
        code = {"view": keys, "type": "keys"}
    begin = time.monotonic()
    with pytest.raises(Malformed):
        Decoder([], lambda handle: None).decode(code)
    assert time.monotonic() - begin < 5


def test_honest_keys_are_none_of_these():
    assert len(round_trip(set(range(0, 10**6, 10)))) == 10**5
    assert len(round_trip({str(n): n for n in range(50_000)})) == 50_000


JUNK = [
    *(None, -1, "x" * 10, [], {}, True, [[[[]]]], {"a": {"b": []}}, 1e308, 2**63, 10**300),
    *({"list": [1]}, {"handle": {}}, float("nan"), "\ud800", {"tensor": 0}, {"known": 0}, "int"),
]


def mutated(chance: random.Random, code: Any) -> Any:
    """A description with one of its parts replaced."""
    code = copy.deepcopy(code)
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        entries = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in list(entries):
            places.append((node, key))
            if isinstance(value, (dict, list)):
                walk(value)

    if not isinstance(code, (dict, list)) or not code:
        return chance.choice(JUNK)
    walk(code)
    node, key = chance.choice(places)
    node[key] = copy.deepcopy(chance.choice(JUNK))
    return code


def test_a_mutated_description_is_a_value_or_malformed():
    chance = random.Random(7)
    values = [*PLAIN, torch.ones(2, 3), torch.ones(1, requires_grad=True), Point(1, 2), Stays()]
    outcomes = collections.Counter()
    begin = time.monotonic()
    for _ in range(6000):
        code, blobs, _ = encoded([chance.choice(values)])
        for _ in range(chance.randrange(1, 4)):
            code = mutated(chance, code)
        try:
            Decoder(blobs, lambda handle: handle["number"]).decode(code)
            outcomes["value"] += 1
        except Malformed:
            outcomes["malformed"] += 1
    assert outcomes["value"] > 500
    assert outcomes["malformed"] > 500
    assert time.monotonic() - begin < 30
