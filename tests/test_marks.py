"""The contract of `Marks`: a number for nbgrader, a report for a person, and no secret in either."""

import json
import subprocess
import sys
import threading
import time
import warnings

import pytest
import torch
from torch import Tensor, tensor
from torch.distributions import Categorical, Normal
from torch.nn.utils import parameters_to_vector

from torchmarks import Marks, cases, probes, render
from torchmarks.catalogue import Entry, LiveCatalogue
from torchmarks.conventions import REPORT_TYPE
from torchmarks.course import run_marks
from torchmarks.errors import BrokenCheck, Incomplete
from torchmarks.results import State

CELL = """marks = Marks(total, points=6)
marks.check("of three numbers", tensor([1.0, 2.0, 4.0]), expect=7.0)
marks.check("of a negative one", tensor([-1.5]), expect=-1.5)
### BEGIN HIDDEN TESTS
marks.check("of a secret", tensor([31.75, 2.125]), expect=lambda x: x.sum())
### END HIDDEN TESTS
marks"""


def graded(function, cell=CELL):
    return run_marks(cell, {"Marks": Marks, "tensor": tensor, "total": function}, "total-marks")


def stub(x):
    raise NotImplementedError()


def test_a_right_answer_earns_all_points_as_a_plain_number():
    marks = graded(lambda x: x.sum())
    assert repr(marks) == "6"
    assert marks.report().state is State.PASSED


def test_points_are_shared_equally_and_never_rounded_up_to_all():
    assert repr(graded(lambda x: x.sum() if x.numel() == 3 else x.sum() + 1)) == "2"
    cell = CELL.replace("points=6", "points=1")
    assert repr(graded(lambda x: x.sum() if x[0] < 30 else x, cell)) == "0.66"


def test_a_check_may_name_its_own_points():
    cell = CELL.replace("expect=7.0", "expect=7.0, points=5")
    assert repr(graded(lambda x: x.sum() if x.numel() == 3 else x, cell)) == "5"
    with pytest.raises(BrokenCheck, match="name 9 points, but there are 6"):
        repr(graded(lambda x: x, CELL.replace("expect=7.0", "expect=7.0, points=9")))


def test_an_untouched_stub_is_not_attempted_and_earns_nothing():
    report = graded(stub).report()
    assert (report.state, report.earned) == (State.NOT_ATTEMPTED, 0.0)
    assert "not attempted yet" in render.text(report)


def test_a_hidden_check_shows_its_name_and_no_number_of_its_own():
    marks = graded(lambda x: x.sum() + 0.1 * x[0] * x.numel())
    bundle = marks._repr_mimebundle_()
    for shown in (bundle["text/html"], json.dumps(bundle[REPORT_TYPE]), str(marks)):
        assert "of a secret" in shown
        assert "31.75" not in shown
        assert "33.875" not in shown
    assert "tensor([1., 2., 4.])" in bundle["text/html"]


def test_a_cell_whose_source_is_unknown_is_hidden():
    names = {"Marks": Marks, "tensor": tensor, "total": lambda x: -x.sum()}
    exec(compile(CELL, "<no source anywhere>", "exec"), names)
    assert all(check.hidden for check in names["marks"].report().checks)


def test_what_a_function_prints_in_a_hidden_check_is_dropped(capsys):
    def spy(x):
        print("saw", x.tolist())
        print("saw", x.tolist(), file=sys.stderr)
        return x.sum()

    graded(spy)
    out, err = capsys.readouterr()
    assert "saw [1.0, 2.0, 4.0]" in out
    assert "31.75" not in out
    assert err == ""


def test_a_warning_never_reaches_the_error_stream_that_nbgrader_scores_as_zero(capsys):
    def warned(x):
        warnings.warn("careful", stacklevel=1)
        return x.sum()

    # pytest would turn the warning into an exception; a kernel prints it.
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_: print(message, file=sys.stderr)
        assert repr(graded(warned)) == "6"
    assert capsys.readouterr().err == ""


