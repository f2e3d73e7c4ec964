"""Cells print bytes that are no text, control characters and half letters."""
# says: further-1: end

# %%
import os

os.write(1, b"\xff\xfe caf\xe9\n")
print("\x00\x1b[2J\x07\ud800 \ufffe")
print("end")

# %%
"\ud83d and \x00"


# %% count_words
def count_words(text):
    print("\udcff")
    return len(text.split())
