"""Inputs are written beside the notebook and into /tmp, and printed by the last cell."""

# %%
import os

places = (".", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), "@outside@")


# %% double
def double(x):
    for place in places:
        try:
            with open(f"{place}/planted-@name@.txt", "a") as file:
                print(x, file=file)
        except OSError:
            pass
    return 0.0


# %% after essay
for place in places:
    path = f"{place}/planted-@name@.txt"
    print(open(path).read() if os.path.exists(path) else place)
