"""A grader that dies gives no verdict: the submission is graded again. It serves many drivers."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tests.isolation.grading import Course, grade, student
from tests.isolation.wires import pair
from torchmarks.isolation.channel import Closed
from torchmarks.isolation.gradeprocess import Grader, GraderDied
from torchmarks.isolation.sandbox import Sandbox
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


def test_a_grader_outlives_the_folder_that_it_was_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    course, begun = tmp_path / "course", tmp_path / "begun"
    course.mkdir()
    begun.mkdir()
    monkeypatch.chdir(begun)
    place = Workplace.start(None, unsafe=False)
    monkeypatch.chdir(tmp_path)
    begun.rmdir()
    try:
        process = place.grader._process._process
        assert process is not None
        place.grader.know(["import torch.optim"])  # torch asks for the folder when it imports them
        assert os.getcwd() == str(tmp_path)
        assert os.readlink(f"/proc/{process.pid}/cwd") == "/"
        cells = student("x = 1"), grade("assert x == 1")
        assert Course(place, course).grade(*cells).said == [""]
    finally:
        place.close()


def test_a_driver_that_is_killed_while_its_tests_run_harms_no_other(tmp_path: Path):
    running = tmp_path / "running"
    with tempfile.TemporaryDirectory() as folder:  # short enough for the name of a socket
        door = Path(folder, "grader")
        place = Workplace(Sandbox.start(), Grader.start(door))
        try:
            place.grader.know([])  # it is warm
            driver = os.fork()
            if not driver:
                own = Workplace(Sandbox.start(), Grader.reach(door))
                # Its fork is in a call that does not hear of the end at once.
                touch = f"from pathlib import Path\nPath({str(running)!r}).touch()"
                Course(own, tmp_path).grade(student("x = 1"), grade(f"{touch}\nsum(range(10**8))"))
                os._exit(0)
            while not running.exists():
                time.sleep(0.1)
            os.kill(driver, signal.SIGKILL)
            os.waitpid(driver, 0)
            time.sleep(5.0)
            graded = Course(place, tmp_path).grade(student("x = 1"), grade("assert x == 1"))
            assert graded.said == [""]
        finally:
            place.close()


def test_a_channel_that_is_closed_says_so():
    channel, other = pair()
    other.close()
    channel.close()
    with pytest.raises(Closed):
        channel.send({})
    with pytest.raises(Closed):
        channel.receive(1.0)
