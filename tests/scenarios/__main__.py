"""Show what comes of the scenarios with nbgrader's own `Execute`: `python -m tests.scenarios`.

With names only of these, and with `--isolated` what comes of them here. Each is run with all that
this account may do: read a scenario before you run it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.scenarios._grading import grade
from tests.scenarios._scenario import scenarios


def main() -> None:
    """Grade, and print what was found."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    names = {name for name in sys.argv[1:] if not name.startswith("--")}
    chosen = [s for s in scenarios() if s.name in names or not names]
    with tempfile.TemporaryDirectory() as folder:
        graded = grade(chosen, Path(folder), isolated="--isolated" in sys.argv)
        for scenario in chosen:
            print(f"\n{scenario.name}: {scenario.what}", *graded.findings(scenario), sep="\n    ")
        if "--log" in sys.argv:
            print(graded.log)


if __name__ == "__main__":
    main()
