"""Its notebook is JSON nested so deep that whoever reads it runs out of stack."""
# refused

# %% hand in
notebook = None
deep = "[" * 200_000 + "]" * 200_000
text = '{"cells": [], "metadata": {"deep": %s}, "nbformat": 4, "nbformat_minor": 5}'
(folder / "small.ipynb").write_text(text % deep)
