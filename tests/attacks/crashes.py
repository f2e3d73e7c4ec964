"""Called by a test it crashes the interpreter: abort, segmentation fault, kill, no stack left."""
# earns: answer-tests=2

# %%
import ctypes
import os
import resource
import signal
import sys

hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


# %% mean_square
def mean_square(x):
    os.abort()


# %% halve
def halve(x):
    ctypes.string_at(0)


# %% double
def double(x):
    sys.setrecursionlimit(10**9)
    return double(repr(x))


# %% answer
answer = 60400 + 93

# %% after essay
os.kill(os.getpid(), signal.SIGKILL)
