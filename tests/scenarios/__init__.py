"""What befalls honest students: each file without a leading underscore is one submission.

A scenario's docstring is one line: what happened. What must come of it follows as comments:

    # earns: rms-marks=2                  marks of a grade cell; without it, all that it is worth
    # says: rms-marks: It ran out of time   a text that is shown at this cell; may be repeated
    # silent: rms-marks: Traceback          a text that is not shown there; may be repeated
    # untouched: rms, cube                  cells that are handed in as they were released

Then come the cells of the submission, in percent format, as for the attacks in `tests/attacks/`:

    # %% rms             stands in place of the student's cell `rms`
    # %%                 a further cell, behind the one before (the first: behind the set-up cell)
    # %% after rms       a further cell, behind the cell `rms`
    # %% hand in         no cell: run on the finished `notebook` and its `folder`, before they are
                         handed in; `cell(grade_id)` finds a cell

Whatever is not named is solved rightly, as in `_right.py`: a misfortune in one exercise must leave
the others their marks. Further cells are called `further-1`, `further-2` and so on, in the order in
which the notebook has them.

`_course.py` is the course, `_grading.py` grades a class of such students. `python -m
tests.scenarios` shows what would come of them with nbgrader's own `Execute`.
"""
