"""Cells that were compiled before are the same code as if they were compiled when they run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType

import pytest

from torchmarks.isolation.compiling import Compiler

CELLS = {
    "statements and a value": "x = 1\ny = [x for _ in range(3)]\nx + 41",
    "a function in a function": "def f(x):\n    def g(y):\n        return x + y\n    return g\nf",
    "it waits": "import asyncio\nawait asyncio.sleep(0)\nx = await asyncio.sleep(0, 3)",
    "annotations": "from __future__ import annotations\ndef f(x: Unknown) -> None: ...\nf",
    "a class": "class A:\n    x = lambda self: 0.0, -0.0\n\n    def f(self): return __class__",
    "last a statement": "for n in range(3):\n    print(n)",
    "nothing": "",
    "a comment": "# nothing",
}


def compiled(compiler: Compiler, source: str, name: str) -> Iterator[CodeType]:
    """Code of each statement, as IPython asks for it."""
    tree = compiler.ast_parse(source, filename=name)
    for statement in tree.body:
        shown = statement is tree.body[-1] and isinstance(statement, ast.Expr)
        alone = ast.Interactive([statement]) if shown else ast.Module([statement], [])
        with compiler.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
            yield compiler(alone, name, "single" if shown else "exec")


def files(code: CodeType) -> set[str]:
    """Under which names its parts were compiled."""
    inside = (files(c) for c in code.co_consts if isinstance(c, CodeType))
    return {code.co_filename}.union(*inside)


@pytest.mark.parametrize("cell", CELLS)
def test_a_known_cell_is_the_same_code(cell: str):
    knowing, plain = Compiler(), Compiler()
    knowing.know(CELLS[cell])
    for name in ("first", "second"):
        codes = list(compiled(knowing, CELLS[cell], name))
        assert codes == list(compiled(plain, CELLS[cell], name))
        assert all(files(code) == {name} for code in codes)
        assert knowing.flags == plain.flags


@pytest.mark.parametrize("cell", [c for c in CELLS.values() if "\n" in c and "__future__" not in c])
def test_nothing_of_a_known_cell_is_compiled_again(cell: str, monkeypatch: pytest.MonkeyPatch):
    knowing = Compiler()
    knowing.know(cell)
    monkeypatch.setattr("builtins.compile", None)
    assert list(compiled(knowing, cell, "first"))


@pytest.mark.parametrize("cell", ["def f(:", "return 1", "x = \0", "await"])
def test_what_is_no_python_is_told_when_it_runs(cell: str):
    knowing = Compiler()
    knowing.know(cell)
    with pytest.raises((SyntaxError, ValueError)):
        list(compiled(knowing, cell, "first"))


def test_after_an_import_from_the_future_known_code_of_before_is_not_used():
    source = "def f(x: y): ..."
    knowing, plain = Compiler(), Compiler()
    knowing.know(source)
    for compiler in (knowing, plain):
        list(compiled(compiler, "from __future__ import annotations", "before"))
    assert list(compiled(knowing, source, "after")) == list(compiled(plain, source, "after"))
