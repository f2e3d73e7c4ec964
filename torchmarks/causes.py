"""Which known mistake is behind a failed check, judged over all checks of an exercise.

A mistake is believed the more, the more failures it explains. What speaks against it is each
check that it would have failed in another way, or at all where that was passed; and half as much
each failure that no known mistake explains, for there an unknown one is at work. Where these
outweigh what it explains, they are alike by chance, and it is not named.
"""

from __future__ import annotations

from collections.abc import Sequence

from torchmarks.catalogue import Answered, Catalogue, find_catalogue
from torchmarks.results import State

Seen = Sequence[tuple[State, Answered | None]]


def name_causes(exercise: str, checks: Seen, catalogue: Catalogue | None = None) -> list[str]:
    """For each check the sentence of the mistake behind it, or nothing."""
    failed = [
        answered if state is State.FAILED and answered else None for state, answered in checks
    ]
    if not any(failed):
        return [""] * len(checks)
    known = catalogue or find_catalogue()
    suspects = [known.suspects(exercise, answered) if answered else [] for answered in failed]
    passed = [answered for state, answered in checks if state is State.PASSED and answered]

    def believed_in(sentence: str) -> float:
        belief = float(sum(sentence in found for found in suspects))
        belief -= sum(known.contradicted(exercise, right, sentence) for right in passed)
        for answered, found in zip(failed, suspects, strict=True):
            if answered is None or sentence in found:
                continue
            if known.contradicted(exercise, answered, sentence):
                belief -= 1.0
            elif not found:
                belief -= 0.5
        return belief

    sentences = {sentence for found in suspects for sentence in found}
    belief = {sentence: believed_in(sentence) for sentence in sentences}
    believed = [[sentence for sentence in found if belief[sentence] > 0] for found in suspects]
    return [max(found, key=lambda s: belief[s]) if found else "" for found in believed]
