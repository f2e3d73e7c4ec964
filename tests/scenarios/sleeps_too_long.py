"""A cell sleeps for longer than it may; it had defined its function before."""
# says: count_words: before
# says: count_words: CellTimeoutError

# %% count_words
import time


def count_words(text):
    return len(text.split())


print("before")
time.sleep(600)
print("after")
