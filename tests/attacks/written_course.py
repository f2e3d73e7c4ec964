"""It changes the tests, the settings, what a neighbour handed in and what was graded."""

# %%
import glob
import os

targets = ["@course@/nbgrader_config.py", *glob.glob("@course@/source/*/*")]
targets += glob.glob("@course@/*/*/*/*.ipynb") + glob.glob("@course@/tests/*/*")
for path in targets:
    if "@name@" not in path:
        try:
            os.chmod(path, 0o666)
            with open(path, "a") as file:
                file.write("\n \n")
        except OSError:
            pass
for place in ("@course@", "@course@/submitted", "@course@/source", "@repository@/torchmarks"):
    try:
        open(f"{place}/planted-@name@", "w").close()
    except OSError:
        pass
