"""Run attacks against stock nbgrader, in a sandbox of its own, and show which of them pay there.

`python -m tests.attacks [name …]`; those that would harm the machine are left out. An attack that
never pays anywhere proves nothing about a grader that withstands it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.attacks._attack import attacks
from tests.attacks._grading import grade
from tests.attacks._world import REPOSITORY, make_world

INSIDE = "TORCHMARKS_ATTACKS_SANDBOX"


def main() -> None:
    """Go into the sandbox first, then grade and print what was found."""
    if INSIDE not in os.environ:
        os.execvp("bwrap", _sandbox(sys.argv[1:]))
    isolated = "--isolated" in sys.argv
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    chosen = [a for a in attacks() if a.name in names or not names]
    chosen = [a for a in chosen if isolated or not a.harms]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with make_world() as world:
        graded = grade(world, chosen, isolated=isolated)
        for attack in chosen:
            print(f"\n{attack.name}: {attack.tries}", *graded.findings(attack), sep="\n    ")
        print("\nOutside:", *graded.outside(), sep="\n    ")
        Path("/tmp/log").write_text(graded.log)
        if "--log" in sys.argv:
            print(graded.log)


def _sandbox(arguments: list[str]) -> list[str]:
    return [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
        *("--tmpfs", "/var/tmp", "--dir", "/tmp/home", "--setenv", "HOME", "/tmp/home"),
        *("--setenv", INSIDE, "1"),
        *("--chdir", str(REPOSITORY), sys.executable, "-m", "tests.attacks", *arguments),
    ]


if __name__ == "__main__":
    main()
