"""It looks beside the installed package for the course that it is developed with."""

# %%
from pathlib import Path

import torchmarks

for root in (Path(torchmarks.__file__).parents[1], Path("@repository@")):
    for name in ("source", "solutions", "tests", "nbgrader_config.py", ".git"):
        if (root / name).exists():
            print("BREACH", root / name)
