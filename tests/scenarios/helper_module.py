"""Helpers stand in a module and a package that lie beside the notebook."""

# %%
import my_helpers
from my_tools.numbers import halves
from my_helpers import words


# %% count_words
def count_words(text):
    return len(words(text))


# %% cube
def square(n):
    return my_helpers.times(n, n)


def cube(n):
    return n * square(n)


# %% mean_square
def mean_square(x):
    return 2 * halves((x * x).mean())


# %% hand in
(folder / "my_helpers.py").write_text(
    "def words(text):\n    return text.split()\n\n\ndef times(a, b):\n    return a * b\n"
)
(folder / "my_tools").mkdir()
(folder / "my_tools" / "__init__.py").write_text("from . import numbers\n")
(folder / "my_tools" / "numbers.py").write_text("def halves(x):\n    return x / 2\n")
