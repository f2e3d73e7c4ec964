"""A test cell was copied to try it, and the copy left there, changed."""

# %% hand in
import copy

tests = cell("count_words-tests")
leftover = copy.deepcopy(tests)
leftover.id = "leftover"
leftover.source = "assert count_words('') == 1"
notebook.cells.insert(notebook.cells.index(tests), leftover)
another = copy.deepcopy(cell("rms-marks"))
another.id = "another"
notebook.cells.append(another)
