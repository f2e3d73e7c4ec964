"""Modules are imported under other names, and the usual names stand for something else."""

# %%
import numpy as n
import torch as t
from math import *
from torch.linalg import *

np = "Naples"
tensor = lambda *values: t.Tensor(values)
Tensor = Marks = None
torch = np


# %% mean_square
def mean_square(x):
    return t.mean(n.asarray(x).shape and x**2)


# %% rms
def rms(x):
    return t.mean(x**2) ** 0.5
