"""It waits for what never comes: input, a lock, a pipe, a child, a socket."""

# %%
import os
import threading

os.mkfifo("pipe")


# %% mean_square
def mean_square(x):
    return input("Which answer? ")


# %% halve
def halve(x):
    lock = threading.Lock()
    return lock.acquire() and lock.acquire()


# %% double
def double(x):
    return os.read(os.open("pipe", os.O_RDONLY), 1)


# %% after essay
os.read(os.pipe()[0], 1)
