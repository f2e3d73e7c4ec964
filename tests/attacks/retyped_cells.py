"""Its grade cells are markdown, raw, or tasks, its essay is code that prints the points."""

# %% hand in
for grade_id, kind in (("mean_square-marks", "markdown"), ("double-tests", "raw")):
    cell(grade_id).cell_type = kind
    del cell(grade_id)["outputs"], cell(grade_id)["execution_count"]
cell("halve-tests").metadata.nbgrader.update(solution=True, grade=True)
cell("answer-tests").metadata.nbgrader.update(task=True, grade=False)
essay = cell("essay")
essay.cell_type, essay.source, essay.outputs, essay.execution_count = "code", "3", [], None
essay.metadata.nbgrader.update(solution=False, locked=True)
