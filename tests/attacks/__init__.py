"""What a submission might try: each file without a leading underscore is one cheat or harm.

An attack's docstring is one line: what it tries. Headers may follow as comments:

    # earns: halve=2      marks that are honestly due; without it every exercise must earn 0
    # leaks: 4125         other words that would give a secret away, say in a code of its own
    # harms               never run it outside of a sandbox
    # refused             it may be turned away ungraded, as long as the class is graded

Then come the cells of the submission, in percent format:

    # %% double           stands in place of the student's cell `double`
    # %%                  a further cell, behind the one before (the first: behind the set-up cell)
    # %% after essay      a further cell, behind the cell `essay`
    # %% hand in          no cell: run by the suite on the finished `notebook` and its `folder`,
                          before they are handed in; `cell(grade_id)` finds a cell, and
                          `notebook = None` leaves what lies in the folder as it is

Whatever is not named stays as released, a stub. An attacker is taken to know the machine and this
suite: `@course@`, `@home@`, `@outside@`, `@repository@`, `@tcp@`, `@udp@`, `@socket@`, `@abstract@`
and `@name@`, the attack's own name, are filled in. What an attack leaves behind, anywhere, has
`planted` in its name; one that got where it must not prints `BREACH`.

`_course.py` is the attacked course, `_world.py` what lies around it and must not be touched,
`_grading.py` grades a class of attackers, each followed by an honest victim, and finds out what
came of it. `python -m tests.attacks` runs attacks against stock nbgrader, in a sandbox, and shows
which of them pay there.
"""
