"""Its metadata comes from the past, from the future and from nowhere."""

# %% hand in
cell("setup").metadata.nbgrader.schema_version = 99
cell("mean_square").metadata.nbgrader = {"grade_id": "mean_square", "schema_version": 0}
cell("halve-tests").metadata.nbgrader.schema_version = "three"
cell("double-tests").metadata.nbgrader = {}
cell("answer").metadata.nbgrader.grade_id = "'; DROP TABLE grade; --"
cell("answer-tests").metadata.nbgrader.points = "NaN"
cell("essay").metadata.nbgrader.points = -1
