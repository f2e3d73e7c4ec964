"""Whose a name is: which cells bind it, and which use it.

A trusted cell's own names are the grader's, and no cell of the student's can replace them. A name
is the student's where the instructor's notebook lets a solution cell define it last. The released
notebook tells most such names by its stubs, the source notebook with its solutions tells all.
"""

from __future__ import annotations

import ast
import contextlib
import re
import symtable
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

_SPECIAL = re.compile(r"__\w+?__")
_WORD = re.compile(r"[A-Za-z_]\w*")


@lru_cache(maxsize=4096)
def bound(source: str) -> frozenset[str]:
    """Names that a cell binds when it runs, outside of its functions and classes."""
    names: set[str] = set()
    _collect(_parsed(source).body, names)
    return frozenset(names)


@lru_cache(maxsize=4096)
def assigned(source: str) -> frozenset[str]:
    """Names that a cell binds by anything but an import."""
    names: set[str] = set()
    _collect(_parsed(source).body, names, imports=False)
    return frozenset(names)


@lru_cache(maxsize=4096)
def imported(source: str) -> Mapping[str, str]:
    """Names that a cell imports, and the statement that does it."""
    return {
        (alias.asname or alias.name).split(".")[0]: ast.unparse(node)
        for node in _statements(_parsed(source).body)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if alias.name != "*"
    }


@lru_cache(maxsize=4096)
def loaded(source: str) -> frozenset[str]:
    """All names that a cell reads somewhere, in its functions too."""
    return frozenset(
        node.id
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


@lru_cache(maxsize=4096)
def read_inside(source: str) -> frozenset[str]:
    """Globals that functions of a cell read."""
    found: set[str] = set()
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        waiting = [symtable.symtable(ast.unparse(_parsed(source)), "cell", "exec")]
        while waiting:
            table = waiting.pop()
            waiting += table.get_children()
            if isinstance(table, symtable.Function):
                found |= set(table.get_globals())
    return frozenset(found)


def special(sources: Iterable[str]) -> frozenset[str]:
    """Special names, such as `__add__`, that some sources speak of."""
    return frozenset(word for source in sources for word in _SPECIAL.findall(source))


def words(sources: Iterable[str]) -> frozenset[str]:
    """All identifiers in some sources, also in their comments and strings."""
    return frozenset(word for source in sources for word in _WORD.findall(source))


def lines(sources: Iterable[str]) -> frozenset[str]:
    """All lines of some sources, without the blanks around them."""
    return frozenset(line.strip() for source in sources for line in source.splitlines())


@lru_cache(maxsize=512)
def _parsed(source: str) -> ast.Module:
    try:
        tree: ast.Module = ast.parse(TransformerManager().transform_cell(source))
        return tree
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])  # it binds nothing, for it cannot run


def _statements(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a cell, those below `if`, `try` and the like too, but of no function."""
    for node in nodes:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for below in ast.iter_child_nodes(node):
                if isinstance(below, ast.stmt):
                    yield from _statements([below])
                elif isinstance(below, ast.ExceptHandler):
                    yield from _statements(below.body)


def _collect(nodes: Iterable[ast.AST], names: set[str], imports: bool = True) -> None:
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            if imports:
                names |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                names.add(node.id)
        elif isinstance(node, ast.ExceptHandler):
            _collect(ast.iter_child_nodes(node), names, imports)
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            # Its variables are its own; only `:=` binds outside of it.
            names |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
                names.add(node.name)
            if isinstance(node, ast.MatchMapping) and node.rest:
                names.add(node.rest)
            _collect(ast.iter_child_nodes(node), names, imports)
