"""A cell cannot be read by Python, and checks of ours ask for its function."""
# earns: rms-marks=0
# says: rms: SyntaxError
# says: rms-marks: Run the cell that defines `rms`
# silent: rms-marks: Traceback

# %% rms
def rms(x):
    return (x * x).mean().sqrt()
    return x ** 
