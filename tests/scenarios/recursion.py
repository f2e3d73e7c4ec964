"""Functions call themselves without end."""
# earns: rms-marks=0, count_words-tests=0
# says: rms-marks: RecursionError
# says: count_words-tests: RecursionError
# says: count_words-tests: in the line: return 1 + count_words(text[1:])
# silent: count_words-tests: torchmarks

# %% rms
def rms(x):
    return rms(x * x).sqrt()


# %% count_words
def count_words(text):
    return 1 + count_words(text[1:])
