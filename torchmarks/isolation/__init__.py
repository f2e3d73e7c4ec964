"""Isolated grading: a submission never shares a process with its tests.

Theory of operation
-------------------
Two processes take part in grading a notebook. The *session* runs the student's cells inside of a
bubblewrap sandbox. The *grader* holds the grade cells, the locked cells, the expected values and
the verdict, outside of it. Between them runs a wire that carries questions one way and plain data
the other. A student's code can take over its session completely and gains nothing by it: all that a
session can do is answer, and an answer is only a value.

Phase one. The sandbox has one warm process, the zygote, which has imported torch and the rest and
forks for each submission. The fork enters user, process, mount, network and IPC namespaces of its
own: process 1 in there is the supervisor, which mounts private file systems in memory and starts
the session. The session gives up all capabilities and runs the student's cells in their order.
Where a trusted cell stands it forks a snapshot of itself, which waits. When the last cell has run,
the outputs of the notebook are final, and everything but the snapshots is ended.

Phase two. The grader runs the trusted cells as the gradebook has them. A name that only the student
defines is remote there: a function is a stand-in whose call runs in a fork of that cell's snapshot,
a value is fetched. Questions travel by cloudpickle, answers come back as JSON and raw bytes with
caps on size, depth and time; only plain tensors, arrays, numbers, strings and containers are
rebuilt from them. Every comparison is made in the grader. A call that crashes, hangs, exits, or
answers with too much or nonsense costs that check only.

Hidden tests are run after everything that may be shown. The trusted cells of a notebook that has
some run twice: first without their hidden parts, then whole. Outputs, answers and tracebacks are
taken from the first run, in which there was nothing hidden to see; out of the second come points
and sentences of our own. The second run takes the answers to visible checks from the first, and
goes on from there.

The warm processes know what a class has in common: cells that were released as they are, and the
pictures of the instructor's figures. They learn it from the instructor's notebook, and from nothing
that a submission has shown.

Grounds. The cells that the instructor wrote and released run once, in a fork of the zygote, which
leaves a copy of itself, a ground, before each trusted cell. A submission whose cells only define
need not run the others again: a fork of the ground joins its room, takes in its definitions, and is
its snapshot. As soon as a cell does more, a session begins on the latest ground and goes on there.
Nothing of the student's runs in a ground.

When the supervisor's socket closes it ends, and with process 1 the kernel ends every process and
forgets every file of that submission.

=============  ==================================================================================
wire           `channel` (frames, caps, deadlines), `parcels` (questions), `values` and `rebuilding`
               (answers: what may be rebuilt), `handles` (what stays where it is), `gradients`
warm processes `serving` (their loop), `warming`, `rehearsal`, `parts`, `forking` (what is done
               before they fork), `warmprocess` (the driver's end)
in the sandbox `zygote`, `supervisor`, `ground`, `residents` (without rights), `namespaces`,
               `session`, `snapshot`, `answerer`, `drawings` (figures that were drawn before)
the grader     `grader`, `trusted` (its names), `interrupting`; `remote` and `asking` (what is
               asked), `answers` (what comes back), `raising` and `failures` (errors), `records`;
               `standins`, `methods` and `disguises` (what stays in the session); `hopeless` and
               `recall` (what the first run has learned)
on both sides  `shell`, `compiling`, `showing` (its outputs), `displays`; `conditions`, `files`,
               `changes` (what goes along with a call, and comes back)
the driver     `configuration`, `execute` (nbgrader's preprocessor), `conduct`, `phase_one`,
               `phase_two`, `jobs`, `plan`, `names`, `groundwork`, `fitting` (who stands on it),
               `inert` (which cells only define), `sandbox`, `bubblewrap`, `gradeprocess`,
               `workplace`, `selftest`, `doctor`, `clock`
what arrives   `repair` (the exporter), `parsing`, `reading`, `restoring`, `released`, `arrivals`
what leaves    `outputs`, `pages`, and `markdown`, `markup`, `pictures`, `harmless` below them
=============  ==================================================================================

docs/security.md says what is promised and what is not.
"""

from __future__ import annotations

from typing import Any

__all__ = ["IsolatedExecute", "configure"]


def __getattr__(name: str) -> Any:
    # Not imported at once: the sandbox imports this package too, and has no use for nbgrader.
    if name == "IsolatedExecute":
        from torchmarks.isolation.execute import IsolatedExecute

        return IsolatedExecute
    if name == "configure":
        from torchmarks.isolation.configuration import configure

        return configure
    raise AttributeError(name)
