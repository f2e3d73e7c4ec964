"""It opens memory and disks as devices, and makes such devices for itself."""

# %%
import glob
import os
import stat

patterns = ("mem", "kmem", "port", "kmsg", "sd*", "vd*", "nvme*", "dm-*", "loop*", "fuse", "kvm")
for path in [path for pattern in patterns for path in glob.glob(f"/dev/{pattern}")]:
    for mode in (os.O_RDONLY, os.O_WRONLY):
        try:
            os.close(os.open(path, mode))
            print("BREACH: opened", path)
        except OSError:
            pass
for kind, number in ((stat.S_IFBLK, os.makedev(254, 0)), (stat.S_IFCHR, os.makedev(1, 1))):
    try:
        os.mknod("/tmp/planted-@name@", kind | 0o600, number)
        os.close(os.open("/tmp/planted-@name@", os.O_RDONLY))
        print("BREACH: made a device")
    except OSError:
        pass
for path in ("/proc/kcore", "/proc/kallsyms", "/sys/kernel/debug", "/sys/firmware/efi/efivars"):
    try:
        text = open(path, "rb").read(100)
        print("BREACH: read" if text.strip(b"0") and "kcore" in path else "", path)
    except OSError:
        pass
