"""It prints without end, and a gigabyte at once, and shows pictures without number."""
# harms

# %%
import os
import sys

from IPython.display import HTML, display


# %% double
def double(x):
    print("x" * 10**9)
    while True:
        print("x" * 1000)
        print("x" * 1000, file=sys.stderr)


# %% halve
def halve(x):
    raise ValueError("x" * 10**9)


# %% after essay
print("x" * 10**9)
# %%
while True:
    display(HTML("x" * 10**6))
# %%
while True:
    os.write(1, b"x" * 10**6)
# %%
while True:
    print("x" * 10**5)
