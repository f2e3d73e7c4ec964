"""A solution stands below the cell that tests it."""
# earns: count_words-tests=0
# says: count_words-tests: NameError: name 'count_words' is not defined

# %% count_words

# %% after account-tests
def count_words(text):
    return len(text.split())
