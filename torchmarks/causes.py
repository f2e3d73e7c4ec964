"""Which known mistake is behind a failed check, judged over all checks of an exercise.

A mistake is believed the more, the more failures it explains and the fewer passed checks it would
have failed; where these outweigh the failures, it is somebody else's mistake.
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
    belief = {
        sentence: sum(sentence in found for found in suspects)
        - sum(known.contradicted(exercise, answered, sentence) for answered in passed)
        for sentence in {sentence for found in suspects for sentence in found}
    }
    believed = [[sentence for sentence in found if belief[sentence] > 0] for found in suspects]
    return [max(found, key=lambda s: belief[s]) if found else "" for found in believed]
