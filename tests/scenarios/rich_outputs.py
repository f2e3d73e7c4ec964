"""Cells show tables, formulas, Markdown and pictures."""
# says: further-1: [text/html]
# says: further-2: [text/latex]
# says: further-3: out of 3

# %%
from IPython.display import HTML, Image, Latex, Markdown, clear_output, display

display(HTML("<table><tr><td>1</td></tr></table>"), Markdown("**bold**"))

# %%
Latex(r"$\frac12$")

# %%
for n in range(3):
    clear_output(wait=True)
    print(n + 1, "out of 3")

# %%
1 + 1

# %%
_ + Out[1] if 1 in Out else _


# %% rms
def rms(x):
    display(Markdown("called"))
    return (x * x).mean().sqrt()
