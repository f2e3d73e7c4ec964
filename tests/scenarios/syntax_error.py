"""One cell cannot be read by Python."""
# earns: count_words-tests=0
# says: count_words: SyntaxError
# says: count_words-tests: NameError: name 'count_words' is not defined

# %% count_words
def count_words(text)
    return len(text.split())
