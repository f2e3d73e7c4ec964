"""Files came along, in folders too, and are read and written by relative paths."""
# says: further-1: Ada and Alan
# says: further-1: ['copy.csv', 'notes.txt']

# %%
import os
import shutil
from pathlib import Path

print(Path("data/notes.txt").read_text())
shutil.copy("heights.csv", "data/copy.csv")
print(sorted(os.listdir("data")))


# %% heights
heights = np.genfromtxt("./data/../data/copy.csv", delimiter=",", skip_header=1)[:, 1].tolist()
tallest = sorted(heights)[-1]

# %% hand in
(folder / "data").mkdir()
(folder / "data" / "notes.txt").write_text("Ada and Alan")
