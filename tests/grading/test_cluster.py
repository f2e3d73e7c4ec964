"""A class on a Dask cluster: the same result, whatever it loses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.grading.results import autograded, gradebook
from tests.grading.running import command, run

pytestmark = pytest.mark.slow


def test_a_cluster_that_loses_a_worker_gives_the_same_result(course: Path, graded: Path):
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        driver = subprocess.Popen(
            command(
                course,
                *("torchmarks.cli", "grade", "01-small", "--json"),
                *("--scheduler", cluster.scheduler_address),
            ),
            cwd=course,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert driver.stdout is not None
        told = [driver.stdout.readline() for _ in range(3)]  # it has begun, and graded two
        assert '"begin"' in told[0]
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        rest, _ = driver.communicate(timeout=300)
    assert driver.returncode == 0, rest
    assert gradebook(course) == gradebook(graded)
    assert autograded(course) == autograded(graded)


@pytest.fixture
def scheduler() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a Dask scheduler without workers, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = dask("scheduler", "--host", "127.0.0.1", "--port", str(port))
    try:
        yield f"tcp://127.0.0.1:{port}", process
    finally:
        end(process)


def dask(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def impatient(address: str, *, lonely: int) -> list[str]:
    """Our command for a cluster, which gives up soon, or after so many seconds without a worker."""
    code = (
        "import torchmarks.grading.lanes as lanes\n"
        "from torchmarks.cli import main\n"
        f"lanes.PATIENCE, lanes.LONELY = 4, {lonely}\n"
        f"raise SystemExit(main(['grade', '01-small', '--json', '--scheduler', '{address}']))"
    )
    return [sys.executable, "-c", code]


def test_a_scheduler_that_is_lost_is_told_and_what_is_graded_is_kept(
    course: Path, scheduler: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
):
    address, process = scheduler
    scratch = str(tmp_path / "scratch")
    worker = dask(
        *("worker", address, "--nthreads", "1", "--nworkers", "1", "--death-timeout", "20"),
        *("--local-directory", scratch),
    )
    try:
        driver = subprocess.Popen(
            impatient(address, lonely=60),
            cwd=course,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert driver.stdout is not None
        told = [driver.stdout.readline() for _ in range(2)]
        end(process)
        rest, _ = driver.communicate(timeout=60)
    finally:
        end(worker)
    *more, last = rest.splitlines()
    assert last == (
        f"torchmarks: The scheduler at {address} is gone. What is graded is kept: "
        "start it and grade again."
    )
    assert driver.returncode == 2
    events = [json.loads(line) for line in (*told, *more)]
    students = {event["student"] for event in events if event["event"] == "submission"}
    assert {row[0] for row in gradebook(course)["grade"]} == students
    assert {name.split("/")[0] for name in autograded(course)} == students
    assert 1 <= len(students) < 6


def test_a_cluster_without_workers_is_told(
    course: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
):
    address, _ = scheduler
    done = subprocess.run(
        impatient(address, lonely=2), cwd=course, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"torchmarks: No worker has come to {address} in 2 seconds: "
        f"dask worker {address} starts one.\n"
    )


def test_a_scheduler_that_does_not_answer_is_told(course: Path):
    told = run(
        course,
        *("torchmarks.cli", "grade", "01-small", "--scheduler", "tcp://127.0.0.1:9"),
        status=2,
    )
    assert "No scheduler answers at tcp://127.0.0.1:9" in told
    assert "Traceback" not in told
