"""One exercise with plain tests is handed in as it was released."""
# untouched: count_words
# earns: count_words-tests=0
# says: count_words-tests: NotImplementedError
