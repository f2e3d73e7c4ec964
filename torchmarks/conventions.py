"""Names by which the student's wing and the grader's find what the other one left for it."""

#: Names the folder `tests/` of a course to a kernel that grades; `nbgrader_config.py` sets it.
CATALOGUE_VARIABLE = "TORCHMARKS_CATALOGUE"
#: The kind of output, beside text and HTML, in which a cell keeps its report as data.
REPORT_TYPE = "application/vnd.torchmarks.report+json"
