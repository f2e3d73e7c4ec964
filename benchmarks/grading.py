"""The same class graded by stock nbgrader and by `torchmarks grade`, in one run on the same cores.

    python benchmarks/grading.py [--assignment A] [--class 24] [--growth 1 10 100 500] [--write]

Prints the ratio, peak memory, how the time grows with the class and where it goes; `--write` puts
that into `docs/performance.md`. Run by `make bench`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torchmarks import notebooks
from torchmarks.classroom import Student, students, submit
from torchmarks.course import Chapter, chapters
from torchmarks.demo import nbgrader, prepare
from torchmarks.isolation.parts import parts_in, use
from torchmarks.isolation.warming import warm_up

#: Heading of the part that `benchmarks.thousand` writes.
KILLED = "## Killed on the way"
ROOT = Path(__file__).resolve().parent.parent
STOCK = (
    "\nfrom traitlets.config import Config\nc.Autograde = Config()\nc.OverwriteCells = Config()\n"
)
PHASES = {
    "start": "start of the program, its processes and sandboxes, once",
    "self-test": "confinement self-test, once a worker",
    "learning": "the instructor's own notebook, once a worker",
    "cells": "students' cells",
    "checks": "checks",
    "rest": "nbgrader: repair, sanitizing, validation, saving of marks",
    "gradebook": "rows into and out of a small gradebook",
    "files": "files packed and unpacked",
    "writing": "the writer: files and rows of the course",
}
#: Those that are the driver's own time, while the workers go on.
DRIVERS = ("start", "writing")


@dataclass(frozen=True)
class Run:
    """One grading of a class."""

    submissions: int
    seconds: float
    #: Bytes of all processes together, at their most.
    memory: int
    phases: Counter[str]

    @property
    def rate(self) -> float:
        """Submissions a second."""
        return self.submissions / self.seconds


def main() -> None:
    """Run the benchmark, and print or write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default="01-tensors")
    parser.add_argument("--class", type=int, default=24, dest="size")
    parser.add_argument("--growth", type=int, nargs="*", default=[1, 10, 100, 500])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    (chapter,) = chapters(ROOT, [options.assignment])
    with tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:
        course = make_class(chapter, Path(scratch, "course"), options.size)
        stock = Path(shutil.copytree(course, Path(scratch, "stock")))
        with (stock / "nbgrader_config.py").open("a") as file:
            file.write(STOCK)
        theirs = measure(options.size, ["nbgrader", "autograde", chapter.assignment], stock)
        ours = measure(options.size, command(chapter), course)
        alone = cells_alone(chapter, course)
        lines = [*compared(chapter, theirs, ours, alone), *table(ours)]
        grown = []
        for size in options.growth:
            folder = make_class(chapter, Path(scratch, f"class-{size}"), size)
            grown.append(measure(size, command(chapter), folder))
            shutil.rmtree(folder)
        lines += growth(grown)
    print("\n".join(lines))
    if options.write:
        path = ROOT / "docs" / "performance.md"
        _, heading, rest = path.read_text("utf-8").partition(f"\n{KILLED}")
        path.write_text("\n".join([*head(), *lines]) + "\n" + heading + rest, "utf-8")


def make_class(chapter: Chapter, folder: Path, size: int) -> Path:
    """A course in which so many students have handed the chapter in."""
    course = prepare(ROOT, folder)
    everybody = students()
    for n in range(size):
        kind = everybody[n % len(everybody)]
        submit(chapter, Student(f"{kind.name}-{n:04}", kind.solve), course)
    nbgrader(course, "generate_assignment", chapter.assignment)
    return course


def command(chapter: Chapter) -> list[str]:
    """Our command, told for a program."""
    return ["torchmarks.cli", "grade", chapter.assignment, "--json"]


