"""A solution cell was copied; the second one is better."""

# %% rms
def rms(x):
    return x.mean()


# %% hand in
import copy

again = copy.deepcopy(cell("rms"))
again.id = "again"
again.source = "def rms(x):\n    return (x * x).mean().sqrt()"
notebook.cells.insert(notebook.cells.index(cell("rms")) + 1, again)
