"""`os.fork` and its kin are replaced: a child believes that it is the parent, and goes on talking."""

# %%
import os
import sys

really_fork = os.fork
os.fork = lambda: really_fork() and 0
os._exit = lambda status: None
os.waitpid = lambda pid, options: (pid, 0)
os.kill = os.close = lambda *args: None


# %% double
def double(x):
    os.write(1, f"{x}\n".encode())
    print(x, file=sys.__stdout__, flush=True)
    return 0.0


# %% after essay
print("still here")
