"""NumPy arrays and numbers are returned where tensors are expected."""
# earns: mean_square-marks=0, rms-marks=1
# says: mean_square-marks: tensor
# says: rms-marks: tensor

# %% mean_square
def mean_square(x):
    return np.mean(np.square(x.numpy()), keepdims=True)


# %% rms
def rms(x):
    return np.asarray(x.numpy() ** 2).mean(keepdims=True) ** 0.5


# %% heights
heights = np.loadtxt("heights.csv", delimiter=",", skiprows=1, usecols=1)
tallest = heights.max()
