"""The notebook that it hands in is a link to the instructor's, with all solutions."""
# refused

# %% hand in
notebook = None
(folder / "small.ipynb").unlink()
(folder / "small.ipynb").symlink_to("@course@/source/01-small/small.ipynb")
