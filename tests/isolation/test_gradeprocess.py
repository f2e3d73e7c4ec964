"""A grader that dies gives no verdict: the submission is graded again."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from tests.isolation.grading import Course, grade, student
from torchmarks.isolation.gradeprocess import GraderDied
from torchmarks.isolation.workplace import Workplace


def test_a_grader_that_dies_with_work_in_hand_fails_no_test(tmp_path: Path):
    place = Workplace.start(None, unsafe=False)
    try:
        course = Course(place, tmp_path)
        cells = student("x = 1"), grade("assert x == 1")
        assert course.grade(*cells).said == [""]
        process = place.grader._process._process
        assert process is not None
        # It takes the work and does not begin with it.
        os.kill(process.pid, signal.SIGSTOP)
        threading.Timer(3.0, process.kill).start()
        with pytest.raises(GraderDied):
            course.grade(*cells)
    finally:
        place.close()