def test_a_changed_input_fails_although_the_answer_is_right():
    def in_place(x):
        answer = x.sum()
        x.zero_()
        return answer

    report = graded(in_place).report()
    assert report.earned == 0
    assert "changes its input `x` in place" in report.checks[0].sentence


def test_the_ground_truth_gets_its_own_copies():
    marks = Marks(lambda x: x.sum(), points=1)
    marks.check("the same input for both", tensor([1.0, 2.0]), expect=lambda x: x.mul_(1.0).sum())
    assert marks.report().complete


def test_without_sees_a_forbidden_function_by_every_name():
    p = cases.simplex(4, 3).log()
    linear = torch.nn.Softmax(dim=-1)
    for forbidden in (
        lambda x: torch.softmax(x, -1),
        lambda x: x.softmax(-1),
        lambda x: torch.nn.functional.softmax(x, -1),
        lambda x: torch.special.softmax(x, -1),
        linear,
    ):
        marks = Marks(forbidden, points=2)
        marks.without(torch.softmax)
        marks.check("softmax", p, expect=lambda x: torch.softmax(x, -1))
        assert marks.report().earned == 0
        assert "It calls `torch.softmax`, which this exercise forbids" in str(marks)


def test_without_sees_methods_of_distributions_and_properties():
    for function, forbidden, expect in (
        (lambda p: Categorical(probs=p).entropy(), Categorical.entropy, torch.special.entr),
        (lambda p: Normal(p, 1.0).variance.sum(-1), Normal.variance, torch.ones_like),
        (lambda p: parameters_to_vector([p]).sum(), parameters_to_vector, torch.abs),
        (lambda p: torch.func.jacrev(torch.sum)(p).sum(), torch.func.jacrev, torch.ones_like),
        (
            lambda p: torch.optim.Adam([p]).param_groups[0]["lr"] * p.sum(),
            torch.optim.Optimizer,
            lambda p: p / 1000,
        ),
        (lambda p: torch.svd_lowrank(p[None])[1].sum(), torch.svd_lowrank, lambda p: p.norm()),
    ):
        # Optimizers, torch.func and whatever a decorator wraps are plain Python, too.
        for rules, earned in (((), 2), ((forbidden,), 0)):
            marks = Marks(function, points=2)
            marks.without(*rules)
            marks.check("a value", cases.simplex(3), expect=lambda p, e=expect: e(p).sum(-1))
            assert marks.report().earned == earned
    with pytest.raises(BrokenCheck, match="comes after a check"):
        marks.without(torch.softmax)


def test_no_line_of_a_test_is_shown_where_its_own_lambda_raises():
    cell = CELL.replace("expect=7.0", "expect=7.0, through=lambda f, x: f(lambda y: y @ y[:1])")
    marks = graded(lambda g: g(torch.ones(2)), cell)
    first = marks.report().checks[0].sentence
    assert first.startswith("It raised RuntimeError in your line `marks = graded(lambda g")
    assert "y @ y" not in first


def test_without_lets_other_functions_pass():
    marks = Marks(lambda x: x.exp() / x.exp().sum(-1, keepdim=True), points=2)
    marks.without(torch.softmax, torch.log_softmax, Categorical.entropy)
    marks.check("softmax", cases.logits(4, 3), expect=lambda x: torch.softmax(x, -1))
    assert marks.report().complete


def test_an_invariant_holds_or_says_why_not():
    def shift(f, x):
        return bool(torch.allclose(f(x + 7), f(x))) or "a shift of all scores changes it"

    for function, earned in ((lambda x: x.softmax(-1), 2), (lambda x: x.exp(), 0)):
        marks = Marks(function, points=2)
        marks.holds("shifting all scores changes nothing", shift, cases.logits(5))
        assert marks.report().earned == earned
    assert "a shift of all scores changes it" in str(marks)


