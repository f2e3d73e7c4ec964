"""A function asks for more memory than anybody has."""
# earns: mean_square-marks=0, count_words-tests=0
# says: mean_square-marks: RuntimeError
# says: count_words-tests: MemoryError

# %% mean_square
def mean_square(x):
    return torch.ones(10**15).mean()


# %% count_words
def count_words(text):
    return len(bytearray(10**15))
