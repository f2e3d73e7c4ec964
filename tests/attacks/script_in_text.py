"""Its texts, sources and attachments carry scripts for whoever reads the feedback."""

# %% mean_square
# </code></pre><script>planted()</script>
"""</textarea><script>planted()</script>"""

# %% hand in
import base64

cell("essay").source = r"""An essay. <script>planted()</script> <img src=planted onerror=planted()>

[click](javascript:planted()) ![x](attachment:planted.svg) <svg/onload=planted()>

$\href{javascript:planted()}{x}$ <style>body { background: url(planted) }</style>

<iframe src="planted"></iframe> <a href="vbscript:planted">x</a> <form action=planted></form>"""
svg = base64.b64encode(b"<svg onload='planted()'/>").decode()
bundle = {"image/svg+xml": svg, "text/html": "<script>planted()</script>"}
cell("essay").attachments = {"planted.svg": bundle}
raw = {"cell_type": "raw", "id": "raw", "source": "<script>planted()</script>"}
notebook.cells.append({**raw, "metadata": {"format": "text/html", "raw_mimetype": "text/html"}})
