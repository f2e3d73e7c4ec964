"""Beside the notebook lie a kernel, start-up files and settings that Python and Jupyter look for."""


# %% double
def double(x):
    return 0.0


# %% hand in
patch = """
import builtins
builtins.abs = lambda x: 0
open("@outside@/planted-@name@", "w").close()
"""
launcher = (
    patch
    + """
import sys
sys.path = [p for p in sys.path if p]
del sys.modules["ipykernel_launcher"] if "ipykernel_launcher" in sys.modules else None
"""
)
launcher = patch + "from ipykernel import kernelapp as app\napp.launch_new_instance()\n"
(folder / "ipykernel_launcher.py").write_text(launcher)
names = ["sitecustomize.py", "usercustomize.py", "ipython_config.py", "jupyter_config.py"]
names += [
    "IPython/__init__.py",
    ".ipython/profile_default/startup/a.py",
    ".jupyter/jupyter_config.py",
]
for name in names[:4] + names[5:]:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(patch)
