"""Work without end inside of C, where no Python signal handler runs."""

# %%
import re


# %% mean_square
def mean_square(x):
    return re.match(r"(a+)+$", "a" * 60 + "!")


# %% halve
def halve(x):
    return sum(range(10**13))


# %% double
def double(x):
    return 3 ** (10**10)


# %% after essay
re.match(r"(a+)+$", "a" * 60 + "!")
