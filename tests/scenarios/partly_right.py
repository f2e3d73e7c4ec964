"""An answer is right in the visible tests only: ours give it a part of the points."""
# earns: mean_square-marks=2, count_words-tests=0
# says: count_words-tests: A hidden test of this cell failed
# silent: count_words-tests: two

# %% mean_square
def mean_square(x):
    return (x * x).sum() / x.shape[-1] * min(1, x.shape[-1] - 1)


# %% count_words
def count_words(text):
    return len([word for word in text.split(" ") if word])
