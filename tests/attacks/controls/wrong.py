"""An honest wrong answer to every exercise."""


# %% mean_square
def mean_square(x):
    return 0 * x.sum()


# %% halve
def halve(x):
    return x + 2


# %% double
def double(x):
    return x - 2


# %% answer
answer = 7
