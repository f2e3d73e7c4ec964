"""nbgrader's settings for this course. Each line says why it is there."""

import os
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    GetGrades,
    IncludeHeaderFooter,
    LockCells,
)

c = get_config()  # noqa: F821 (nbgrader runs this file with get_config defined)

# Names the course in the exchange, the gradebook and the formgrader.
c.CourseDirectory.course_id = "mathematical-foundations-for-pytorch"

# nbgrader would write to solution/; this course keeps them in solutions/.
c.CourseDirectory.solution_directory = "solutions"

# Solutions are shown without the hidden tests, and not run: outputs, and figures above all, differ
# in their bytes from machine to machine, and the committed solutions are compared byte for byte.
c.GenerateSolution.preprocessors = [
    IncludeHeaderFooter,
    ClearHiddenTests,
    LockCells,
    ClearOutput,
    ClearMarkScheme,
]

# A grade cell that a student deleted counts as failed only if it is put back.
c.OverwriteCells.add_missing_cells = True

# The same submission gives the same autograded notebook, without the time of day in it.
c.Execute.record_timing = False

# Seconds for one cell. A check stops a call after 10 seconds by itself, so that a loop without end
# is told by its sentence; this is for a cell that hangs outside of any check.
c.Execute.timeout = 60

# Feedback shows students what the checks found, not how the hidden ones are written.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]

# Kernels that grade find the catalogue of known mistakes here, and tell each by its sentence.
os.environ["TORCHMARKS_CATALOGUE"] = str(Path(__file__).resolve().parent / "tests")
