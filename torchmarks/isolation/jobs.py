"""One submission's notebook to be run, and what comes of each of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torchmarks.isolation.plan import Plan
from torchmarks.isolation.sandbox import Limits


@dataclass
class Result:
    """What came of one cell. `report` is the report of its marks, if it made some."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    ok: bool = True
    timed_out: bool = False
    count: int | None = None
    report: dict[str, Any] | None = None
    #: Fingerprints of calls that ran out of time: no need to wait for these once more.
    hopeless: list[str] = field(default_factory=list)
    #: Answers to visible checks, as the grader has packed them for its second run.
    answers: bytes = b""


@dataclass(frozen=True)
class Job:
    """All that is needed to run one submission's notebook."""

    plan: Plan
    files: bytes
    #: Where the grader's cells read files.
    folder: str
    #: Folders with modules of the instructor's.
    modules: tuple[str, ...] = ()
    timeout: float | None = 30.0
    interrupt: bool = True
    limits: Limits = field(default_factory=Limits)
    shell: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


def failure(name: str, sentence: str) -> dict[str, Any]:
    """An error as an output, in a sentence."""
    return {
        "output_type": "error",
        "ename": name,
        "evalue": sentence,
        "traceback": [f"{name}: {sentence}"],
    }
