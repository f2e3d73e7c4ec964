"""Settings that cannot be read must end grading: nbgrader alone would go on without isolation."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_course import RIGHT, submit
from torchmarks.release import release

#: What keeps `torchmarks.isolation` from being imported, as a missing package would.
MISSING = "import sys\nsys.modules['torchmarks.isolation'] = None\n"


@pytest.mark.slow
def test_where_isolation_cannot_be_set_up_nothing_is_graded(small_course: Path):
    release(small_course)
    submit(small_course, "ada", RIGHT)
    config = small_course / "nbgrader_config.py"
    config.write_text(MISSING + config.read_text())
    for command in ("generate_assignment", "autograde"):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, "01-small"],
            cwd=small_course,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert "Nothing is graded, for submissions cannot be isolated" in done.stdout + done.stderr
    assert not (small_course / "autograded").exists()
