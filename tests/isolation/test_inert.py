"""Which cells only define, and which may do more."""

from __future__ import annotations

import sys

import pytest

from torchmarks.isolation.inert import LOADED, definitions, use
from torchmarks.isolation.warming import warm_up

DEFINES = {
    "": set(),
    "# nothing": set(),
    "def f(x): return x": {"f"},
    "import torch\n\ndef f(x: torch.Tensor, n: int = -1) -> 'Tensor':\n    print(x)": {"f"},
    "def f(x: list[int] | None = None, *, shape=(2, -3)):\n    def g(y=[]): return y": {"f"},
    "EPS = 1e-6\nHALF = 0.5 * math.log(2 * math.pi)": {"EPS", "HALF"},
    "class Net(torch.nn.Module):\n    'A net.'\n    @staticmethod\n    def f(x: int): ...": {"Net"},
    "from torch.distributions import Normal": set(),
}
DOES_MORE = (
    "print(1)",
    "1 + 1",
    "'shown'",
    "x = f(1)",
    "x = []",
    "x[0] = 1",
    "x.y = 1",
    "x += 1",
    "EPS = torch.finfo(float).eps",
    "def f(x=[]): pass",
    "def f(x=g()): pass",
    "def f(x: g()): pass",
    "def f(x) -> (y := 1): pass",
    "@cache\ndef f(): pass",
    "f = lambda: 1",
    "class A(B, metaclass=M): pass",
    "class A:\n    x = g()",
    "class A:\n    def f(self, x=g()): pass",
    "class A:\n    @g\n    def f(self): pass",
    "class A(g()): pass",
    "class A: pass\nclass B(A): pass",
    "import os",
    "import torch.utils.data",
    "from torch import *",
    "from .torch import nn",
    "from __future__ import annotations",
    "def f(): return In",
    "def f(): exec('x = 1')",
    "%time 1",
    "!ls",
    "if True:\n    def f(): pass",
    "for i in (): pass",
    "async def f(): pass",
    "del x",
    "\n\ndef f(): pass",
    "def f(: pass",
    "math = 1\nimport math",
    "__name__ = 1",
    "class A:\n    def __class_getitem__(cls, x): pass",
    "class property: pass\nclass A:\n    @property\n    def f(self): pass",
    "x = " + "- " * 3000 + "1",
    "x = " + "+".join("1" * 3000),
    "def f(x): return x is 1",
    "def f(): return '''\n>>> 1'''",
    "def f(): return sys.modules['__main__']",
    "def _(): pass",
    "_i3 = 1",
)


@pytest.mark.parametrize("source", DEFINES)
def test_a_cell_that_only_defines(source: str):
    found = definitions(source)
    assert found is not None
    assert found.made == DEFINES[source]


@pytest.mark.parametrize("source", DOES_MORE)
def test_a_cell_that_may_do_more(source: str):
    assert definitions(source) is None


def test_what_is_read_when_a_cell_runs_is_known():
    found = definitions(
        "from torch import Tensor\n"
        "def f(x: Tensor, y: Array | int) -> dict[str, Other]: return z\n"
        "class A(nn.Module):\n    def g(self, x: Third): pass\n"
        "E = math.exp(1)"
    )
    assert found is not None
    assert found.imports == {"Tensor": "torch.Tensor"}
    assert found.read == {"Array", "Other", "Third", "dict", "int", "str"}
    assert found.used == {"nn": "torch", "math": "math"}


def test_what_a_session_has_loaded_before_its_first_cell():
    warm_up()
    assert sys.modules.keys() >= LOADED


def test_what_any_cell_does_to_names():
    found = use(
        "import numpy as np\nfor i in range(3): a[i] = b\n"
        "def f(c):\n    global d\n    d = c\n    return e\n"
        "try: pass\nexcept ValueError as error: pass\nclass G: pass\ndel h\n"
        "def g():\n    import math\nnp.a = 1"
    )
    assert found is not None
    assert found.imports == {"np": "numpy"}
    assert found.bound >= {"i", "f", "d", "error", "G", "h"}
    assert found.bound >= {"np", "math"}
    assert found.changed == {"np"}
    assert found.loaded >= {"a", "b", "e", "range"}


@pytest.mark.parametrize(
    "source", ["%matplotlib inline", "exec(x)", "from m import *", "match x:\n    case y: pass"]
)
def test_a_cell_whose_text_does_not_tell_its_names(source: str):
    assert use(source) is None
