"""What this machine can do: finds each thing that isolated grading needs, and tries it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torchmarks.errors import CourseError
from torchmarks.isolation.bubblewrap import shows
from torchmarks.isolation.sandbox import Limits, Sandbox, pack
from torchmarks.isolation.selftest import confinement


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    detail: str


def examine(course: Path) -> Iterator[Finding]:
    """Look at everything in turn; what cannot be tried any more is left out."""
    yield Finding("system", sys.platform == "linux", f"{platform.system()} {platform.release()}")
    for package in ("torch", "nbgrader", "ipython", "bubblewrap"):
        yield _program() if package == "bubblewrap" else _package(package)
    started = time.monotonic()
    try:
        sandbox = Sandbox.start(course if shows(course) else None)
    except CourseError as error:
        yield Finding("sandbox", False, str(error))
        yield from _refusals()
        return
    try:
        yield Finding("sandbox", True, f"warm after {time.monotonic() - started:.1f} s")
        started = time.monotonic()
        room = sandbox.open_room(pack(course / "nothing", 0)[0], Limits(), {}, {})
        room.session.receive(30.0)
        sandbox.close_room(room)
        yield Finding(
            "room for a submission", True, f"{1000 * (time.monotonic() - started):.0f} ms"
        )
        for attempt in confinement(sandbox, course).attempts:
            yield Finding(
                f"out of the sandbox: {attempt.what}",
                attempt.refused,
                "refused" if attempt.refused else f"REACHED: {attempt.how}",
            )
    finally:
        sandbox.close()


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, "missing: pip install 'torchmarks[grading]'")


def _program() -> Finding:
    path = shutil.which("bwrap")
    if path is None:
        return Finding(
            "bubblewrap", False, "missing: apt install bubblewrap, dnf install bubblewrap"
        )
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return Finding(
        "bubblewrap", done.returncode == 0, done.stdout.split()[-1] if done.stdout else path
    )


def _refusals() -> Iterator[Finding]:
    """Settings of the kernel that may be why no sandbox starts; root is often exempt from them."""
    for file, refused, allowed in (
        ("/proc/sys/user/max_user_namespaces", "0", "10000"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0", "1"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ):
        path = Path(file)
        if path.exists() and path.read_text().strip() == refused:
            key = ".".join(path.parts[3:])
            yield Finding(key, False, f"{refused}: sudo sysctl {key}={allowed}")
