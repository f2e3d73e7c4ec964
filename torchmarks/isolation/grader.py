"""The grader: runs locked cells and grade cells, as the gradebook has them, outside of the sandbox.

A warm process forks for each run of a notebook's trusted cells. The student's names are remote in
these cells (`remote.py`), so none of the student's code is ever in this process.

A notebook with hidden tests is run twice. In the visible run the grade cells stand without them,
and all that it shows may be shown. Only then comes the full run, of which nothing goes out but
verdicts: points, and sentences of our own.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib.abc
import importlib.machinery
import os
import select
import socket
import sys
import traceback
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torchmarks import render
from torchmarks.calls import NoAnswer
from torchmarks.catalogue import CATALOGUE_VARIABLE, load_mistakes
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.displays import settled
from torchmarks.isolation.records import Known, record
from torchmarks.isolation.remote import Session
from torchmarks.isolation.shell import Shell, warm_up
from torchmarks.marks import REPORT_TYPE, Marks
from torchmarks.results import Report, joined

HIDDEN = "A hidden test of this cell failed"


class TrustedNames(dict[str, Any]):
    """The globals of trusted cells: a name that they do not define is looked up in the session.

    A built-in is the student's only where the course asks for a function of that name, and a name
    that a trusted cell was to define, and has not, is nobody's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.students: frozenset[str] = frozenset()
        self.trusted: frozenset[str] = frozenset()
        #: Statements by the name that they import.
        self.imports: dict[str, str] = {}

    def __missing__(self, name: str) -> Any:
        if name in self.imports and self._imported(name):
            return self[name]
        if self.session is None or not self._may_be_remote(name):
            raise KeyError(name)
        return self.session.value(name)

    def _imported(self, name: str) -> bool:
        """Import what the instructor's notebook does under this name, in an unlocked cell, say."""
        found: dict[str, Any] = {}
        with contextlib.suppress(Exception):
            exec(self.imports[name], found)
        if name in found:
            super().__setitem__(name, found[name])
        return name in found

    def __delitem__(self, name: str) -> None:
        """Delete a name on both sides: `del square`, to see that `cube` calls it."""
        own = super().__contains__(name)
        if own:
            super().__delitem__(name)
        if self.session is not None and self._may_be_remote(name):
            try:
                self.session.delete(name)
            except KeyError:
                if not own:
                    raise
        elif not own:
            raise KeyError(name)

    def __setitem__(self, name: str, value: Any) -> None:
        """Bind a name here alone; in the session only what was there and was deleted."""
        super().__setitem__(name, value)
        if self.session is not None and record(value) is not None:
            self.session.restore(name)

    def _may_be_remote(self, name: object) -> bool:
        if not isinstance(name, str) or name.startswith("__"):
            return False
        return name in self.students or not (name in self.trusted or hasattr(builtins, name))

    def get(self, name: str, default: Any = None) -> Any:
        """As ever: `globals().get("answer")` finds what is remote, too."""
        try:
            return self[name]
        except (KeyError, NoAnswer):
            return default

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        try:
            self[str(name)]
        except (KeyError, NoAnswer):
            return False
        return True


class RemoteModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that only the submission has, imported in the session."""

    def __init__(self, names: TrustedNames) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Any top-level module is looked for, after all other finders found nothing."""
        if "." in name or self._names.session is None:
            return None
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Any:
        """A module whose attributes are remote."""
        assert self._names.session is not None
        stand_in = self._names.session.module(spec.name)
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: _attribute(stand_in, name)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is executed here."""


def _attribute(stand_in: Any, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(stand_in, name)


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


def main() -> None:
    """Serve the driver at the other end of the descriptor that the command line names."""
    channel = Channel(socket.socket(fileno=int(sys.argv[2])), trusts_peer=True)
    names = TrustedNames()
    shell = warm_up(names)
    shell.takes = lambda result: isinstance(result, Marks)
    folder = os.environ.get(CATALOGUE_VARIABLE)
    if folder:
        load_mistakes(Path(folder))
    gc.collect()
    gc.freeze()
    channel.send({"warm": os.getpid()})
    children: set[int] = set()
    while True:
        ready, _, _ = select.select([channel], [], [], 1.0 if children else None)
        children = {child for child in children if not os.waitpid(child, os.WNOHANG)[0]}
        if not ready:
            continue
        try:
            frame = channel.receive()
        except ChannelError:
            os._exit(0)
        child = os.fork()
        if not child:
            try:
                channel.close()
                _work(shell, names, frame.header, frame.descriptors)
            finally:
                os._exit(1)
        for descriptor in frame.descriptors:
            os.close(descriptor)
        children.add(child)


def _work(shell: Shell, names: TrustedNames, job: dict[str, Any], descriptors: list[int]) -> None:
    answer = Channel(socket.socket(fileno=descriptors[0]))
    snapshots = [Channel(socket.socket(fileno=d)) for d in descriptors[1:]]
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    sys.path += job["modules"]
    sys.meta_path.append(RemoteModules(names))
    shell.redirect()
    names.trusted, names.imports = frozenset(job["trusted"]), job["imports"]
    known = Known(*(frozenset(job[what]) for what in ("lines", "words", "operators")))
    for entry in job["cells"]:
        cell = TrustedCell(**entry)
        snapshot = None if cell.snapshot is None else snapshots[cell.snapshot]
        session = Session(snapshot, known, job["seconds"])
        try:
            answer.send({"cell": cell.grade_id, **run_cell(shell, names, cell, session)})
        except ChannelError:
            os._exit(0)
        except Exception:
            answer.send({"broken": traceback.format_exc()})
            os._exit(1)
    answer.send({"end": True})
    os._exit(0)


def run_cell(
    shell: Shell, names: TrustedNames, cell: TrustedCell, session: Session
) -> dict[str, Any]:
    """Run one trusted cell; its outputs, and the report of its marks if it makes some."""
    events: list[dict[str, Any]] = []
    names.session = session
    names.students = frozenset(cell.students)
    for name in cell.students:
        names.pop(name, None)
    session.fresh()
    shell.compile.secret = cell.secret
    shell.emit = events.append
    session.printed = _print
    ok = shell.run(cell.source)
    (events,) = settled([events])
    marks = shell.last_result
    if not cell.grade:
        return {"ok": ok, "outputs": []}
    if ok and isinstance(marks, Marks):
        report = marks.report(with_causes=cell.final)
        if cell.visible is not None:
            report = joined(Report.from_json(cell.visible), report)
        events = [] if cell.secret else [e for e in events if e["output_type"] == "stream"]
        return {"ok": ok, "outputs": [*events, shown(report)], "report": report.as_json()}
    if cell.secret:
        return {"ok": ok, "outputs": _verdict(shell, events, ok)}
    return {"ok": ok, "outputs": events}


def _print(name: str, text: str) -> None:
    # Not by `print`, which a test may have replaced.
    (sys.stderr if name == "stderr" else sys.stdout).write(text)


def shown(report: Report) -> dict[str, Any]:
    """The output of a cell that ends with its marks."""
    data = {
        "text/plain": f"{report.earned:g}",
        "text/html": render.html(report),
        REPORT_TYPE: report.as_json(),
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
