"""A solution never ends, and our checks ask for it."""
# earns: rms-marks=0
# says: rms-marks: It ran out of time. Is there a loop that does not end?
# silent: rms-marks: Traceback

# %% rms
def rms(x):
    estimate = x.mean()
    while estimate * estimate != (x * x).mean():
        estimate = (estimate + (x * x).mean() / estimate) / 2
        estimate = estimate + 1
    return estimate