def test_an_expected_error_must_come_and_be_of_the_right_kind():
    def checked(x):
        raise ValueError("negative")

    def wrong(x):
        raise KeyError("negative")

    for function, earned in ((checked, 1), (wrong, 0), (lambda x: x, 0), (stub, 0)):
        marks = Marks(function, points=1)
        marks.raises("a negative number", ValueError, tensor(-1.0))
        assert marks.report().earned == earned


def test_a_stub_does_not_pass_by_raising_where_any_error_is_asked_for():
    marks = Marks(stub, points=1)
    marks.raises("any error", Exception, 1.0)
    assert marks.report().state is State.NOT_ATTEMPTED


def test_a_probe_compares_gradients_and_tells_of_a_lost_graph():
    def cubed(x: Tensor) -> Tensor:
        return x**3

    for function, words in (
        (cubed, ""),
        (lambda x: (x**3).detach(), "does not carry a gradient"),
        (lambda x: x.detach() ** 2 * x, "off"),
    ):
        marks = Marks(function, points=1)
        marks.check("its gradient", cases.normal(5), expect=cubed, through=probes.gradient())
        assert marks.report().complete == (words == "")
        assert words in str(marks)


def test_a_broken_check_blames_its_author():
    marks = Marks(lambda x: x, points=1)
    with pytest.raises(BrokenCheck, match="“a slip” of"):
        marks.check("a slip", tensor([1.0]), expect=lambda x: x @ tensor([1.0, 2.0]))


def test_an_answer_of_another_kind_is_wrong_and_no_crash():
    for odd in (
        lambda x: x.to_sparse(),
        lambda x: x.to("meta"),
        lambda x: x + 1j,
        lambda x: object(),
        lambda x: x.sum,
    ):
        marks = Marks(odd, points=1)
        marks.check("as it is", cases.normal(3), expect=lambda x: x)
        assert marks.report().state is State.FAILED
        assert marks.report().checks[0].sentence


def test_time_runs_out_once_and_not_for_every_check():
    def endless(x):
        while True:
            pass

    marks = Marks(endless, points=2, time_limit=0.3)
    for _ in range(20):
        marks.check("again", tensor(1.0), expect=1.0)
    report = marks.report()
    assert report.earned == 0
    assert "ran out of time" in report.checks[-1].sentence


def test_a_busy_or_paused_machine_takes_no_time_from_a_call():
    def paused(x):
        time.sleep(0.6)
        return x

    marks = Marks(paused, points=1, time_limit=0.3)
    marks.check("late", tensor(1.0), expect=1.0)
    assert marks.report().earned == 1


def test_a_call_that_waits_for_ever_ends():
    marks = Marks(lambda x: threading.Event().wait(), points=1, time_limit=0.1)
    marks.check("never", tensor(1.0), expect=1.0)
    assert "ran out of time" in marks.report().checks[0].sentence


def test_sys_exit_and_a_name_that_is_no_function_are_wrong_answers():
    for function in (lambda x: sys.exit(0), 3, None):
        report = graded(function).report()
        assert report.earned == 0
        assert report.state is State.FAILED


def test_the_known_mistake_that_explains_most_failures_is_named():
    def no_sum(x):
        return x[0]

    def doubled(x):
        return 2 * x.sum()

    entries = (
        Entry("total", "first", no_sum, "It takes the first number only."),
        Entry("total", "doubled", doubled, "It counts everything twice."),
    )
    marks = Marks(lambda x: x.sum() * 2, points=1, catalogue=LiveCatalogue(entries))
    marks.exercise = "total"
    marks.check("a pair", tensor([2.0, -1.0]), expect=1.0)  # both mistakes give 2
    marks.check("three", tensor([1.0, 2.0, 3.0]), expect=6.0)
    assert marks.report().causes == ("It counts everything twice.",)


