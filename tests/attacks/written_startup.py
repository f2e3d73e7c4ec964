"""It writes code that a later Python, IPython, Jupyter or shell would run on its own."""

# %%
import os
import site
from pathlib import Path

home = Path.home()
places = [
    Path(p) / "planted-@name@.pth" for p in (*site.getsitepackages(), site.getusersitepackages())
]
places += [
    home / ".ipython/profile_default/startup/planted-@name@.py",
    home / ".jupyter/planted-@name@.py",
    home / ".config/planted-@name@",
    Path("@home@/planted-@name@"),
    Path(os.__file__).parent / "planted-@name@.py",
    Path("@repository@/torchmarks/planted-@name@.py"),
    Path("/etc/planted-@name@"),
    Path("/usr/lib/planted-@name@"),
]
for path in places:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import os\n")
    except OSError:
        pass
