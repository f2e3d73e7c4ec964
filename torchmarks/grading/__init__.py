"""Grading a class in parallel, with the same result as `nbgrader autograde` has.

One driver reads the course and is the only one that writes to it. Workers, processes here or
anywhere, do the grading: each gets a submission with all that belongs to it as plain bytes, lays
out a course that holds nothing else, lets nbgrader grade there behind `torchmarks.isolation`, and
sends back the autograded files and the rows of its small gradebook. The driver enters them, one
transaction a submission, and notes down a digest of what went in. So whatever ends the program, the
next run grades just what is missing or changed.

    quick     what nbgrader does again and again, done once
    tasks     what travels: `Bundle`, `Task`, `Graded`
    rows      a gradebook's rows as plain values, taken out and entered
    gather    the driver's reading of a course
    worker    nbgrader in a scratch course
    log       what nbgrader says there
    reports   what the reports of a graded notebook say
    changes   whose marks would change
    writer    files and rows of one submission, all or nothing
    lanes     processes or a Dask cluster
    run       the driver
    progress  how it goes, for persons and programs
"""

from multiprocessing import forkserver


def begin_to_import() -> None:
    """Let the process from which local workers are forked import nbgrader while this one does."""
    forkserver.set_forkserver_preload([f"{__name__}.worker"])
    forkserver.ensure_running()
