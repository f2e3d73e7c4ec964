"""The folder that it hands in is a link to a neighbour's."""
# refused

# %% hand in
import shutil

notebook = None
shutil.rmtree(folder)
folder.symlink_to("../a00-neighbour/01-small")
