"""Its grade cells and the locked set-up cell are gone, or stand before all others."""

# %% hand in
for grade_id in ("double-tests", "answer-tests", "setup"):
    notebook.cells.remove(cell(grade_id))
for grade_id in ("mean_square-marks", "halve-tests"):
    moved = cell(grade_id)
    notebook.cells.remove(moved)
    notebook.cells.insert(0, moved)
