"""Tests of `torchmarks grade`."""
