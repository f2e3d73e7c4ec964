"""nbgrader's settings for this course. Each line says why it is there."""

import os
from pathlib import Path

from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
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

# Submissions run in a sandbox, their tests outside of it; what arrives broken is mended; feedback
# shows nothing hidden. These lines are all that another nbgrader course needs. Without the `try` an
# error would only be logged: nbgrader drops a file that fails, and grades without isolation.
try:
    from torchmarks.isolation import configure

    configure(c)
except Exception as error:
    raise SystemExit(f"Nothing is graded, for submissions cannot be isolated: {error}") from None

# The same submission gives the same autograded notebook, without the time of day in it.
c.Execute.record_timing = False

# Seconds for one cell. A check stops a call that computes for 5 seconds, so that a loop without end
# is told by its sentence; this is for a cell that hangs outside of any check.
c.Execute.timeout = 60

# Whoever grades finds the catalogue of known mistakes here, and tells each by its sentence.
os.environ["TORCHMARKS_CATALOGUE"] = str(Path(__file__).resolve().parent / "tests")
