"""Its grade cells are tagged to be skipped, hidden, or expected to raise an error."""


# %% double
def double(x):
    return 0.0


# %% answer
answer = 7

# %% hand in
tags = ["skip-execution", "raises-exception", "hide-cell", "remove-cell", "nbgrader-skip"]
for grade_id in ("mean_square-marks", "halve-tests", "double-tests", "answer-tests"):
    cell(grade_id).metadata.tags = tags
notebook.metadata.update(tags=tags, execution={"allow_errors": True, "timeout": -1})
