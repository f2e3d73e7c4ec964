"""The grader: runs locked cells and grade cells, as the gradebook has them, outside of the sandbox.

A warm process forks for each run of a notebook's trusted cells. The student's names are remote in
these cells (`remote.py`), so none of the student's code is ever in this process.

A notebook with hidden tests is run twice. In the visible run the grade cells stand without them,
and all that it shows may be shown. Only then comes the full run, of which nothing goes out but
verdicts: points, and sentences of our own.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torchmarks import render
from torchmarks.calls import NoAnswer
from torchmarks.catalogue import load_mistakes
from torchmarks.conventions import CATALOGUE_VARIABLE, REPORT_TYPE
from torchmarks.isolation.channel import Channel, ChannelError, Frame
from torchmarks.isolation.displays import settled
from torchmarks.isolation.files import Open, Written
from torchmarks.isolation.forking import settle
from torchmarks.isolation.interrupting import Interrupt
from torchmarks.isolation.parts import parts_in, use
from torchmarks.isolation.recall import Recall
from torchmarks.isolation.records import Known
from torchmarks.isolation.rehearsal import rehearse_questions
from torchmarks.isolation.remote import Session
from torchmarks.isolation.serving import Server
from torchmarks.isolation.shell import Shell
from torchmarks.isolation.snapshot import GRACE
from torchmarks.isolation.trusted import RemoteModules, TrustedNames
from torchmarks.isolation.warming import warm_up
from torchmarks.marks import Marks
from torchmarks.results import Report, joined

TIMED_OUT = {
    "output_type": "error",
    "ename": "TimedOut",
    "evalue": "The test ran out of time.",
    "traceback": ["The test ran out of time."],
}
HIDDEN = "A hidden test of this cell failed"


@dataclass(frozen=True)
class TrustedCell:
    """A cell that the grader runs; `snapshot` numbers the descriptor that answers it, if any."""

    grade_id: str
    source: str
    secret: bool
    grade: bool
    students: list[str]
    snapshot: int | None
    #: What the visible run reported, in the full run.
    visible: dict[str, Any] | None
    #: Whether this run's report is the last word.
    final: bool
    #: Fingerprints of calls that ran out of time in the visible run.
    hopeless: list[str]
    #: Number of the blob with the answers of the visible run, if this run goes on from there.
    recalled: int | None


def main() -> None:
    """Serve the drivers."""
    server = Server()
    names = TrustedNames()
    shell = warm_up(names)
    shell.takes = lambda result: isinstance(result, Marks)
    folder = os.environ.get(CATALOGUE_VARIABLE)
    if folder:
        load_mistakes(Path(folder))
    rehearse_questions(shell)
    settle()

    def work(frame: Frame) -> None:
        _work(shell, names, frame)

    def take(frame: Frame) -> None:
        cells = frame.header["cells"]
        shell.know(cells)
        use(parts_in(cells))
        settle()

    server.serve(work, take)


def _work(shell: Shell, names: TrustedNames, frame: Frame) -> None:
    job = frame.header
    answer, *snapshots = (Channel(socket.socket(fileno=d)) for d in frame.descriptors)
    os.environ.update(job["environment"])
    threading.Thread(target=_end_with, args=(answer,), daemon=True).start()
    os.chdir(job["folder"])
    sys.path += job["modules"]
    modules = RemoteModules(names)
    sys.meta_path.append(modules)
    shell.redirect()
    names.trusted, names.imports = frozenset(job["trusted"]), job["imports"]
    names.reads = frozenset(job["reads"])
    names["open"] = Open(names.file)
    written = Written(Path(job["folder"]))
    known = Known(*(frozenset(job[what]) for what in ("lines", "words", "operators")))
    for entry in job["cells"]:
        cell = TrustedCell(**entry)
        snapshot = None if cell.snapshot is None else snapshots[cell.snapshot]
        recall = Recall(b"" if cell.recalled is None else frame.blobs[cell.recalled])
        if cell.secret or not cell.grade:
            recall.forget()
        session = Session(snapshot, known, job["seconds"], written, cell.hopeless, recall)
        try:
            told = run_cell(shell, names, cell, session)
            told |= {"cell": cell.grade_id, "hopeless": session.hopeless.found}
            answer.send(told, [recall.packed()] if "report" in told else [])
            modules.forget()
        except ChannelError:
            os._exit(0)
        except Exception:
            answer.send({"broken": traceback.format_exc()})
            os._exit(1)
    answer.send({"end": True})
    os._exit(0)


def _end_with(answer: Channel) -> None:
    """End this process when nobody waits for its results any more."""
    hung_up = select.poll()
    hung_up.register(answer, select.POLLRDHUP)
    hung_up.poll()
    os._exit(1)


def run_cell(
    shell: Shell, names: TrustedNames, cell: TrustedCell, session: Session
) -> dict[str, Any]:
    """Run one trusted cell; its outputs, and the report of its marks if it makes some."""
    events: list[dict[str, Any]] = []
    session.fresh()
    shell.compile.secret = cell.secret
    shell.emit = events.append
    session.printed = _print
    ok = False
    # A locked cell without a snapshot asks for nothing.
    asked = session if cell.grade or cell.snapshot is not None else None
    # Calls that take all of the time have a verdict of their own, a little earlier.
    with Interrupt(session.seconds + 2 * GRACE, session.waited) as interrupt:
        names.enter(asked, cell.students, shares=cell.grade)
        ok = shell.run(cell.source)
    if interrupt.came:
        ok = False
        shown_before = [e for e in events if e["output_type"] not in ("error", "execute_result")]
        events[:] = [*shown_before, TIMED_OUT]
    if not cell.grade:
        names.lend()
    (events,) = settled([events])
    marks = shell.last_result
    if not cell.grade:
        return {"ok": ok, "outputs": []}
    if ok and isinstance(marks, Marks):
        report = marks.report(with_causes=cell.final)
        if cell.visible is not None:
            report = joined(Report.from_json(cell.visible), report)
        events = [] if cell.secret else [e for e in events if e["output_type"] == "stream"]
        told = report.as_json()
        # The report of a visible run goes into that of the full one, and is shown there.
        result = [shown(report, told)] if cell.final else []
        return {"ok": ok, "outputs": [*events, *result], "report": told}
    if cell.secret:
        return {"ok": ok, "outputs": _verdict(shell, events, ok)}
    return {"ok": ok, "outputs": events}


def _print(name: str, text: str) -> None:
    # Not by `print`, which a test may have replaced.
    (sys.stderr if name == "stderr" else sys.stdout).write(text)


def shown(report: Report, told: dict[str, Any]) -> dict[str, Any]:
    """The output of a cell that ends with its marks."""
    data = {
        "text/plain": f"{report.earned:g}",
        "text/html": render.html(report),
        REPORT_TYPE: told,
    }
    return {"output_type": "execute_result", "data": data, "metadata": {}}


def _verdict(shell: Shell, events: list[dict[str, Any]], ok: bool) -> list[dict[str, Any]]:
    """What goes out of a cell with hidden tests: its number, or a sentence of our own."""
    if ok:
        return [
            {**event, "data": {"text/plain": event["data"]["text/plain"]}}
            for event in events
            if event["output_type"] == "execute_result" and _is_number(event["data"])
        ]
    error = shell.last_error
    sentence = f"{HIDDEN}."
    if isinstance(error, NoAnswer):
        sentence = f"{HIDDEN}: {error}"
    elif getattr(error, "student_line", ""):
        sentence = f"{HIDDEN}: it raised {type(error).__name__} in the line `{error.student_line}`."  # type: ignore[union-attr]
    elif isinstance(error, NameError) and error.name:
        sentence = f"{HIDDEN}: `{error.name}` is not defined."
    return [
        {
            "output_type": "error",
            "ename": "HiddenTestFailed",
            "evalue": sentence,
            "traceback": [sentence],
        }
    ]


def _is_number(data: dict[str, Any]) -> bool:
    try:
        float(data.get("text/plain", ""))
    except (TypeError, ValueError):
        return False
    return True
