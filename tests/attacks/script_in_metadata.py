"""Its metadata, tags and ids carry scripts for whoever reads the feedback."""

# %%
print("an output")

# %% hand in
script = '"></script><script>planted()</script><img src=planted onerror=planted()>'
notebook.metadata.title = f"</title>{script}"
notebook.metadata.authors = [{"name": script}]
notebook.metadata.widgets = {
    "application/vnd.jupyter.widget-state+json": {"state": {script: script}, "version_major": 2}
}
notebook.metadata.language_info = {"name": script, "pygments_lexer": script, "mimetype": script}
for further in notebook.cells:
    further.metadata.tags = [script, "x onmouseover=planted()"]
    further.metadata.collapsed = script
    if not further.metadata.get("nbgrader"):
        further.id = script
