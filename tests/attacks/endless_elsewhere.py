"""Loops without end where nobody looks for them: destructors, threads, exit handlers, `__repr__`."""

# %%
import atexit
import threading


def forever(*args, **kwargs):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


class Trap:
    __del__ = __repr__ = __str__ = __len__ = __iter__ = __eq__ = __reduce_ex__ = forever


threading.Thread(target=forever).start()
atexit.register(forever)


# %% halve
def halve(x):
    return Trap()


# %% double
def double(x):
    while True:
        yield x


# %% answer
answer = Trap()

# %% after essay
trap = Trap()
del trap
