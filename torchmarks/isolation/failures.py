"""Answers that did not come: each a verdict of its own, with its sentence."""

from __future__ import annotations

from torchmarks.calls import NoAnswer, TimeLimitExceeded, Verdict


class CallFailed(NoAnswer):
    """A call that gave no answer."""


class CallTimedOut(CallFailed, TimeLimitExceeded):
    """A call that did not end."""


SENTENCES = {
    Verdict.TIMED_OUT: "It ran out of time. Is there a loop that does not end?",
    Verdict.KILLED: (
        "It was killed: it crashed Python, or took more memory or processes than it may."
    ),
    Verdict.EXITED: "It ended Python: take out `exit`, `quit` and `os._exit`.",
    Verdict.TOO_LARGE: "Its answer is too large to be looked at.",
    Verdict.MALFORMED: "Its answer cannot be read: it is nested without end, or was forged.",
    Verdict.GONE: "It could not be run: other code of the notebook had ended Python before.",
}


def failed(verdict: Verdict) -> CallFailed:
    """The exception for a verdict out of `SENTENCES`."""
    kind = CallTimedOut if verdict is Verdict.TIMED_OUT else CallFailed
    return kind(verdict, SENTENCES[verdict])
