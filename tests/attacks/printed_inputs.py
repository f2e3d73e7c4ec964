"""Called by a test, it shows the inputs in every way that a notebook has."""

# %%
import logging
import os
import sys
import warnings

from IPython.display import HTML, display


def tell(x):
    print(x)
    print(x, file=sys.stderr)
    warnings.warn(str(x))
    logging.error("%s", x)
    display(x, HTML(f"<b>{x}</b>"))
    os.write(1, str(x).encode())
    os.system(f"echo '{x}'")
    get_ipython().set_next_input(str(x))
    return 0.0


# %% mean_square
def mean_square(x):
    return tell(x.tolist())


# %% halve
def halve(x):
    return tell(x.tolist())


# %% double
double = tell
