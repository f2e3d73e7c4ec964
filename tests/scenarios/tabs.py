"""Lines are indented by tabs, and one cell mixes them with blanks."""
# earns: rms-marks=0
# says: rms: TabError

# %% count_words
def count_words(text):
	return len(text.split())


# %% rms
def rms(x):
    y = x * x
	return y.mean().sqrt()
