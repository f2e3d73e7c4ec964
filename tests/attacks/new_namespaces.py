"""It asks for capabilities, mounts, another root and another user."""

# %%
import ctypes
import os

libc = ctypes.CDLL(None)
CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET = 0x10000000, 0x20000, 0x40000000
for number in (CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNS):
    libc.unshare(number)
for ask in (os.setuid, os.setgid):
    try:
        ask(0)
    except OSError:
        pass
status = open("/proc/self/status").read()
effective = int(status.split("CapEff:")[1].split()[0], 16)
print(f"BREACH: capabilities {effective:x}" if effective else "no capabilities")
if os.getuid() == 0:
    print("BREACH: root")
for target in (b"/tmp", b"/proc", b"/"):
    if libc.mount(b"none", target, b"tmpfs", 0, b"") == 0:
        print("BREACH: mounted", target)
for path in ("/", "/proc/1/root", "/proc/1/cwd", "/proc/self/cwd/../../.."):
    if os.path.exists(f"{path}/@outside@/diary.txt"):
        print("BREACH: out through", path)
    try:
        os.chroot(path)
        print("BREACH: changed root to", path)
    except OSError:
        pass
