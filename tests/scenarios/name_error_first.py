"""The first cell of the student's own fails, the good ones come after it."""
# says: further-1: NameError: name 'pandas' is not defined

# %%
pandas.read_csv("heights.csv")
