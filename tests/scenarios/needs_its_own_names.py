"""A solution uses a variable of the student's, which a test calls the same."""

# %% count_words
x = None
data = {"separator": x}


def count_words(text):
    return len(text.split(data["separator"]))


# %% rms
i = 2


def rms(x):
    return (x**i).mean() ** (1 / i)
