"""Grade a class of attackers as an instructor would, with nbgrader's own commands.

After every attacker an honest student is graded, whom nothing of the attack may reach. One who
hands in before them all has a canary in the submission and in the gradebook.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from tests.attacks._attack import Attack, control, hand_in
from tests.attacks._course import ASSIGNMENT, NOTEBOOK, make_course
from tests.attacks._findings import NEIGHBOUR, NOTES, Graded, is_honest, read_text, victim_of
from tests.attacks._world import World

#: Seconds for a whole class.
CLASS_LIMIT = 1500


def grade(world: World, attacks: list[Attack], *, isolated: bool) -> Graded:
    """Let a class hand in, one attack each, grade it, and write its feedback."""
    course = world.folder / "course"
    shutil.rmtree(course, ignore_errors=True)
    make_course(course, world.canary, isolated=isolated)
    log = nbgrader(world, "generate_assignment", ASSIGNMENT)
    attackers = {attack.name: f"a{n:02}-{attack.name}" for n, attack in enumerate(attacks, 1)}

    def submit(attack: Attack, student: str) -> Path:
        folder = course / "submitted" / student / ASSIGNMENT
        hand_in(attack, course / "release" / ASSIGNMENT, folder, world.known)
        return folder

    (submit(control("right"), NEIGHBOUR) / NOTES).write_text(world.canary)
    with Gradebook(_database(course)) as gradebook:
        gradebook.add_student(NEIGHBOUR, first_name=world.canary)
    for attack in attacks:
        submit(attack, attackers[attack.name])
        submit(control("victim"), victim_of(attackers[attack.name]))
    before = _state(course)
    log += nbgrader(world, "autograde", ASSIGNMENT)
    left_behind = world.left_behind()
    log += nbgrader(world, "generate_feedback", ASSIGNMENT)
    changed = {name for name, _ in before.items() ^ _state(course).items()}
    return Graded(
        course=course,
        canary=world.canary,
        attackers=attackers,
        scores=_scores(course),
        log=log,
        left_behind=tuple(left_behind),
        changed=tuple(sorted(changed)),
    )


def nbgrader(world: World, *arguments: str) -> str:
    """Run a command of nbgrader in the course; returns its log."""
    path = world.folder / "log"
    # Not a pipe: whoever outlives the command would keep it open.
    with path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=world.folder / "course",
            env=os.environ | {"SECRET_TOKEN": world.canary},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(timeout=CLASS_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            log.write(f"{arguments[0]} hung and was stopped.\n".encode())
    return read_text(path)


def _database(course: Path) -> str:
    return f"sqlite:///{course / 'gradebook.db'}"


def _scores(course: Path) -> dict[str, dict[str, float]]:
    with Gradebook(_database(course)) as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.score + (grade.extra_credit or 0)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.find_assignment(ASSIGNMENT).submissions
        }


def _state(course: Path) -> dict[str, str]:
    """What grading must leave as it is: the files of the course, and what exercises are worth."""
    state = {}
    # Of what an attacker handed in, links and the like may be set aside.
    honest = [path for path in (course / "submitted").iterdir() if is_honest(path.name)]
    places = ("source", "release", "tests", "nbgrader_config.py")
    for place in [*(course / name for name in places), *honest]:
        for path in [place, *place.rglob("*")]:
            if "__pycache__" in path.parts or not (path.is_symlink() or path.is_file()):
                continue
            contents = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            state[str(path.relative_to(course))] = hashlib.sha256(contents).hexdigest()
    with Gradebook(_database(course)) as gradebook:
        notebook = gradebook.find_notebook(NOTEBOOK, ASSIGNMENT)
        state |= {f"points of {cell.name}": str(cell.max_score) for cell in notebook.grade_cells}
        state |= {f"source of {cell.name}": cell.source for cell in notebook.source_cells}
    return state
