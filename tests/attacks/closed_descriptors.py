"""It closes every file, pipe and socket that it was started with, in a cell and in a call."""

# %% double
import os


def double(x):
    os.closerange(0, 4096)
    return 0.0


# %% after double-tests
os.closerange(0, 4096)
