"""Cells that only define: they can run later than they stand, and no one sees a difference.

A function's body is not run where it stands; its defaults and annotations are. A cell of functions
with constant defaults, of imports and of nothing else therefore does the same wherever it runs, as
long as no cell in between uses or binds a name of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

#: What an import of these runs has run already: every session has them.
LOADED = frozenset(
    {
        *("abc", "collections", "collections.abc", "contextlib", "dataclasses", "enum"),
        *("functools", "itertools", "math", "operator", "typing", "matplotlib.pyplot", "numpy"),
        *("torch", "torch.autograd", "torch.distributions", "torch.func", "torch.linalg"),
        *("torch.nn", "torch.nn.functional", "torch.optim", "torch.special"),
    }
)
#: Annotations may use these, besides what was imported.
_TYPES = frozenset(
    {
        *("bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object"),
        *("set", "str", "tuple", "type"),
    }
)
#: Names that Python and IPython use themselves.
_OWN = re.compile(r"__\w+__|_+|_i?\d*|_i+|_[do]h")
#: They look at which cells ran before, or at names that the text does not tell.
_LOOKS_AROUND = frozenset(
    {
        *("In", "_dh", "_i", "_ih", "_ii", "_iii", "get_ipython"),
        *("dir", "eval", "exec", "globals", "locals", "vars"),
    }
)


@dataclass(frozen=True)
class Definitions:
    """What a cell defines that does nothing else."""

    #: Names that it imports, with what each stands for.
    imports: dict[str, str] = field(default_factory=dict)
    #: Functions, classes and numbers that it defines.
    made: frozenset[str] = frozenset()
    #: Names that are read when it runs: those in annotations.
    read: frozenset[str] = frozenset()
    #: Names of modules that it uses when it runs, and of what its classes inherit from.
    used: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Use:
    """What any cell does to names."""

    imports: dict[str, str]
    bound: frozenset[str]
    #: Read somewhere in it, in its functions too.
    loaded: frozenset[str]


@lru_cache(maxsize=4096)
def definitions(source: str) -> Definitions | None:
    """What a cell defines; None if it may do more than that."""
    tree = _tree(source)
    # IPython would strip blanks before the first line, which is another line number then.
    if tree is None or source[:1].isspace() or _names(tree) & _LOOKS_AROUND:
        return None
    imports: dict[str, str] = {}
    made, used, evaluated = set(), set[str](), list[ast.expr]()
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if not _is_loaded(statement):
                return None
            imports |= dict(_imported(statement))
        elif isinstance(statement, ast.Assign) and _is_arithmetic(statement.value):
            if not all(isinstance(target, ast.Name) for target in statement.targets):
                return None
            made |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
            used |= _names(statement.value)
        elif isinstance(statement, ast.FunctionDef) and _only_defines(statement):
            made.add(statement.name)
            evaluated += _annotations(statement)
        elif isinstance(statement, ast.ClassDef) and _is_plain(statement):
            made.add(statement.name)
            used |= {_root(base) for base in statement.bases}
            for method in statement.body:
                evaluated += _annotations(method) if isinstance(method, ast.FunctionDef) else ()
        else:
            return None
    if made & imports.keys() or used & made or any(map(_OWN.fullmatch, made | imports.keys())):
        return None
    # Where they are read is not told apart: what the cell itself makes is there by then, or fails.
    read = {n.id for a in evaluated for n in ast.walk(a) if isinstance(n, ast.Name)}
    return Definitions(
        imports,
        frozenset(made),
        frozenset(read - imports.keys() - _TYPES - made),
        frozenset(used - imports.keys()),
    )


@lru_cache(maxsize=4096)
def use(source: str) -> Use | None:
    """What a cell does to names; None if its text does not tell."""
    tree = _tree(source)
    if tree is None or _names(tree) & _LOOKS_AROUND:
        return None
    imports: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if any(alias.name == "*" for alias in node.names):
                return None
            imports |= dict(_imported(node))
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
    bound = {node.name for node in ast.walk(tree) if isinstance(node, named) and node.name}
    if any(isinstance(node, ast.Match) for node in ast.walk(tree)):
        return None
    bound |= _names(tree, ast.Store, ast.Del)
    return Use(imports, frozenset(bound), _names(tree, ast.Load))


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # it cannot run, or has magics


def _names(tree: ast.AST, *contexts: type[ast.expr_context]) -> frozenset[str]:
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, contexts or ast.expr_context)
    )


def _imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Names that an import binds, with the dotted name of what each stands for."""
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            module = f"{'.' * statement.level}{statement.module or ''}"
            yield alias.asname or alias.name, f"{module}.{alias.name}"
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            yield alias.name.split(".")[0], alias.name.split(".")[0]


def _is_loaded(statement: ast.Import | ast.ImportFrom) -> bool:
    names = {alias.name for alias in statement.names}
    if isinstance(statement, ast.Import):
        return names <= LOADED
    return statement.level == 0 and statement.module in LOADED and "*" not in names


def _is_plain(made: ast.ClassDef) -> bool:
    """Whether a class has methods and nothing else, and is made as its bases make any class."""
    return (
        not (made.decorator_list or made.keywords or getattr(made, "type_params", []))
        and all(_root(base) for base in made.bases)
        and all(_is_method(s) or _is_docstring(s) or isinstance(s, ast.Pass) for s in made.body)
    )


def _is_method(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef) and _only_defines(
        statement, decorators=("staticmethod", "classmethod", "property")
    )


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _root(base: ast.expr) -> str:
    """The name before the first dot; empty if it is not that simple."""
    while isinstance(base, ast.Attribute):
        base = base.value
    return base.id if isinstance(base, ast.Name) else ""


def _only_defines(function: ast.FunctionDef, decorators: tuple[str, ...] = ()) -> bool:
    arguments = function.args
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    return (
        all(isinstance(d, ast.Name) and d.id in decorators for d in function.decorator_list)
        and not getattr(function, "type_params", [])
        and all(_is_constant(default) for default in defaults)
        and all(_is_type(annotation) for annotation in _annotations(function))
    )


def _annotations(function: ast.FunctionDef) -> Iterator[ast.expr]:
    arguments = function.args
    every: Iterable[ast.arg | None] = (
        *(*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs),
        *(arguments.vararg, arguments.kwarg),
    )
    yield from (a.annotation for a in every if a is not None and a.annotation is not None)
    if function.returns is not None:
        yield function.returns


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.USub) and isinstance(value.operand, ast.Constant)
    if isinstance(value, ast.Tuple):
        return all(_is_constant(element) for element in value.elts)
    return isinstance(value, ast.Constant)


def _is_arithmetic(value: ast.expr) -> bool:
    """Whether it is made of constants, and of what `math` has."""
    if isinstance(value, ast.Attribute):
        return isinstance(value.value, ast.Name) and value.value.id == "math"
    if isinstance(value, ast.Call):
        arguments = [*value.args, *(keyword.value for keyword in value.keywords)]
        called = isinstance(value.func, ast.Attribute) and _is_arithmetic(value.func)
        return called and all(_is_arithmetic(argument) for argument in arguments)
    if isinstance(value, ast.BinOp):
        return _is_arithmetic(value.left) and _is_arithmetic(value.right)
    if isinstance(value, ast.UnaryOp):
        return _is_arithmetic(value.operand)
    return _is_constant(value)


def _is_type(annotation: ast.expr) -> bool:
    allowed = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.BinOp, ast.BitOr)
    return all(
        isinstance(node, (*allowed, ast.Tuple, ast.List, ast.Load)) for node in ast.walk(annotation)
    )
