"""A cell prints without end, and a function prints more than anybody reads."""
# says: further-1: and again

# %%
while True:
    print("and again " * 100)


# %% count_words
def count_words(text):
    for n in range(5_000):
        print(n, text * 10)
    return len(text.split())
