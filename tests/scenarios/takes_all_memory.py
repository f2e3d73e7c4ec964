"""A function fills the memory, one piece after the other."""
# earns: mean_square-marks=0
# says: mean_square-marks: It raised MemoryError in your line `pieces.append(np.ones(10**6))`

# %% mean_square
def mean_square(x):
    pieces = []
    while True:
        pieces.append(np.ones(10**6))
