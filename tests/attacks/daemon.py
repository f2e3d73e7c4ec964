"""A process that cuts all ties stays behind and waits for the next submission."""

# %%
import os
import time


def stay():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    with open("/proc/self/comm", "w") as file:
        file.write("@name@")
    os.closerange(0, 4096)
    while True:
        time.sleep(0.05)
        for place in ("/tmp", "/dev/shm", "@outside@"):
            try:
                open(f"{place}/planted-@name@", "w").close()
            except OSError:
                pass


stay()


# %% double
def double(x):
    stay()
    return 0.0
