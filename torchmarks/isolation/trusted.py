"""The globals of trusted cells: their own names, and the student's, which are remote."""

from __future__ import annotations

import builtins
import contextlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterable, Sequence
from typing import Any

from torchmarks.calls import NoAnswer
from torchmarks.isolation.records import record
from torchmarks.isolation.remote import Session


class TrustedNames(dict[str, Any]):
    """The globals of trusted cells: a name that they do not define is looked up in the session.

    A built-in is the student's only where the course asks for a function of that name, and a name
    that a trusted cell was to define, and has not, is nobody's.
    """

    def __init__(self) -> None:
        super().__init__(__builtins__=Builtins(self))
        self.session: Session | None = None
        self.students: frozenset[str] = frozenset()
        self.trusted: frozenset[str] = frozenset()
        #: Statements by the name that they import.
        self.imports: dict[str, str] = {}
        #: Names that the course's solutions read as globals: a test may set them.
        self.reads: frozenset[str] = frozenset()
        self._shares = False
        self._shared: dict[str, Any] = {}
        self._lent: set[str] = set()

    def enter(self, session: Session | None, students: Iterable[str], *, shares: bool) -> None:
        """Prepare for a cell; one that is not run in the session too `shares` what it defines."""
        self.session = session
        self.students = frozenset(students)
        for name in self.students:
            self.pop(name, None)
            self._shared.pop(name, None)
        self._shares = shares
        if session is not None:
            for name, value in self._shared.items():
                session.bind(name, value)

    def lend(self) -> None:
        """After a locked cell: an object of the student's that it made is in each snapshot, too.

        There it is looked up from now on, for the student's cells may go on with it. A container
        of these stays here: what else is in it is the instructor's.
        """
        for name in [n for n, value in self.items() if record(value) is not None]:
            super().__delitem__(name)
            self._lent.add(name)

    def __missing__(self, name: str) -> Any:
        if name in self.imports and self._imported(name):
            return self[name]
        if self.session is None or not self._may_be_remote(name):
            raise KeyError(name)
        return self.session.value(name)

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
        """Bind a name here; in the session if it was deleted there, or solutions read it."""
        super().__setitem__(name, value)
        self._lent.discard(name)
        if self.session is None:
            return
        if record(value) is not None:
            self.session.restore(name)
        if self._shares and name in self.reads:
            self._shared[name] = value
            self.session.bind(name, value)

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

    def file(self, name: str) -> bytes | None:
        """What is in a file that only the session has."""
        return None if self.session is None else self.session.file(name)

    def _imported(self, name: str) -> bool:
        """Import what the instructor's notebook does under this name, in an unlocked cell, say."""
        found: dict[str, Any] = {"__name__": "__main__"}
        with contextlib.suppress(Exception):
            exec(self.imports[name], found)
        if name in found:
            super().__setitem__(name, found[name])
        return name in found

    def _may_be_remote(self, name: object) -> bool:
        if not isinstance(name, str) or name.startswith("__"):
            return False
        if name in self.students or name in self._lent:
            return True
        return not (name in self.trusted or hasattr(builtins, name))


class Builtins(dict[str, Any]):
    """Where Python looks after the globals; in the body of a class, past `TrustedNames`."""

    def __init__(self, names: TrustedNames) -> None:
        super().__init__(__import__=builtins.__import__)
        self._names = names

    def __missing__(self, name: str) -> Any:
        # Each time anew: a test may have replaced `print` for a while.
        if name in self._names.students or not hasattr(builtins, name):
            return self._names[name]
        return getattr(builtins, name)


class RemoteModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that only the submission has, imported in the session."""

    def __init__(self, names: TrustedNames) -> None:
        self._names = names
        self._imported: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A top-level module that a cell imports, after all other finders found nothing.

        What a library looks for, and can do without, is never the student's.
        """
        if "." in name or self._names.session is None or not _is_of_a_cell():
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
        self._imported.add(module.__name__)

    def forget(self) -> None:
        """After a cell: the next one asks its own snapshot for these modules."""
        while self._imported:
            sys.modules.pop(self._imported.pop(), None)


def _attribute(stand_in: Any, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(stand_in, name)


def _is_of_a_cell() -> bool:
    """Whether the import that is under way stands in a cell."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("importlib"):
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__") == "__main__"
