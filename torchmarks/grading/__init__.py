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
    reasons   what an error means, and what mends it
    gather    the driver's reading of a course
    worker    nbgrader in a scratch course
    log       what nbgrader says there
    reports   what the reports of a graded notebook say
    changes   whose marks would change
    writer    files and rows of one submission, all or nothing
    lanes     processes or a Dask cluster
    run       the driver
    progress  how it goes, for persons and programs
    command   `torchmarks grade`, from its options to its closing table
"""

import signal
import threading
from multiprocessing import forkserver


def begin_to_import() -> None:
    """Let the process from which local workers are forked import nbgrader while this one does."""
    forkserver.set_forkserver_preload([f"{__name__}.worker"])
    # Ctrl-C is the driver's, which ends them all; they would each tell of it.
    in_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_main_thread else None
    try:
        forkserver.ensure_running()
    finally:
        if in_main_thread:
            signal.signal(signal.SIGINT, before)
