"""An example cell ends Python, and so does a crash; solutions stand around them."""
# says: further-1: Python
# says: further-2: Python

# %% after mean_square-marks
import os

os._exit(0)

# %% after account
import ctypes

ctypes.string_at(0)
