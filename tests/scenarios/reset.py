"""`%reset -f` stands in the middle, and later cells import what they need anew."""

# %% after count_words-tests
%reset -f

# %% heights
import csv

with open("heights.csv") as file:
    heights = [float(row["height"]) for row in csv.DictReader(file)]
tallest = max(heights)
