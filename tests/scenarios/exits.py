"""`exit`, which ends nothing in a notebook, and `sys.exit` stand in cells and in functions."""
# earns: mean_square-marks=0, count_words-tests=0
# says: mean_square-marks: SystemExit
# says: further-1: SystemExit
# says: count_words-tests: AssertionError: text 0 has 6 words, not None

# %%
import sys

sys.exit()

# %%
exit()


# %% mean_square
def mean_square(x):
    sys.exit("done")


# %% count_words
def count_words(text):
    exit()
