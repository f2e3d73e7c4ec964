"""A thousand submissions in one run, and in one that is killed at five random moments.

    python -m benchmarks.thousand [--assignment A] [--class 1000] [--kills 5] [--write]

Both must leave the same files and the same gradebook. Prints time and memory on the way; `--write`
puts that at the end of `docs/performance.md`. Run by `make thousand`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.grading import KILLED, ROOT, used
from tests.grading.results import autograded, gradebook
from torchmarks.classroom import somebody, submit
from torchmarks.course import Chapter, chapters
from torchmarks.demo import nbgrader, prepare

#: Progress is noted that many times.
NOTES = 5


@dataclass(frozen=True)
class Moment:
    """How a run stands: submissions graded, seconds, bytes of memory of all processes."""

    graded: int
    seconds: float
    memory: int


def main() -> None:
    """Grade the class twice, compare, and print or write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default="01-tensors")
    parser.add_argument("--class", type=int, default=1000, dest="size")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    (chapter,) = chapters(ROOT, [options.assignment])
    with tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:
        course = hand_in(chapter, Path(scratch, "course"), options.size)
        disturbed = Path(shutil.copytree(course, Path(scratch, "disturbed")))
        moments = grade(chapter, course, options.size)
        kills = grade_and_kill(
            chapter, disturbed, moments[-1].seconds, options.kills, random.Random(options.seed)
        )
        rows = gradebook(course)
        others = [
            *different(rows, gradebook(disturbed)),
            *different(autograded(course), autograded(disturbed)),
        ]
        same = not others
        lines = told(chapter, moments, kills, same, len(rows["submission"]), len(rows["grade"]))
    print("\n".join(lines), flush=True)
    if options.write:
        path = ROOT / "docs" / "performance.md"
        before = path.read_text("utf-8").partition(f"\n{KILLED}")[0].rstrip()
        path.write_text("\n".join([before, "", *lines]) + "\n", "utf-8")
    if not same:
        raise SystemExit(f"The run that was killed has left other {', '.join(others[:20])}.")


def hand_in(chapter: Chapter, folder: Path, size: int) -> Path:
    """A course in which so many different students have handed the chapter in."""
    course = prepare(ROOT, folder)
    for n in range(size):
        submit(chapter, somebody(n), course)
    nbgrader(course, "generate_assignment", chapter.assignment)
    return course


def start(chapter: Chapter, course: Path) -> subprocess.Popen[str]:
    """Start grading, its progress as lines of JSON."""
    return subprocess.Popen(
        [sys.executable, "-m", "torchmarks.cli", "grade", chapter.assignment, "--json"],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def grade(chapter: Chapter, course: Path, size: int) -> list[Moment]:
    """Grade without disturbance, and look at time and memory on the way."""
    before, started, graded = used(), time.perf_counter(), 0
    moments = []
    driver = start(chapter, course)
    assert driver.stdout is not None
    for line in driver.stdout:
        graded += json.loads(line)["event"] == "submission"
        if graded and graded % max(1, size // NOTES) == 0 and '"submission"' in line:
            moments.append(Moment(graded, time.perf_counter() - started, used() - before))
            print(moments[-1], flush=True)
    if driver.wait():
        raise SystemExit("Not every submission was graded.")
    return moments


def grade_and_kill(
    chapter: Chapter, course: Path, seconds: float, kills: int, chance: random.Random
) -> list[float]:
    """Grade, and kill the driver after random times; the seconds that each run lived."""
    lived = []
    for _ in range(kills):
        driver = start(chapter, course)
        lived.append(chance.uniform(0.0, 1.6 * seconds / (kills + 1)))
        time.sleep(lived[-1])
        driver.send_signal(signal.SIGKILL)
        driver.communicate()
        print(f"killed after {lived[-1]:.1f} s", flush=True)
    driver = start(chapter, course)
    driver.communicate()
    if driver.returncode:
        raise SystemExit("Not every submission was graded.")
    return lived


def different(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """Names of tables or files that are not the same in both."""
    return sorted(n for n in first.keys() | second.keys() if first.get(n) != second.get(n))


def told(
    chapter: Chapter,
    moments: list[Moment],
    kills: list[float],
    same: bool,
    submissions: int,
    cells: int,
) -> list[str]:
    """What came of it, as Markdown."""
    last = moments[-1]
    times = ", ".join(f"{lived:.0f}" for lived in kills)
    verdict = "the same files and rows" if same else "OTHER files or rows"
    return [
        KILLED,
        "",
        f"{last.graded} of `{chapter.assignment}`, no two alike, from references, alternatives",
        "and mistakes; some crash, and a few never end.",
        "",
        "| graded | seconds | submissions a second | memory in use |",
        "|---|---|---|---|",
        *(
            f"| {m.graded} | {m.seconds:.0f} | {m.graded / m.seconds:.2f} "
            f"| {m.memory / 2**30:.2f} GiB |"
            for m in moments
        ),
        "",
        f"The gradebook has {submissions} submissions with {cells} graded cells. A second run was",
        f"killed with SIGKILL after {times} seconds and started again each time: {verdict}.",
    ]


if __name__ == "__main__":
    main()
