"""Among its files are named pipes, a device, a socket and names that no tool expects."""

# %% hand in
import os
import socket

os.mkfifo(folder / "data.csv")
os.mkfifo(folder / "timestamp.txt")
os.mkfifo(folder / "more.ipynb")
with socket.socket(socket.AF_UNIX) as listening:
    listening.bind(os.path.relpath(folder / "socket"))
for name in ("-rf *", "a\nb", "$(touch planted)", "%s{}", "café́", "x" * 200):
    (folder / name).write_text("data")
(folder / os.fsdecode(b"\xff.txt")).write_text("data")
(folder / "locked").mkdir(mode=0)
