"""A function fills the memory by means of many processes, none of which is large."""
# earns: mean_square-marks=0
# says: mean_square-marks: It was killed: it crashed Python, or took more memory

# %% mean_square
import multiprocessing
import time


def fill(n):
    kept = np.ones(12_000_000)
    time.sleep(60)
    return kept.sum()


def mean_square(x):
    with multiprocessing.get_context("fork").Pool(16) as pool:
        pool.map(fill, range(16))
    return (x * x).mean()
