"""The answers need a class of their own for each of a million parts, in whoever rebuilds them."""

# %%
from collections import namedtuple

Nothing = namedtuple("Nothing", [])


# %% mean_square
def mean_square(x):
    return [Nothing()] * 700_000


# %% double
def double(x):
    return [object() for _ in range(300_000)]


# %% answer
answer = [Nothing()] * 700_000
