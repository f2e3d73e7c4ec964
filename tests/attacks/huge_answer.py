"""The answers are huge: a text of 200 MB, a dictionary of a million keys, an integer without end."""


# %% mean_square
def mean_square(x):
    return dict.fromkeys(range(10**6), "x" * 100)


# %% halve
def halve(x):
    return torch.ones(2**27)


# %% double
def double(x):
    return 1 << 10**8


# %% answer
answer = "7" * 200_000_000
