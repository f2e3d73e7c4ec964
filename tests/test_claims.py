"""Every decimal number in a chapter's prose is computed; the rule itself is tested too."""

import importlib
import math
from pathlib import Path

import pytest

from tests.claims.form import Claim, given, problems, prose
from torchmarks.course import chapters

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("chapter", chapters(ROOT), ids=lambda chapter: chapter.assignment)
def test_every_number_in_the_text_is_computed(chapter):
    claims = importlib.import_module(f"tests.claims.{chapter.topic}").CLAIMS
    found = problems(claims, prose(chapter.notebook))
    assert not found, "\n".join(found)


TEXT = "With a rate of 0.25 the entropy is 0.5623 nats, and ln 2 is −0.6931 with its sign turned."


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ([given("rate of 0.25"), Claim("is 0.5623 nats", lambda: 0.56233)], "covers −0.6931"),
        ([given("rate of 0.35")], "not in the text"),
        ([Claim("is 0.5623 nats", lambda: 0.5624)], "0.5623 is really 0.5624"),
        ([Claim("is 0.5623 nats", lambda: (0.5623, 1.0))], "1 numbers, but 2 computed"),
    ],
)
def test_a_number_that_is_wrong_missing_or_unclaimed_is_found(claims, words):
    assert words in "\n".join(problems(claims, TEXT))


def test_right_numbers_are_accepted():
    claims = [
        given("rate of 0.25"),
        Claim("is 0.5623 nats", lambda: -0.25 * math.log(0.25) - 0.75 * math.log(0.75)),
        Claim("is −0.6931 with", lambda: -math.log(2)),
    ]
    assert problems(claims, TEXT) == []
