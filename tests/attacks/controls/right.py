"""An honest right answer to every exercise."""
# earns: mean_square-marks=4, halve-tests=2, double-tests=2, answer-tests=2


# %% mean_square
def mean_square(x):
    return (x**2).mean()


# %% halve
def halve(x):
    return x * 0.5


# %% double
def double(x):
    return x + x


# %% answer
answer = 60400 + 93
