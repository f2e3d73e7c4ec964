"""A solution never ends, and plain tests ask for it."""
# earns: count_words-tests=0
# says: count_words-tests: It ran out of time. Is there a loop that does not end?

# %% count_words
def count_words(text):
    count = 0
    while text:
        count += 1
    return count
