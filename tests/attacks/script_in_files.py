"""Its files are pages with scripts, which the formgrader would serve, and its text leads to them."""

# %% hand in
page = "<html><body onload='planted()'><script>planted()</script></body></html>"
for name in ("planted.html", "planted.HTM", "planted.svg", "small.html", "small"):
    (folder / name).write_text(page)
cell("essay").source = """See [my results](planted.html), [the curve](./planted.svg "a curve"), [x],
<a href="planted.HTM">these</a> and <planted.html>.

[x]: planted.html"""
