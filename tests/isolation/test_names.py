"""Which names a cell binds, reads and imports."""

from __future__ import annotations

import pytest

from torchmarks.isolation import names

BOUND = {
    "x = 1": "x",
    "x, (y, *z) = t": "x y z",
    "x: int = 1": "x",
    "x += 1": "x",
    "x.a = 1; x[0] = 2": "",
    "(y := 1)": "y",
    "def f(a, b=1):\n    c = 2": "f",
    "async def f(): pass": "f",
    "class C:\n    a = 1\n    def m(self): pass": "C",
    "import a.b, c.d as e": "a e",
    "from a import b as c, d": "c d",
    "for i, j in t:\n    k = 1": "i j k",
    "while t:\n    a = 1\nelse:\n    b = 2": "a b",
    "with open(p) as f, g() as (h, i): pass": "f h i",
    "try:\n    a = 1\nexcept E as e:\n    b = 2\nfinally:\n    c = 3": "a b c",
    "if t:\n    a = 1\nelif u:\n    b = 2\nelse:\n    c = 3": "a b c",
    "match t:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass\n    case P(x=e) as f: pass": "a b c d e f",
    "[x for x in t]": "",
    "{x: y for x, y in t if (z := x)}": "z",
    "print([x for x in t], {y for y in t}, (w for w in t))": "",
    "f = lambda a: (a, 1)": "f",
    "del x": "",
    "@decorated\ndef f(): pass": "f",
    "%matplotlib inline\nx = 1": "x",
    "lines = !ls": "lines",
    "%%bash\nx=1": "",
    "!ls": "",
    "def broken(:": "",
    "x = await f()": "x",
    "async for x in f(): pass": "x",
    "": "",
}  # fmt: skip


@pytest.mark.parametrize("source", BOUND, ids=repr)
def test_bound(source: str):
    assert names.bound(source) == frozenset(BOUND[source].split())


def test_a_comprehension_binds_nothing_and_reads_what_is_around_it():
    source = "assert all(v > low for v in values)"
    assert names.bound(source) == frozenset()
    assert {"all", "low", "values"} <= names.loaded(source)


def test_imports_are_told_from_other_names():
    source = """import numpy as np, os.path
from math import pi as circle, sqrt
if True:
    import torch
try:
    from scipy import special
except ImportError:
    import json
x = 1
def f():
    import secret"""
    assert names.imported(source) == {
        "np": "import numpy as np, os.path",
        "os": "import numpy as np, os.path",
        "circle": "from math import pi as circle, sqrt",
        "sqrt": "from math import pi as circle, sqrt",
        "torch": "import torch",
        "special": "from scipy import special",
        "json": "import json",
    }
    assert names.assigned(source) == {"x", "f"}
    assert names.imported("from math import *") == {}


def test_globals_that_functions_read():
    source = """scale = 2
def f(x, y=outer):
    local = scale * x
    def g():
        return local + helper(x)
    return [g() for _ in range(3)]
class C:
    def m(self): return table[self.x]
h = lambda t: t * other"""
    read = names.read_inside(source)
    assert {"scale", "helper", "table", "other", "range"} <= read
    assert not {"x", "y", "local", "g", "outer", "self", "t", "_"} & read


def test_special_names_and_words():
    assert names.special(["def __add__(self): pass", "# also `__r_x__`, __, ___"]) == {
        "__add__",
        "__r_x__",
    }
    assert names.words(["a = b.c  # 'd e1'"]) == {"a", "b", "c", "d", "e1"}
    assert names.lines([" a \n\n  b"]) == {"a", "", "b"}


@pytest.mark.parametrize("source", ["(" * 5000, "x" * 10**6, "-" * 50_000 + "1", "\x00", "é = 1"])
def test_strange_sources_raise_nothing(source: str):
    assert names.bound(source) <= {"é", "x" * 10**6}
    names.loaded(source)
    names.read_inside(source)
