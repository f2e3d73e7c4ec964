"""Plain `assert` cells, as any course has them, pass on a right submission as they stand."""

from __future__ import annotations

import pytest

from tests.isolation import idioms
from tests.isolation.grading import Course, Graded, error, grade, student

pytestmark = pytest.mark.xdist_group("isolation")

GROUPS = {
    f"{name.lower()} {start // 22 + 1}": dict(list(table.items())[start : start + 22])
    for name, table in vars(idioms).items()
    if name.isupper()
    for start in range(0, len(table), 22)
}


@pytest.fixture(scope="session")
def graded(one_course: Course) -> dict[str, Graded]:
    """Each group is one notebook: an idiom has a cell of the student's, and a grade cell."""
    return {
        name: one_course.grade(
            *(cell for code, test in group.values() for cell in (student(code), grade(test)))
        )
        for name, group in GROUPS.items()
    }


@pytest.mark.parametrize(
    ("group", "number", "idiom"),
    [(name, n, idiom) for name, group in GROUPS.items() for n, idiom in enumerate(group)],
)
def test_idiom(graded: dict[str, Graded], group: str, number: int, idiom: str) -> None:
    assert error(graded[group][2 * number]) == "", "the student's cell fails"
    assert error(graded[group][2 * number + 1]) == ""


# What each test must not be: one that passes on anything.
WRONG = {
    "number": ("n = 3", "assert n == 4"),
    "float for int": ("n = 3.0", "assert type(n) is int"),
    "container": ("c = [1, (2, 3)]", "assert c == [1, (2, 4)]"),
    "tensor": ("import torch\nt = torch.ones(2)", "import torch\nassert torch.equal(t, torch.zeros(2))"),
    "array": ("import numpy as np\na = np.ones(2)", "import numpy as np\nnp.testing.assert_array_equal(a, [1, 2])"),
    "no exception": ("def f(): pass", "import pytest\nwith pytest.raises(ValueError): f()"),
    "other exception": ("def f(): raise KeyError", "import pytest\nwith pytest.raises(ValueError): f()"),
    "not changed": ("def f(x): x = [*x, 1]", "l = []\nf(l)\nassert l == [1]"),
    "not recorded": ("def f(g): pass", "calls = []\nf(calls.append)\nassert calls == [1]"),
    "attribute": ("class A:\n    x = 1", "assert A().x == 2"),
    "method": ("class A:\n    def m(self): return 1", "assert A().m() == 2"),
    "other class": ("class A: pass\nclass B: pass\ndef f(): return A()", "assert type(f()) is B"),
    "isinstance": ("class A: pass", "assert isinstance(A(), int)"),
    "missing": ("", "assert nowhere(1) == 1"),
    "printed": ("def f(): print('no')", "import contextlib, io\nout = io.StringIO()\nwith contextlib.redirect_stdout(out): f()\nassert out.getvalue() == 'yes\\n'"),
    "seeded": ("import numpy as np\ndef f(): return np.random.rand() + 1", "import numpy as np\nnp.random.seed(0); a = f(); np.random.seed(0)\nassert a == np.random.rand()"),
    "gradient": ("def f(x): return (x ** 2).sum()", "import torch\nx = torch.ones(2, requires_grad=True)\nf(x).backward()\nassert torch.equal(x.grad, 3 * torch.ones(2))"),
    "cut graph": ("def f(x): return (x.detach() ** 2).sum()", "import torch\nx = torch.ones(2, requires_grad=True)\nf(x).backward()\nassert x.grad is not None"),
    "untrained": ("import torch\nm = torch.nn.Linear(1, 1)\ndef train(m): pass", "b = m.weight.detach().clone()\ntrain(m)\nassert not (b == m.weight).all()"),
    "truth": ("def f(): return []", "assert f()"),
    "membership": ("class C:\n    def __iter__(self): return iter([1, 2])\nc = C()", "assert 3 in c"),
}  # fmt: skip


@pytest.fixture(scope="session")
def wrong(one_course: Course) -> Graded:
    return one_course.grade(
        *(cell for code, test in WRONG.values() for cell in (student(code), grade(test)))
    )


@pytest.mark.parametrize(("number", "what"), list(enumerate(WRONG)))
def test_wrong_answer_fails(wrong: Graded, number: int, what: str) -> None:
    assert error(wrong[2 * number + 1]).split(":")[0] in (
        *("AssertionError", "Failed", "KeyError", "NameError", "RuntimeError"),
    )
