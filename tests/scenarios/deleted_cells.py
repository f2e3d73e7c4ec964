"""A test cell, the set-up cell and a solution cell are missing."""
# earns: cube-tests=0

# %% hand in
for name in ("count_words-tests", "cube", "setup"):
    notebook.cells.remove(cell(name))
