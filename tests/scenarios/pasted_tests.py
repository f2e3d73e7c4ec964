"""The text of a test cell was pasted into a cell of the student's own."""
# says: further-1: not attempted

# %%
from torchmarks import Marks


def mean_square(x):
    raise NotImplementedError()


marks = Marks(mean_square, points=4)
marks.check("of 1, 2 and 3", tensor([1.0, 2.0, 3.0]), expect=14 / 3)
marks

# %% after rms
assert rms(tensor([3.0, 3.0])) == 3
