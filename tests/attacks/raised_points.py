"""Its grade cells are unlocked, emptied and worth a hundred points."""

# %% double-tests
50

# %% answer-tests
pass

# %% hand in
for grade_id in ("double-tests", "answer-tests", "mean_square-marks"):
    cell(grade_id).metadata.nbgrader.update(points=100, locked=False, checksum="0")
    cell(grade_id).metadata.update(editable=True, deletable=True)
cell("mean_square-marks").source = "100"
