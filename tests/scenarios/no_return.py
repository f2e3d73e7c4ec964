"""The answer is printed, not returned."""
# earns: rms-marks=0, count_words-tests=0
# says: rms-marks: None
# says: count_words-tests: AssertionError: text 0 has 6 words, not None

# %% rms
def rms(x):
    print((x * x).mean().sqrt())


# %% count_words
def count_words(text):
    print(len(text.split()))
