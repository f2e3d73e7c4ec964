"""Whose a name is: a student replaces none of the grader's, and honest reuse works."""

from __future__ import annotations

import pytest

from tests.isolation.grading import Course, error, grade, locked, planned, student, unlocked
from torchmarks.isolation.plan import Kind

pytestmark = pytest.mark.xdist_group("isolation")

HIDDEN = "{}\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def test_a_name_is_the_students_where_a_solution_defined_it_last():
    plan = planned(
        locked("x = 1\ny = 2"),
        student("x = 3"),
        grade("x"),
        locked("x = 4"),
        grade("x, y"),
        student("y = 5"),
        grade("x, y"),
    )
    students = [set(step.students) for step in plan.steps if step.kind is Kind.GRADE]
    assert students == [{"x"}, set(), {"y"}]
    assert {"x", "y"} <= plan.trusted_names


def test_a_name_that_a_solution_only_imports_is_never_the_students():
    plan = planned(
        student("import numpy as np\nfrom math import sqrt\ndef f(): pass"),
        unlocked("import torch"),
        grade("np, torch, sqrt, f"),
    )
    assert plan.steps[-1].students == ("f",)
    assert plan.imports == {
        "np": "import numpy as np",
        "sqrt": "from math import sqrt",
        "torch": "import torch",
    }
    # Asked for by name, it is to be written.
    plan = planned(locked("from math import sqrt"), student("def sqrt(x): pass"), grade("sqrt"))
    assert plan.imports == {}
    assert plan.steps[-1].students == ("sqrt",)


def test_hidden_parts_are_taken_out_of_the_visible_source():
    plan = planned(
        grade(HIDDEN.format("import a\nassert 1", "import b\nassert 2")), grade("assert 3")
    )
    hidden, plain = plan.steps
    assert hidden.has_hidden
    assert "assert 2" not in str(hidden.visible)
    assert hidden.imports == ("import a",)
    assert not plain.has_hidden
    assert plan.has_hidden


def test_a_delimiter_without_its_partner_hides_all():
    (step,) = planned(grade("assert 1\n### BEGIN HIDDEN TESTS\nassert 2")).steps
    assert step.visible == ""


def test_locked_cells_ask_only_what_they_do_not_know():
    plan = planned(
        locked("import torch\nx = list(map(abs, range(3)))"),
        student("def f(): return 1"),
        locked("def helper():\n    return len(x)"),
        locked("y = f()"),
        grade("assert 1"),
    )
    assert [step.asks for step in plan.steps] == [False, False, False, True, True]


# What a student does with the grader's names. ---------------------------------------------------

REPLACED = {
    "helper": "close = lambda a, b: True",
    "helper's module": "math.isclose = lambda *a: True",
    "helper's data": "tolerance = 1e9",
    "built-in": "abs = lambda x: 0",
    "built-in for all": "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.AssertionError = ValueError",
    "numpy": "np = type('np', (), {'allclose': staticmethod(lambda *a: True)})",
    "numpy's function": "np.allclose = lambda *a, **k: True",
    "modules": "import sys\nsys.modules['numpy'] = sys.modules['math'] = type('np', (), {'__getattr__': lambda *a: lambda *a, **k: True})()",
    "planted": "open('numpy.py', 'w').write('allclose = isclose = lambda *a, **k: True')\nopen('math.py', 'w').write('isclose = lambda *a, **k: True')",
    "shell": "get_ipython().run_cell = get_ipython().ast_transformers = None",
    "transformers": "import ast\nclass T(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\nget_ipython().ast_transformers.append(T())",
    "expected": "expected = 0",
    "test's own": "value = want = 0\nclass want:\n    __eq__ = lambda *a: True",
    "deleted": "del close, np",
}  # fmt: skip


@pytest.fixture(scope="session")
def replaced(one_course: Course) -> dict[str, list[str]]:
    setup = [
        unlocked("import numpy as np"),
        locked("import math\ntolerance = 1e-6\ndef close(a, b):\n    return math.isclose(a, b, abs_tol=tolerance) or abs(a - b) < tolerance"),
    ]  # fmt: skip
    tests = [
        grade("assert close(f(3), 9)"),
        grade("assert np.allclose(f(3), 9)"),
        grade("expected = 9\nassert abs(f(3) - expected) < 1e-6"),
        grade("import numpy\nfrom math import isclose\nwant = 9\nassert isclose(f(3), want) or numpy.allclose(f(3), 9)"),
        grade(HIDDEN.format("value = f(3)", "assert value == 9")),
    ]  # fmt: skip
    return {
        name: one_course.grade(
            *setup, student(f"def f(x): return 0\n{code}", "def f(x): return 9"), *tests
        ).said
        for name, code in REPLACED.items()
    }


