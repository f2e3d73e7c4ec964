"""An answer is far larger than it should be."""
# earns: mean_square-marks=0
# says: mean_square-marks: Its answer is too large to be looked at.

# %% mean_square
def mean_square(x):
    return (x.reshape(-1, 1, 1) ** 2 * torch.ones(1, 5000, 5000)).contiguous()
