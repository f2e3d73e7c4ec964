"""A process that shares what another one has started makes nothing of its own instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchmarks.errors import CourseError
from torchmarks.isolation import workplace as module
from torchmarks.isolation.gradeprocess import Grader
from torchmarks.isolation.sandbox import Sandbox
from torchmarks.isolation.workplace import Doors, has_died, use, workplace


def test_where_the_workplace_of_another_process_is_gone_nothing_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # One of its own would hide the scratch course, and might show the real one.
    monkeypatch.setattr(module, "_KEPT", module._Kept())
    doors = Doors(tmp_path / "sandbox", tmp_path / "grader")
    sandbox, grader = Sandbox.start(tmp_path, door=doors.sandbox), Grader.start(doors.grader)
    try:
        use(doors)
        assert workplace(tmp_path, unsafe=False).alive
        assert not has_died()
        sandbox.close()
        with pytest.raises(CourseError, match="Start grading again"):
            workplace(tmp_path, unsafe=False)
        assert has_died()
    finally:
        sandbox.close()
        grader.close()