@pytest.mark.parametrize("what", REPLACED)
def test_no_name_of_the_graders_is_replaced(replaced: dict[str, list[str]], what: str):
    assert all(replaced[what]), replaced[what]


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(
            (student("x = 5"), grade("assert all(x > 0 for x in [1, 2])"), grade("assert x == 5")),
            id="a variable of a comprehension",
        ),
        pytest.param(
            (student("n = 3"), grade("for n in range(2): pass\nassert n == 1"), student("n = 7"), grade("assert n == 7")),
            id="a loop's variable",
        ),
        pytest.param(
            (student("x = 1"), grade("x = 10\nassert x == 10"), grade("assert x == 10")),
            id="a test's own variable in the next test",
        ),
        pytest.param(
            (locked("data = [1, 2]"), student("total = sum(data)"), grade("assert total == sum(data)")),
            id="the instructor's data",
        ),
        pytest.param(
            (student("def f(): return 1"), grade("def check(g): assert g() == 1\ncheck(f)"), student("def h(): return 1"), grade("check(h)")),
            id="a helper of an earlier grade cell",
        ),
        pytest.param(
            (grade("import json as js\nfrom math import floor"), student("def f(): return floor(2.5)"), grade("assert js.loads('1') == 1 and f() == 2")),
            id="imports of an earlier grade cell",
        ),
        pytest.param(
            (student("def f(): return np.ones(2)", "import numpy as np\ndef f(): return np.ones(2)"), grade("import numpy as np\nassert f().sum() == 2")),
            id="a forgotten import that the test has",
        ),
        pytest.param(
            (unlocked("import numpy as np\nimport torch"), student("y = np.ones(2)"), grade("assert np.allclose(y, 1) and isinstance(torch.ones(1), torch.Tensor)")),
            id="imports of a cell that nbgrader does not know",
        ),
        pytest.param(
            (student("def sum(x): return 42\nmax = 3"), grade("assert sum([1]) == 42 and max == 3 and min([1]) == 1")),
            id="exercises named after built-ins",
        ),
        pytest.param(
            (student("rate = 2\ndef f(x): return rate * x"), grade("rate = 5\nassert f(2) == 10"), grade("assert f(2) == 10")),
            id="a global that solutions read, set by a test",
        ),
        pytest.param(
            (student("def f(x): return helper(x)"), grade("def helper(x): return x + 1\nassert f(1) == 2"), grade("assert f(2) == 3")),
            id="a function that solutions call, given by a test",
        ),
        pytest.param(
            (student("def square(x): return x * x"), student("def cube(x): return x * square(x)"), grade("old = square\ndel square\ntry:\n    cube(2)\nexcept NameError:\n    pass\nelse:\n    raise AssertionError\nfinally:\n    square = old\nassert cube(2) == 8"), grade("assert cube(3) == 27")),
            id="a function that is deleted for a while",
        ),
        pytest.param(
            (student("def square(x): return x * x\ndef cube(x): return x * square(x)"), grade("square = lambda x: 0\nassert cube(2) == 0")),
            id="a function that a test replaces",
        ),
        pytest.param(
            (student("def read(): return int(input('n? '))"), grade("from unittest.mock import patch\nwith patch('builtins.input', side_effect=['4', '5']): assert read() == 4\ninput = lambda prompt: '6'\nassert read() == 6")),
            id="an answer of the user's, given by a test",
        ),
        pytest.param(
            (student("def read(): return input('n? ')"), grade("import builtins\nbuiltins.input = lambda prompt: '7'\nassert read() == '7'"), grade("assert read() == '7'"), grade("from unittest.mock import patch\nwith patch('builtins.input', side_effect=['a', EOFError]):\n    assert read() == 'a'\n    try:\n        read()\n    except EOFError: pass\n    else: assert False")),
            id="answers that stay, and an end of them",
        ),
        pytest.param(
            (student("open('mine.py', 'w').write('def g(): return 3')\nimport mine"), grade("import mine\nfrom mine import g\nassert g() == mine.g() == 3"), grade("from mine import g as h\nassert h() == 3")),
            id="a module of the submission",
        ),
        pytest.param(
            tuple(cell for n in range(40) for cell in (student(f"def f{n}(): return {n}"), grade(f"assert f{n}() == {n}"))),
            id="forty exercises",
        ),
    ],
)  # fmt: skip
def test_honest_reuse_of_names_works(course: Course, cells: tuple[object, ...]):
    graded = course.grade(*cells)  # type: ignore[arg-type]
    assert [error(result) for result in graded.results.values()] == [""] * len(cells)


def test_a_hidden_value_is_not_given_to_the_session(course: Course):
    code = "def f(x):\n    return globals().get('expected', globals().get('secret', 0))"
    test = HIDDEN.format("assert f(1) == 0", "secret = expected = 60493\nassert f(2) == expected")
    graded = course.grade(student(code, "def f(x): return x"), grade(test))
    (said,) = graded.said
    assert said.startswith("HiddenTestFailed")
    assert "60493" not in str(graded[1].outputs)


def test_what_a_hidden_test_raises_is_not_told(course: Course):
    code = "def f(x):\n    raise ValueError(f'saw {x}')\nclass E(Exception): pass"
    cells = [
        grade(HIDDEN.format("", "assert f(60493) == 1, 'expected 17.625'")),
        grade(HIDDEN.format("", "secret_name = {}\nsecret_name['60493']")),
        grade(HIDDEN.format("", "print(60493)\nassert n == 5, f'{n} is not 17.625'")),
        grade(HIDDEN.format("", "import warnings\nwarnings.warn('60493')\n60493")),
        grade(HIDDEN.format("", "raise E(60493)")),
    ]
    graded = course.grade(
        student(f"{code}\nn = 4", "def f(x): pass\nn = 0\nclass E(Exception): pass"), *cells
    )
    for position in range(1, 6):
        shown = str(graded[position].outputs)
        assert not {w for w in ("17.625", "secret_name", "is not") if w in shown}
        # A test that ends with a number gives so many points, and that is all of it.
        assert ("60493" in shown) == (position == 4)
