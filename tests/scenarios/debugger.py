"""A breakpoint was forgotten in a solution, and `%debug` in a cell."""
# earns: rms-marks=0

# %%
1 / 0

# %%
%debug

# %%
breakpoint()


# %% rms
def rms(x):
    breakpoint()
    return (x * x).mean().sqrt()
