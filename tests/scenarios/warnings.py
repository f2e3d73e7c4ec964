"""Everything warns and complains on the error stream."""
# says: further-1: careful
# says: further-1: a complaint

# %%
import logging
import sys
import warnings

logging.basicConfig(level=logging.DEBUG)
warnings.warn("careful")
print("a complaint", file=sys.stderr)


# %% mean_square
def mean_square(x):
    warnings.warn("deprecated, as ever", DeprecationWarning)
    logging.warning("about to square %s", x)
    return (x * x).mean()


# %% count_words
def count_words(text):
    print("counting", file=sys.stderr)
    warnings.warn(f"{len(text)} characters")
    return len(text.split())


# %% cube
def square(n):
    logging.getLogger("squares").error("squaring %s", n)
    return n * n


def cube(n):
    return n * square(n)
