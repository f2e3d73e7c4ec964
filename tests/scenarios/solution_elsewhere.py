"""A solution stands in a cell of its own, the cell for it is empty or a comment."""

# %% rms
# see below

# %% after rms
def rms(x):
    return (x * x).mean().sqrt()


# %% count_words

# %% after count_words
def count_words(text):
    return len(text.split())
