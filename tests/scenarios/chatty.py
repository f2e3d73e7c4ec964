"""Functions print whatever passes, and a cell prints a great many lines."""
# says: further-1: line 0
# says: mean_square-marks: looking at

# %%
for n in range(20_000):
    print("line", n)


# %% mean_square
def mean_square(x):
    print("looking at", x)
    return (x * x).mean()


# %% count_words
def count_words(text):
    for word in text.split():
        print(word, end=" ", flush=True)
    return len(text.split())
