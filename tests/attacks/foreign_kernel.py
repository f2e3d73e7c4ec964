"""It names a kernel of its own, whose description lies beside the notebook."""

# %% hand in
import json

kernel = {"argv": ["touch", "@outside@/planted-@name@"], "display_name": "P", "language": "python"}
for place in (
    "kernels/planted",
    ".local/share/jupyter/kernels/planted",
    "share/jupyter/kernels/python3",
):
    (folder / place).mkdir(parents=True)
    (folder / place / "kernel.json").write_text(json.dumps(kernel))
notebook.metadata.kernelspec = {"name": "planted", "display_name": "P", "language": "bash"}
notebook.metadata.language_info = {"name": "bash", "file_extension": "/../../x.sh"}
