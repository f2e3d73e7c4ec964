"""It stops itself and its parents, without ending them, so that whoever waits would wait forever."""

# %%
import os
import signal


# %% double
def double(x):
    for pid in (os.getppid(), os.getpid()):
        os.kill(pid, signal.SIGSTOP)
    return 0.0


# %% after essay
for pid in (os.getppid(), os.getpid()):
    try:
        os.kill(pid, signal.SIGSTOP)
    except OSError:
        pass
