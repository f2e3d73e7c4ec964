"""Threads, processes and a data loader with workers do their share, and end."""
# says: further-1: [0, 1, 4, 9]
# says: further-2: 6

# %%
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import multiprocessing


def squared(n):
    return n * n


with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
    print(list(pool.map(squared, range(4))))

# %%
from torch.utils.data import DataLoader

sum(int(batch.sum()) for batch in DataLoader(range(4), batch_size=2, num_workers=2))


# %% count_words
def count_words(text):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(bool, text.split()))
