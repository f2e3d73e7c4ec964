"""It opens the settings of the machine's kernel for writing: whoever may set these owns the machine."""

# %%
import glob
import os

settings = ["core_pattern", "modprobe", "hostname", "randomize_va_space", "pid_max"]
paths = [f"/proc/sys/kernel/{name}" for name in settings]
paths += ["/proc/sys/vm/drop_caches", "/proc/sys/fs/binfmt_misc/register", "/proc/sysrq-trigger"]
paths += ["/sys/power/state", "/sys/kernel/uevent_helper", *glob.glob("/proc/irq/*/smp_affinity")]
paths += [f"/proc/{pid}/{name}" for pid in (1, 2) for name in ("oom_score_adj", "comm", "uid_map")]
paths += glob.glob("/sys/fs/cgroup/*/cgroup.procs") + glob.glob("/sys/fs/cgroup/*/release_agent")
for path in paths:
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("BREACH: may write", path)
    except OSError:
        pass
