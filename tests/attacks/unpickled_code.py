"""The answers run code of their own in whoever unpickles, copies or shows them."""

# %% answer
import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @outside@/planted-@name@; echo BREACH",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __deepcopy__ = __copy__ = __getstate__ = lambda self, *args: os.system("kill $PPID")

    def __repr__(self):
        os._exit(3)


answer = Bomb()


# %% mean_square
def mean_square(x):
    return [Bomb(), {"bomb": Bomb()}]


# %% halve
def halve(x):
    x.bomb = Bomb()
    raise ValueError(Bomb())
