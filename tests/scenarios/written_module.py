"""A cell writes a module, the next one imports it."""

# %%
%%writefile my_words.py
def words(text):
    return text.split()

# %%
from my_words import words


# %% count_words
def count_words(text):
    return len(words(text))
