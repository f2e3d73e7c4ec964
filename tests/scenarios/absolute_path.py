"""A file is read by a path that only the student's computer has."""
# earns: heights-tests=0
# says: heights: FileNotFoundError
# says: heights-tests: NameError: name 'heights' is not defined

# %% heights
with open("/Users/ada/course/heights.csv") as file:
    heights = [float(row["height"]) for row in csv.DictReader(file)]
tallest = max(heights)
