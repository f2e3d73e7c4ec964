"""Answers are right in value, but text."""
# earns: mean_square-marks=0, count_words-tests=0
# says: mean_square-marks: a str
# says: count_words-tests: AssertionError: text 0 has 6 words, not 6

# %% mean_square
def mean_square(x):
    return str((x * x).mean().item())


# %% count_words
def count_words(text):
    return str(len(text.split()))
