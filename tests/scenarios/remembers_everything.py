"""A default argument keeps what earlier calls left in it."""
# earns: count_words-tests=0
# says: count_words-tests: AssertionError: text 1 has 0 words, not 6

# %% count_words
def count_words(text, words=[]):
    words += text.split()
    return len(words)
