"""A function squares its argument in place."""
# earns: mean_square-marks=0
# says: mean_square-marks: changes

# %% mean_square
def mean_square(x):
    x *= x
    return x.mean()
