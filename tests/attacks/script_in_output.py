"""Its outputs carry scripts for whoever reads the feedback."""

# %%
from IPython.display import HTML, Javascript, Markdown, display

script = "<script>planted()</script><img src=planted onerror=planted()>"
display(HTML(script), Javascript("planted()"), Markdown(script))
display({"image/svg+xml": f"<svg onload='planted()'>{script}</svg>"}, raw=True)
display({"text/latex": f"$x$ {script}", "text/markdown": "[x](javascript:planted())"}, raw=True)
display({"application/javascript": "planted()", "text/plain": script}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": f"</script>{script}"}}, raw=True)
display(
    HTML(
        "<iframe src=planted></iframe><base href=planted><meta http-equiv=refresh content=planted>"
    )
)
print(script, "\x1b]8;;javascript:planted()\x1b\\x\x1b]8;;\x1b\\")


# %%
class Planted:
    def _repr_html_(self):
        return script

    def _repr_mimebundle_(self, **kwargs):
        return {"text/html": script, "image/png": '"><script>planted()</script>'}


Planted()

# %%
raise type("E<script>planted()</script>", (Exception,), {})(script)


# %% mean_square
def mean_square(x):
    display(HTML(script))
    raise ValueError(script)


# %% double
def double(x):
    raise ValueError(script)
