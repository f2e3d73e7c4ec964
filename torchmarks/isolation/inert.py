"""Cells that only define: they can run later than they stand, and no one sees a difference.

A function's body is not run where it stands; its defaults and annotations are. A cell of functions
with constant defaults, plain classes, numbers, imports and nothing else therefore does the same
wherever it runs, as long as no cell in between uses or binds a name of it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TypeVar

from IPython.core.inputtransformer2 import TransformerManager

_Found = TypeVar("_Found")

#: What an import of these runs has run already: every session has them.
LOADED = frozenset(
    {
        *("abc", "collections", "collections.abc", "contextlib", "dataclasses", "enum"),
        *("functools", "itertools", "math", "operator", "typing", "matplotlib.pyplot", "numpy"),
        *("torch", "torch.autograd", "torch.distributions", "torch.func", "torch.linalg"),
        *("torch.nn", "torch.nn.functional", "torch.optim", "torch.special"),
    }
)
#: Built-in names that a definition may use when it runs, as long as nobody binds them.
BUILT_IN = frozenset(
    {
        *("bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object"),
        *("set", "str", "tuple", "type", "staticmethod", "classmethod", "property"),
    }
)
#: Special methods that nothing calls before somebody uses an object of the class.
_METHODS = frozenset({"__call__", "__getitem__", "__init__", "__iter__", "__len__", "__repr__"})
#: Names that Python and IPython use themselves.
_OWN = re.compile(r"__\w+__|_+|_i?\d*|_i+|_[do]h")
#: Words of what looks at which cells ran before, or at names that the text does not tell.
LOOKS_AROUND = re.compile(
    r"\b(In|_i+\d*|_[di]h|get_ipython|InteractiveShell|dir|eval|exec|globals|locals|vars"
    r"|setattr|delattr|doctest|unittest|inspect|gc|sys\.modules|__main__|__subclasses__|_getframe)\b"
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
    #: Names that it calls by or inherits from when it runs, with the package that each must be of.
    used: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Use:
    """What any cell does to names."""

    #: Names that it certainly imports.
    imports: dict[str, str]
    #: All that it may bind, those among them.
    bound: frozenset[str]
    #: Read somewhere in it, in its functions too.
    loaded: frozenset[str]
    #: Names of what it may change an attribute of.
    changed: frozenset[str]


def _none_if_too_deep(function: Callable[[str], _Found | None]) -> Callable[[str], _Found | None]:
    @wraps(function)
    def careful(source: str) -> _Found | None:
        try:
            return function(source)
        except (RecursionError, MemoryError):
            return None

    return careful


@lru_cache(maxsize=4096)
@_none_if_too_deep
def definitions(source: str) -> Definitions | None:
    """What a cell defines; None if it may do more than that."""
    tree = _tree(source)
    if tree is None or LOOKS_AROUND.search(source) or not _is_plain_python(source):
        return None
    imports: dict[str, str] = {}
    used: dict[str, str] = {}
    made, evaluated = set(), list[ast.expr]()
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if not _is_loaded(statement):
                return None
            imports |= dict(_imported(statement))
        elif isinstance(statement, ast.Assign) and _is_arithmetic(statement.value):
            if not all(isinstance(target, ast.Name) for target in statement.targets):
                return None
            made |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
            used |= dict.fromkeys(_names(statement.value), "math")
        elif isinstance(statement, ast.FunctionDef) and _only_defines(statement):
            made.add(statement.name)
            evaluated += _annotations(statement)
        elif isinstance(statement, ast.ClassDef) and _is_plain(statement):
            made.add(statement.name)
            used |= dict.fromkeys(map(_root, statement.bases), "torch")
            for method in statement.body:
                if isinstance(method, ast.FunctionDef):
                    evaluated += [*_annotations(method), *method.decorator_list]
        else:
            return None
    # In which order they are bound and read is not told apart.
    bound = made | imports.keys()
    if made & imports.keys() or used.keys() & made or any(map(_OWN.fullmatch, bound)):
        return None
    read = {n.id for e in evaluated for n in ast.walk(e) if isinstance(n, ast.Name)}
    if read & BUILT_IN & bound:
        return None
    return Definitions(imports, frozenset(made), frozenset(read - bound), used)


@lru_cache(maxsize=4096)
@_none_if_too_deep
def use(source: str) -> Use | None:
    """What a cell does to names; None if its text does not tell."""
    tree = _tree(source)
    if tree is None or LOOKS_AROUND.search(source):
        return None
    bound, changed = set(_names(tree, ast.Store, ast.Del)), set()
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if getattr(node, "module", "") == "__future__":
                return None
            if any(alias.name == "*" for alias in node.names):
                return None
            bound |= dict(_imported(node)).keys()
        elif isinstance(node, ast.Match):
            return None
        elif isinstance(node, named) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            changed.add(_root(node))
    imports: dict[str, str] = {}
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            imports |= dict(_imported(statement))
    return Use(imports, frozenset(bound), _names(tree, ast.Load), frozenset(changed))


def _is_plain_python(source: str) -> bool:
    """Whether IPython takes it as it stands, and Python does not warn of it."""
    whole = source if source.endswith("\n") else source + "\n"
    if source and TransformerManager().transform_cell(source) != whole:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(whole, "cell", "exec")
        except (SyntaxError, ValueError, Warning):
            return False
    return True


def _tree(source: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):
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
    return (
        isinstance(statement, ast.FunctionDef)
        and (statement.name in _METHODS or not statement.name.startswith("__"))
        and _only_defines(statement, decorators=("staticmethod", "classmethod", "property"))
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
