"""System calls that Python does not offer: namespaces, mounts, capabilities. Linux only.

All are called by our own code, inside of the sandbox, before any of the student's code runs, but
for `use_reserve`, which is called between calls of it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
from pathlib import Path

_NEW_MOUNT, _NEW_UTS, _NEW_IPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
_NEW_USER, _NEW_PID, _NEW_NET = 0x1000_0000, 0x2000_0000, 0x4000_0000
#: In /proc/self/ns; the user namespace gives the right to enter the others.
_KINDS = ("user", "mnt", "ipc", "net", "uts", "pid")
_NO_SUID, _NO_DEVICES = 2, 4
_SET_DUMPABLE, _DROP_BOUNDING, _SET_CHILD_SUBREAPER, _NO_NEW_PRIVILEGES = 4, 24, 36, 38
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_JOIN_NEW_KEYRING = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def leave_all_namespaces() -> None:
    """Enter new ones of every kind; the next fork is process 1 of the new process namespace."""
    uid, gid = os.getuid(), os.getgid()
    every = _NEW_USER | _NEW_MOUNT | _NEW_IPC | _NEW_PID | _NEW_NET | _NEW_UTS
    _checked(_libc.unshare(every), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def own_namespaces() -> list[int]:
    """Descriptors of the namespaces that this process is in, for another to `join`."""
    return [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY) for kind in _KINDS]


def join(namespaces: list[int]) -> None:
    """Enter the namespaces of another process; the next fork is in its process namespace.

    Whoever made that user namespace, or has the same user in the one above, may enter it.
    """
    for descriptor in namespaces:
        _checked(_libc.setns(descriptor, 0), "setns")
        os.close(descriptor)


def mount_private(folder: str, size: int) -> None:
    """An empty folder in memory, of at most `size` bytes and as many files as fit sensibly."""
    options = f"size={size},nr_inodes={max(1000, size // 4096)},mode=1777".encode()
    flags = _NO_SUID | _NO_DEVICES
    _checked(_libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options), f"mount {folder}")


def bind(folder: str, target: str) -> None:
    """Show a folder, and what is mounted in it, in a second place."""
    flags = 4096 | 16384  # MS_BIND, MS_REC
    _checked(_libc.mount(folder.encode(), target.encode(), None, flags, None), f"bind {folder}")


def make_read_only(folder: str) -> None:
    """Show a folder read-only from now on, whoever owns the files in it."""
    bind(folder, folder)
    # MS_REMOUNT, MS_BIND, MS_RDONLY, and what a mount of /proc has and may not lose.
    flags = 32 | 4096 | 1 | _NO_SUID | _NO_DEVICES | 8
    _checked(_libc.mount(None, folder.encode(), None, flags, None), f"remount {folder}")


def mount_own_processes() -> bool:
    """A /proc of the new process namespace; False where the kernel refuses.

    It does below a sandbox that root has started, for bubblewrap hides parts of /proc then. The
    sandbox's own /proc stays in place there: it shows that a few more processes exist, and the
    user namespace keeps their insides closed.
    """
    return bool(_libc.mount(b"proc", b"/proc", b"proc", 14, None) == 0)


def forbid_new_namespaces() -> None:
    """No process in here makes a user namespace of its own, with capabilities in it."""
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def leave_keyring() -> None:
    """A session keyring is inherited and would carry notes from one submission to the next."""
    number = _KEYCTL.get(platform.machine())
    if number:
        _libc.syscall(number, _JOIN_NEW_KEYRING, None)


def adopt_orphans() -> None:
    """Processes below, whose own parent has ended, become children of this one."""
    _checked(_libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def hide_memory(hidden: bool = True) -> None:
    """Whether nobody below may look into this process; a fork inherits it."""
    _checked(_libc.prctl(_SET_DUMPABLE, int(not hidden), 0, 0, 0), "prctl")


def drop_capabilities() -> None:
    """For good: this process and all below it have none, and gain none by running a program."""
    for capability in range(64):
        if _libc.prctl(_DROP_BOUNDING, capability, 0, 0, 0) < 0:
            break
    _checked(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
    header = (ctypes.c_uint32 * 2)(0x2008_0522, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


#: Bytes of memory above the limit: cells may have filled all below it, and tests are still to come.
RESERVE = 256 * 2**20


def address_space() -> int:
    """Bytes that this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def limit_resources(*, memory: int, processes: int, file_size: int) -> None:
    """Limits of one process: bytes of memory that it may map, and bytes of one file.

    The number of processes is the user's in this namespace; the kernel does not hold root to it,
    so the supervisor counts as well.
    """
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        above = value + RESERVE if limit == resource.RLIMIT_AS else value
        if hard != resource.RLIM_INFINITY:
            value, above = min(value, hard), min(above, hard)
        resource.setrlimit(limit, (value, above))


def use_reserve(use: bool) -> None:
    """Take the reserve of memory into use, or leave it again."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (hard if use else max(0, hard - RESERVE), hard))