def test_a_mistake_that_would_have_failed_what_was_passed_is_not_named():
    def always_wrong(x):
        raise RuntimeError("no")

    entries = (Entry("total", "always", always_wrong, "It never works."),)

    def total(x):
        if x.numel() == 3:
            raise RuntimeError("no")
        return x.sum()

    for function, causes in ((total, ()), (always_wrong, ("It never works.",))):
        marks = Marks(function, points=1, catalogue=LiveCatalogue(entries))
        marks.exercise = "total"
        for x in (tensor([1.0]), tensor([1.0, 2.0]), tensor([1.0, 2.0, 3.0])):
            marks.check(f"{len(x)} numbers", x, expect=float(x.sum()))
        assert marks.report().causes == causes


def test_a_mistake_that_is_alike_by_chance_in_one_check_is_not_named():
    def doubled(x):
        return 2 * x.sum()

    entries = (Entry("total", "doubled", doubled, "It counts everything twice."),)

    def squared(x):
        return x.sum() ** 2

    def doubled_without_batches(x):
        return 2 * x.sum() if x.ndim == 1 else x.sum()

    for function, causes in (
        (squared, ()),
        (doubled_without_batches, ("It counts everything twice.",)),
    ):
        marks = Marks(function, points=1, catalogue=LiveCatalogue(entries))
        marks.exercise = "total"
        marks.check("two", tensor([2.0]), expect=2.0)  # its square is its double
        for values in ([3.0], [1.0, 4.0]):
            marks.check(f"{values}", tensor(values), expect=sum(values))
        marks.check("a batch", torch.ones(2, 2), expect=tensor([2.0, 2.0]))
        assert marks.report().causes == causes


def test_a_property_that_sees_a_changed_input_names_no_parameter():
    marks = Marks(lambda x: x.abs_(), points=1)
    marks.holds("the triangle inequality", lambda f, y: bool(f(y)[0] >= 0), -cases.positive(3))
    assert "It changes its input in place." in str(marks)


def test_a_probe_is_named_in_the_call_that_is_shown():
    visible = CELL.split("### BEGIN")[0] + "marks"
    cell = visible.replace("expect=7.0", "expect=lambda x: x.sum(), through=gradient")
    names = {"Marks": Marks, "tensor": tensor, "total": lambda x: 2 * x.sum()}
    marks = run_marks(cell, names | {"gradient": probes.gradient()}, "total-marks")
    assert "gradient(total, …)(tensor([1., 2., 4.]))" in str(marks)


def test_nbgrader_validate_gets_an_error_with_all_sentences(monkeypatch):
    marks = graded(lambda x: -x.sum())
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(Incomplete) as error:
        marks._repr_mimebundle_()
    lines = error.value._render_traceback_()
    assert all(len(line) <= 84 for line in lines)
    assert any("has the wrong sign" in line for line in lines)
    assert graded(lambda x: x.sum())._repr_mimebundle_()["text/plain"] == "6"


def test_the_html_escapes_what_a_student_may_write():
    def script(x):
        raise ValueError("<script>alert(1)</script>")

    html = graded(script)._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_students_copy_says_that_it_ran_the_visible_checks_only():
    visible = CELL.split("### BEGIN")[0] + "marks"
    assert render.VISIBLE_ONLY in str(graded(lambda x: x.sum(), visible))
    assert render.VISIBLE_ONLY not in str(graded(lambda x: x.sum()))


def test_the_same_inputs_come_whatever_a_student_does_to_the_seed():
    first = cases.simplex(3, 4)
    torch.manual_seed(99)
    torch.rand(7)
    assert torch.equal(first, cases.simplex(3, 4))


def test_importing_costs_little_on_top_of_torch():
    # Not a time, which would depend on the machine, but what takes the time: other packages.
    code = (
        "import sys, torch; before = set(sys.modules); import torchmarks; "
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    packages = {name for name in done.stdout.split() if not name.startswith("_")}
    assert packages <= {"torchmarks", *sys.stdlib_module_names}
