"""Among its files are links to the gradebook, the tests, a neighbour's work and a diary."""

# %%
import glob
import os

for path in glob.glob("data/*"):
    if os.path.isfile(path):
        print(open(path, errors="replace").read())
    else:
        print(
            [
                open(inner, errors="replace").read()
                for inner in glob.glob(f"{path}/*/*")
                if os.path.isfile(inner)
            ]
        )

# %% hand in
(folder / "data").mkdir()
links = {
    "gradebook.csv": "@course@/gradebook.db",
    "source.csv": "@course@/source/01-small/small.ipynb",
    "neighbour.csv": "../../../a00-neighbour/01-small/small.ipynb",
    "diary.csv": "@outside@/diary.txt",
    "folder": "@course@/submitted/a00-neighbour",
    "environment.csv": "/proc/self/environ",
    "loop": ".",
}
for name, target in links.items():
    (folder / "data" / name).symlink_to(target)
