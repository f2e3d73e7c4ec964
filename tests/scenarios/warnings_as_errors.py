"""A cell turns warnings into errors, and a function of another exercise warns."""
# earns: count_words-tests=0
# says: count_words-tests: UserWarning: careful

# %%
import warnings

warnings.simplefilter("error")


# %% count_words
def count_words(text):
    warnings.warn("careful")
    return len(text.split())
