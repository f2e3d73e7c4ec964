"""A function has another name than the exercise asks for."""
# earns: rms-marks=0, count_words-tests=0
# silent: rms-marks: Traceback
# says: rms-marks: Run the cell that defines `rms`
# says: count_words-tests: NameError: name 'count_words' is not defined

# %% rms
def root_mean_square(x):
    return (x * x).mean().sqrt()


# %% count_words
def countWords(text):
    return len(text.split())
