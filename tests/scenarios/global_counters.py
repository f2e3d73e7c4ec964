"""Functions count their calls in globals."""
# says: further-1: calls: 1

# %% count_words
calls = 0
seen = {}


def count_words(text):
    global calls
    calls += 1
    seen[text] = seen.get(text, 0) + 1
    return len(text.split())


# %% after count_words-tests
count_words("how often?")
print("calls:", calls)