def measure(size: int, arguments: list[str], course: Path) -> Run:
    """Grade a class and measure it."""
    with peak() as memory:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=course,
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        seconds = time.perf_counter() - started
    phases: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        if line.startswith('{"event": "submission"'):
            told = json.loads(line)["seconds"]
            phases.update(told)
            phases["rest"] += told["all"] - sum(s for p, s in told.items() if p != "all")
        elif line.startswith('{"event": "end"'):
            told = json.loads(line)
            phases.update(told["driver"])
            phases["start"] = seconds - told["seconds"] + told["driver"].get("start", 0.0)
    return Run(size, seconds, memory[0], phases)


def cells_alone(chapter: Chapter, course: Path) -> float:
    """Seconds for the students' own cells and nothing else, one submission after the other.

    Each in a fork of a process that has imported all, without tests, isolation or files.
    """
    shell = warm_up()
    use(parts_in(cell.source for cell in notebooks.read(chapter.path).cells))
    started = time.perf_counter()
    for path in sorted(course.glob(f"submitted/*/{chapter.assignment}/*.ipynb")):
        child = os.fork()
        if not child:
            os.chdir(path.parent)
            shell.redirect()
            for cell in notebooks.read(path).cells:
                if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
                    shell.run(cell.source)
            os._exit(0)
        os.waitpid(child, 0)
    return time.perf_counter() - started


@contextlib.contextmanager
def peak() -> Iterator[list[int]]:
    """The most memory that this machine used in the block beyond what it used before."""
    before, most, over = used(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            most[0] = max(most[0], used() - before)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def used() -> int:
    """Bytes of memory in use on this machine, without caches."""
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    kilobytes = {name: int(told[name].split()[0]) for name in ("MemTotal", "MemAvailable")}
    return 1024 * (kilobytes["MemTotal"] - kilobytes["MemAvailable"])


def compared(chapter: Chapter, theirs: Run, ours: Run, alone: float) -> list[str]:
    """Both in a table, the ratio, and what the students' own cells take of it."""
    rows = [("stock nbgrader", theirs), ("torchmarks grade, isolated", ours)]
    return [
        f"## {theirs.submissions} submissions of `{chapter.assignment}`",
        "",
        "| | seconds | submissions a second | peak memory |",
        "|---|---|---|---|",
        *(
            f"| {name} | {run.seconds:.1f} | {run.rate:.3f} | {run.memory / 2**30:.1f} GiB |"
            for name, run in rows
        ),
        "",
        f"Ratio: **{ours.rate / theirs.rate:.1f}**",
        "",
        f"The students' own cells take {alone:.1f} s by themselves, one submission after the",
        "other in forks of a warm process, figures included and no test: on all cores together",
        f"{alone / _cores():.1f} s at best.",
        "",
    ]


def table(ours: Run) -> list[str]:
    """Where the time goes."""
    whole = ours.phases["all"] + sum(ours.phases[phase] for phase in DRIVERS)
    return [
        "## Where the time goes",
        "",
        "Seconds of all workers together; starting and writing are the driver's.",
        "",
        "| phase | seconds | part | a submission |",
        "|---|---|---|---|",
        *(
            f"| {name} | {ours.phases[phase]:.1f} | {100 * ours.phases[phase] / whole:.0f} % "
            f"| {ours.phases[phase] / ours.submissions:.2f} |"
            for phase, name in PHASES.items()
        ),
        "",
    ]


def growth(runs: list[Run]) -> list[str]:
    """How time and memory grow with the class."""
    return [
        "## How it grows",
        "",
        "| submissions | seconds | submissions a second | peak memory |",
        "|---|---|---|---|",
        *(
            f"| {r.submissions} | {r.seconds:.1f} | {r.rate:.2f} | {r.memory / 2**30:.1f} GiB |"
            for r in runs
        ),
    ]


def head() -> list[str]:
    """The document's beginning: what was measured, and where."""
    return [
        "# Performance",
        "",
        "Made by `make bench`: the same class, honest and not, graded by stock nbgrader and by",
        f"`torchmarks grade` in one run. {_cores()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}.",
        "",
    ]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
