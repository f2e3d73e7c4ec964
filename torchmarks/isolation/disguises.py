"""Special names of a stand-in: what `inspect`, `isinstance` and `vars` find out about an object.

A look-alike of a function can show its signature and its source; nothing of it can run.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import linecache
import sys
import types
from typing import Any

import numpy as np
from torch import Tensor, nn, optim
from torch.distributions import Distribution
from torch.utils.data import Dataset, Sampler

from torchmarks.isolation import handles

#: Special names that are asked for in the session; their values are plain, and no code.
_ASKED = frozenset(
    ("__annotations__", "__defaults__", "__kwdefaults__", "__qualname__", "__version__")
)
_KINDS: dict[str, type] = {
    "function": types.FunctionType,
    "generator": types.GeneratorType,
    "module": types.ModuleType,
}
_BASES = (nn.Module, optim.Optimizer, Distribution, Dataset, Sampler)


def special(found: Any, value: Any, name: str) -> Any:
    """A special name of a stand-in with the record `found`; `AttributeError` if it has none."""
    if found is None:
        raise AttributeError(name)
    if name == "__class__":
        return _class(value, found.handle)
    if name == "__doc__":
        return str(found.handle.get("doc") or "") or None
    if name == "__name__" and found.handle.get("name"):
        return str(found.handle["name"])
    if name == "__dict__":
        return found.session.call(handles.attributes, value)
    if name == "__signature__" and callable(value):
        return _signature(found.session.call(handles.signature, value))
    if name == "__code__" and found.handle.get("kind") == "function":
        return _code(found.session.call(handles.code, value), value)
    if name == "__dataclass_fields__":
        return _fields(found.session.call(handles.field_names, value))
    if name in _ASKED:
        return found.session.call(getattr, value, name)
    raise AttributeError(f"the student's object has no {name} here")


def may_be_base(kind: type) -> bool:
    """Whether a look-alike's class may be below a class of torch's.

    It must bring no way to step in where values are compared.
    """
    return (
        type(kind) is type
        and issubclass(kind, _BASES)
        and kind.__module__.startswith("torch.")
        and not hasattr(kind, "__torch_function__")
    )


def known_module(handle: dict[str, Any]) -> types.ModuleType | None:
    """The grader's own module of that name: what tests compare with is never the student's."""
    found = sys.modules.get(str(handle.get("name")))
    return found if isinstance(found, types.ModuleType) and found.__name__ != "__main__" else None


def imported(entry: Any) -> Any:
    """What a module of the grader's has under a name, if it has imported that module.

    Nothing is asked: a module may look up what it has not, and that of the cells would ask again.
    """
    if not (isinstance(entry, list) and len(entry) == 2) or entry[0] == "__main__":
        return None
    return getattr(sys.modules.get(str(entry[0])), "__dict__", {}).get(str(entry[1]))


def known_class(handle: dict[str, Any]) -> Any:
    """The first of an object's classes that the grader has imported itself."""
    entries = handle.get("classes")
    for entry in entries if isinstance(entries, list) else ():
        found = imported(entry)
        # What is a number or a string would have travelled: this one lies.
        if found is None or entry[0] == "builtins":
            continue
        # Tensors and arrays travel: what stayed and calls itself one is none.
        if isinstance(found, type) and not issubclass(found, (Tensor, np.ndarray, np.generic)):
            return found
    return None


def _class(value: Any, handle: dict[str, Any]) -> type:
    """The nearest class of the object that the grader knows, so that `isinstance` works."""
    kind = str(handle.get("kind"))
    if kind in _KINDS:
        return _KINDS[kind]
    described = handle.get("class")
    known: Any = known_class(described) if isinstance(described, dict) else None
    if known is None or may_be_base(known):
        return type(value)
    return known  # type: ignore[no-any-return]


def _signature(answer: Any) -> inspect.Signature:
    try:
        rows, *returned = answer
        parameters = [
            inspect.Parameter(
                str(name),
                list(inspect._ParameterKind)[kind],
                default=default if has_default else inspect.Parameter.empty,
                annotation=annotation if has_annotation else inspect.Parameter.empty,
            )
            for name, kind, has_default, default, has_annotation, annotation in rows
        ]
        annotation = returned[1] if returned[0] else inspect.Signature.empty
        return inspect.Signature(parameters, return_annotation=annotation)
    except (TypeError, ValueError, IndexError):
        raise AttributeError("__signature__") from None


def _fields(names: Any) -> dict[str, Any]:
    if not isinstance(names, list):
        raise AttributeError("__dataclass_fields__")
    # A class of our own with fields of the same names: theirs are no fields to `dataclasses`.
    with contextlib.suppress(TypeError, ValueError):
        kind: Any = dataclasses.make_dataclass("Fields", [str(name) for name in names])
        return dict(kind.__dataclass_fields__)
    raise AttributeError("__dataclass_fields__")


def _code(answer: Any, value: Any) -> types.CodeType:
    """Code that does nothing, under a file name by which the student's text is found."""
    try:
        text, counts, (variables, names, _), flags = answer
        name = f"<student's function {id(value)}>"
        linecache.cache[name] = (len(text), None, str(text).splitlines(keepends=True), name)
        return _nothing.__code__.replace(
            co_filename=name,
            co_firstlineno=1,
            co_flags=flags,
            co_name=str(getattr(value, "__name__", "function")),
            co_argcount=counts[0],
            co_posonlyargcount=counts[1],
            co_kwonlyargcount=counts[2],
            co_varnames=tuple(map(str, variables)),
            co_nlocals=len(variables),
            co_names=tuple(map(str, names)),
            co_freevars=(),
            co_cellvars=(),
        )
    except (TypeError, ValueError, IndexError, OverflowError):
        raise AttributeError("__code__") from None


def _nothing() -> None:
    pass
