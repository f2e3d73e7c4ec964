"""What bubblewrap shows a session of this machine, as its command line."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from torchmarks.errors import CourseError
from torchmarks.isolation.warmprocess import PACKAGE


class SandboxMissing(CourseError):
    """No sandbox can be made here; the text says how to mend it."""


def bubblewrap(hidden: Path | None) -> list[str]:
    """The command line up to the program; raises `SandboxMissing` where there is no bwrap.

    Shown are the system's programs and libraries, Python with its packages, and this package:
    read-only. There is no network, no home, no course.
    """
    program = shutil.which("bwrap")
    if sys.platform != "linux" or program is None:
        raise SandboxMissing(why_not("bwrap: not found"))
    command = [
        program,
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--clearenv"),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--tmpfs", "/tmp", "--tmpfs", "/submission", "--tmpfs", "/home/student"),
    ]
    for number in range(len(below_tmp())):
        command += ["--dir", f"/kept/{number}"]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    binds = {Path(p): p for p in _shown()}
    if hidden is not None and shows(hidden):
        binds[hidden] = ""  # under a shown folder: covered, but for what is shown inside of it
    for target in sorted(binds, key=lambda p: len(p.parts)):
        command += (
            ["--ro-bind", binds[target], str(target)] if binds[target] else ["--tmpfs", str(target)]
        )
    for name in ("bin", "sbin", "lib", "lib64"):
        entry = Path("/", name)
        if entry.is_symlink():
            command += ["--symlink", os.readlink(entry), str(entry)]
        elif entry.is_dir():
            command += ["--ro-bind", str(entry), str(entry)]
    return [*command, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/", "--"]


def shows(folder: Path) -> bool:
    """Whether a sandbox shows the folder unless it is told to hide it."""
    return any(folder.is_relative_to(shown) for shown in _shown())


def leads_to_shown(path: Path) -> bool:
    """Whether the path is shown, or is a folder on the way to what is."""
    return any(path.is_relative_to(p) or Path(p).is_relative_to(path) for p in _shown())


def _shown() -> list[str]:
    system = ["/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"]
    packages = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    python = [sys.prefix, sys.base_prefix, sys.exec_prefix, *packages, str(PACKAGE)]
    shown: list[str] = []
    for folder in dict.fromkeys([*system, *map(os.path.realpath, python), *python]):
        if os.path.exists(folder) and not any(Path(folder).is_relative_to(p) for p in shown):
            shown.append(folder)
    return shown


def below_tmp() -> list[str]:
    """Shown folders that a private /tmp would cover."""
    return [folder for folder in _shown() if Path(folder).is_relative_to("/tmp")]


def environment() -> dict[str, str]:
    """What a session finds in `os.environ`."""
    packages = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": "/home/student",
        "USER": "student",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TORCHMARKS_PACKAGES": os.pathsep.join(packages),
    }


def why_not(complaint: str) -> str:
    """Why no sandbox can be made, and how to mend it; `complaint` is what bwrap said."""
    mend = (
        "Debian and Ubuntu: apt install bubblewrap (and, if it still fails, sysctl "
        "kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0); "
        "Fedora: dnf install bubblewrap; in a container: start it with --security-opt "
        "seccomp=unconfined --security-opt systempaths=unconfined; macOS: grade in a Linux virtual "
        "machine. `torchmarks doctor` shows what is missing. The setting "
        "c.IsolatedExecute.unsafe_no_sandbox = True grades without protection, for submissions "
        "that you trust."
    )
    lines = [line for line in complaint.strip().splitlines() if line.strip()]
    reason = lines[-1].strip() if lines else "it ended without a word"
    return f"Submissions cannot be isolated here ({reason}), so nothing was graded. {mend}"
