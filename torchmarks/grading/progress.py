"""How grading goes, told to a person at a terminal, to a log file, or to a program."""

from __future__ import annotations

import io
import json
import sys
import time
from dataclasses import asdict
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from torchmarks.grading.run import Outcome, Watcher
from torchmarks.isolation.clock import SPENT

#: How a verdict is called in the closing table.
_VERDICTS = ("passed", "failed", "not attempted")


def watcher(assignment: str, *, as_json: bool) -> Watcher:
    """The one that fits where the output goes."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name of a folder may be no text
        sys.stdout.reconfigure(errors="backslashreplace")
    if as_json:
        return Machine(sys.stdout)
    console = Console(stderr=False)
    return Person(assignment, console) if console.is_terminal else Lines(sys.stdout)


class Person:
    """A bar with rate and time left; failures as they come."""

    def __init__(self, assignment: str, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            # Rich's own columns look at the last few only, and these come in pairs.
            TextColumn("{task.fields[rate]}"),
            console=console,
        )
        self._task = self._bar.add_task(assignment, total=None, rate="starting")
        self._started = 0.0

    def begin(self, total: int, skipped: int) -> None:
        """Show the bar."""
        if skipped:
            self._console.print(_skipped(skipped), highlight=False)
        self._started = time.monotonic()
        if total:
            self._bar.update(self._task, total=total)
            self._bar.start()

    def took(self, outcome: Outcome) -> None:
        """Move the bar on."""
        done = self._bar.tasks[0].completed + 1
        rate = done / (time.monotonic() - self._started)
        left = ((self._bar.tasks[0].total or done) - done) / rate
        told = f"{rate:.2f}/s, {_clock(left)} left" if left else f"{rate:.2f}/s"
        self._bar.update(self._task, completed=done, rate=told)
        if outcome.failure:
            self._bar.console.print(_line(outcome), style="red", highlight=False, markup=False)

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def end(self, outcomes: list[Outcome], seconds: float, *, dry: bool) -> None:
        """Show the table."""
        _close(self._console, outcomes, seconds, dry)


class Lines:
    """A plain line for each submission."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._total = self._done = 0

    def begin(self, total: int, skipped: int) -> None:
        """Say how many there are."""
        self._total = total
        if skipped:
            self._say(_skipped(skipped))

    def took(self, outcome: Outcome) -> None:
        """Say what came of one."""
        self._done += 1
        self._say(f"[{self._done}/{self._total}] {_line(outcome)}")

    def stop(self) -> None:
        """Nothing is left to do."""

    def end(self, outcomes: list[Outcome], seconds: float, *, dry: bool) -> None:
        """Show the table."""
        _close(Console(file=self._out), outcomes, seconds, dry)

    def _say(self, line: str) -> None:
        self._out.write(line + "\n")
        self._out.flush()


class Machine:
    """A line of JSON for each submission."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def begin(self, total: int, skipped: int) -> None:
        """Say how many there are."""
        self._print({"event": "begin", "total": total, "skipped": skipped})

    def took(self, outcome: Outcome) -> None:
        """Say what came of one."""
        self._print({"event": "submission", **asdict(outcome)})

    def stop(self) -> None:
        """Nothing is left to do."""

    def end(self, outcomes: list[Outcome], seconds: float, *, dry: bool) -> None:
        """Say what is left ungraded."""
        failed = [outcome.student for outcome in outcomes if outcome.failure]
        self._print(
            {
                "event": "end",
                "seconds": round(seconds, 3),
                "driver": {phase: round(s, 3) for phase, s in SPENT.items()},
                "failed": failed,
            }
        )

    def _print(self, told: dict[str, object]) -> None:
        self._out.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._out.flush()


def closing_table(outcomes: list[Outcome]) -> Table:
    """Marks, verdicts, repairs and failures, a row for each student."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("student", "marks", *_VERDICTS, "repaired", ""):
        table.add_column(name, justify="left" if name in ("student", "") else "right")
    for outcome in sorted(outcomes, key=lambda o: o.student):
        marks = "–" if outcome.score is None else f"{outcome.score:g} of {outcome.points:g}"
        counts = [str(outcome.verdicts.get(v, "")) for v in _VERDICTS]
        repaired = str(len(outcome.repaired) or "")
        failure = f"not graded: {outcome.failure}" if outcome.failure else ""
        table.add_row(Text(outcome.student), marks, *counts, repaired, Text(failure))
    return table


def change_lines(outcomes: list[Outcome]) -> list[str]:
    """What a dry run found, a line for each cell whose marks would change."""
    return [
        f"{outcome.student:<16} {change.cell:<32} {_points(change.before)} → "
        f"{_points(change.after)}  {change.why}".rstrip()
        for outcome in sorted(outcomes, key=lambda o: o.student)
        for change in outcome.changes
    ]


def _close(console: Console, outcomes: list[Outcome], seconds: float, dry: bool) -> None:
    if dry:
        lines = change_lines(outcomes)
        for line in lines:
            console.print(line, highlight=False, markup=False, soft_wrap=True)
        console.print(f"{len(lines)} marks would change; notebooks and gradebook are as they were.")
    elif outcomes:
        console.print(closing_table(outcomes), highlight=False)
    failed = sum(bool(outcome.failure) for outcome in outcomes)
    rate = f", {len(outcomes) / seconds:.2f} a second" if outcomes else ""
    console.print(f"{len(outcomes) - failed} graded in {seconds:.0f} s{rate}.", highlight=False)
    if failed:
        console.print(f"{failed} NOT graded: see the last column.", style="red", highlight=False)


def _line(outcome: Outcome) -> str:
    if outcome.failure:
        return f"{outcome.student}: not graded: {outcome.failure}"
    repaired = f", {len(outcome.repaired)} repairs" if outcome.repaired else ""
    return f"{outcome.student}: {outcome.score:g} of {outcome.points:g}{repaired}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _skipped(count: int) -> str:
    return f"{count} graded before and unchanged: left as they are (--force grades them again)."
