"""Compiles cells; those that are run again and again in forks are compiled before."""

from __future__ import annotations

import ast
import inspect
import os
from contextlib import suppress
from types import CodeType
from typing import Any

from IPython.core.compilerop import CachingCompiler


class Compiler(CachingCompiler):  # type: ignore[misc]
    """Names cells; a secret cell's source goes to no traceback and no `linecache`."""

    secret = False

    def __init__(self) -> None:
        super().__init__()
        #: Of cells that will be run again: trees by their Python and the compiler's flags.
        self._trees: dict[tuple[str, int], ast.Module] = {}
        #: And code by the number of a statement's tree, which lives on, its mode and the flags.
        self._codes: dict[tuple[int, str, int], CodeType] = {}

    def know(self, source: str) -> None:
        """Compile a cell's statements, as IPython will when it runs the cell."""
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # told when it is run
            tree = self._trees[source, self.flags] = self.ast_parse(source)
            with self.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                for statement in tree.body:
                    # It sets the flags for all that comes after it, when it runs.
                    if getattr(statement, "module", "") == "__future__":
                        continue
                    shown = statement is tree.body[-1] and isinstance(statement, ast.Expr)
                    alone = ast.Interactive([statement]) if shown else ast.Module([statement], [])
                    mode = "single" if shown else "exec"
                    found = compile(alone, "<cell>", mode, self.flags, dont_inherit=True)
                    self._codes[id(statement), mode, self.flags] = found

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        """The tree of a cell."""
        known = self._trees.get((source, self.flags)) if symbol == "exec" else None
        return known or super().ast_parse(source, filename, symbol)

    def __call__(self, source: Any, filename: str, symbol: str, **options: Any) -> Any:
        """The code of one statement, as its tree."""
        if isinstance(source, (ast.Module, ast.Interactive)) and len(source.body) == 1:
            known = self._codes.get((id(source.body[0]), symbol, self.flags))
            if known is not None:
                return _filed(known, filename)
        return super().__call__(source, filename, symbol, **options)

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        """The file name of a cell, under which Python finds its source."""
        if self.secret:
            return f"<secret cell {number}>"
        name: str = super().cache(transformed_code, number, raw_code)
        # Else the traceback of an endless recursion takes half a minute: for each of its frames
        # `inspect` would look through all modules for one with this file.
        inspect.modulesbyfile[name] = inspect.modulesbyfile[os.path.abspath(name)] = "__main__"
        return name


def _filed(code: CodeType, filename: str) -> CodeType:
    """The code, and that of the functions in it, as if it had been compiled under this name."""
    constants = tuple(_filed(c, filename) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_filename=filename, co_consts=constants)
