"""It reads the instructor's home, keys, passwords and a folder that is nobody's business."""

# %%
import glob
import os

for place in ("@home@", "@outside@"):
    for path in glob.glob(f"{place}/*"):
        print(open(path).read())
for pattern in ("~/.ssh/*", "~/.netrc", "~/.bash_history", "~/.config/*", "/root/*", "/home/*/*"):
    for path in glob.glob(os.path.expanduser(pattern)):
        print("BREACH", path)
for path in ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", *glob.glob("/etc/ssh/*_key")):
    if os.access(path, os.R_OK):
        print("BREACH", path)
