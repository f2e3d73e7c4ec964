"""Tensors that travel to a session: as they are, and always in the same bytes."""

from __future__ import annotations

import pickle

import pytest
import torch
from torch import Tensor, nn, tensor

from torchmarks.isolation.parcels import parcel

NUMBERS = torch.arange(12.0).reshape(3, 4)
TENSORS = {
    "plain": NUMBERS,
    "a transposed view": NUMBERS.T,
    "a part of a larger one": NUMBERS[1:, ::2],
    "of no axis": tensor(3.5),
    "empty": torch.empty(0, 3),
    "of whole numbers": tensor([[1, 2], [3, 4]]),
    "of truth values": tensor([True, False]),
    "of half the precision": tensor([1.0, -2.0]).bfloat16(),
    "a leaf that asks for its gradient": tensor([1.0, 2.0], requires_grad=True),
    "complex": tensor([1 + 2j, 3 - 1j]),
    "conjugated": tensor([1 + 2j, 3 - 1j]).conj(),
    "the negative of another": tensor([1 + 2j, 3 - 1j]).conj().imag,
    "expanded": tensor([1.0]).expand(4),
    "sparse": NUMBERS.to_sparse(),
    "a parameter": nn.Parameter(NUMBERS.clone()),
}


def travelled(value: Tensor) -> Tensor:
    """What arrives."""
    found: Tensor = pickle.loads(parcel(value, lambda value: None))
    return found


@pytest.mark.parametrize("name", TENSORS)
def test_a_tensor_arrives_as_it_is(name: str):
    sent = TENSORS[name]
    arrived = travelled(sent)
    assert type(arrived) is type(sent)
    assert arrived.dtype == sent.dtype
    assert arrived.layout == sent.layout
    assert arrived.requires_grad == sent.requires_grad
    assert (arrived.is_conj(), arrived.is_neg()) == (sent.is_conj(), sent.is_neg())
    if sent.layout is torch.strided:
        assert arrived.stride() == sent.stride()
    assert torch.equal(arrived.to_dense().detach(), sent.to_dense().detach())
    assert parcel(arrived, lambda value: None) == parcel(sent, lambda value: None)


def test_what_a_tensor_carries_arrives_too():
    sent = tensor([1.0])
    sent.unit = "metres"
    assert travelled(sent).unit == "metres"  # type: ignore[attr-defined]


def test_one_tensor_in_two_places_stays_one():
    first, second = pickle.loads(parcel([NUMBERS] * 2, lambda value: None))
    assert first is second
