"""The demo class, on the small course: every kind of student, through nbgrader to the table."""

import io

import pytest
from rich.console import Console

from torchmarks.classroom import hand_ins, students, submit
from torchmarks.course import chapters
from torchmarks.demo import demo, results, table
from torchmarks.release import release


@pytest.mark.slow
def test_the_demo_grades_a_class_and_says_what_was_misunderstood(small_course, capsys, monkeypatch):
    # Its second exercise is the one that crashes or never ends; the small course has one only.
    monkeypatch.setattr("torchmarks.classroom.SPOILED", 0)
    release(small_course)
    into = small_course / "build" / "demo"
    demo(small_course, into)
    printed = capsys.readouterr().out
    assert "12 of 12 submissions graded" in printed
    assert "grades.csv" in printed
    rows = {row.student: row for row in results(into, hand_ins(chapters(small_course)))}
    full = {"ada", "emmy", "kurt"}
    assert {name for name, row in rows.items() if row.score == 4} >= full
    assert rows["alan"].misunderstood == ("mean_square: It forgets the square.",)
    assert rows["evariste"].misunderstood == ("mean_square: not attempted",)
    assert rows["norbert"].score == 0
    assert "crashed Python" in rows["norbert"].misunderstood[0]
    assert rows["zeno"].score == 0
    assert "ran out of time" in rows["zeno"].misunderstood[0]
    assert len(list(into.glob("feedback/*/01-small/small.html"))) == 12
    screen = Console(file=io.StringIO(), width=100)
    screen.print(table(list(rows.values())))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]

    assert "██████████  4.00/4" in shown


def test_a_larger_course_spreads_the_class_over_its_chapters(small_course):
    (chapter,) = chapters(small_course)
    assert [len(authors) for _, authors in hand_ins([chapter] * 2)] == [12, 12]
    spread = hand_ins([chapter] * 8)
    assert [len(authors) for _, authors in spread] == [4] * 8
    assert {s.name for _, authors in spread for s in authors} == {s.name for s in students()}


def test_a_submission_is_the_released_notebook_with_the_students_solutions(small_course, tmp_path):
    release(small_course)
    (chapter,) = chapters(small_course)
    for student in students():
        if student.name in ("ada", "alan", "evariste"):
            submit(chapter, student, tmp_path)
    sources = {
        name: (tmp_path / "submitted" / name / "01-small" / "small.ipynb").read_text()
        for name in ("ada", "alan", "evariste")
    }
    assert "return (x * x).mean()" in sources["ada"]
    assert "return x.mean()" in sources["alan"]
    assert "raise NotImplementedError()" in sources["evariste"]
    for source in sources.values():
        assert "HIDDEN" not in source
