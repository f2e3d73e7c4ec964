"""Functions end Python, or crash it."""
# earns: mean_square-marks=0, count_words-tests=0, rms-marks=0
# says: mean_square-marks: It ended Python: take out `exit`, `quit` and `os._exit`.
# says: count_words-tests: It ended Python: take out `exit`, `quit` and `os._exit`.
# says: rms-marks: It was killed: it crashed Python

# %% mean_square
import os


def mean_square(x):
    os._exit(1)


# %% count_words
def count_words(text):
    os._exit(0)


# %% rms
def rms(x):
    os.abort()
