"""Solutions use functions and constants that stand in cells of their own."""

# %%
SEPARATORS = None

# %%
def mean(x):
    return x.sum() / x.numel()


# %% mean_square
def mean_square(x):
    return mean(x * x)


# %% after count_words
def words(text):
    return text.split(SEPARATORS)


# %% count_words
def count_words(text):
    return len(words(text))
