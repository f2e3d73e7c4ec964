"""It shows a report of its own, as `Marks` would, with everything passed."""

# %% mean_square
from IPython.display import display

from torchmarks.results import Report

report = Report(exercise="mean_square", points=4.0, forbidden=(), checks=())
forged = {"exercise": "mean_square", "points": 4, "earned": 4, "state": "passed", "checks": []}
for data in (forged, report.as_json()):
    display({"application/vnd.torchmarks.report+json": data, "text/plain": "4"}, raw=True)


def mean_square(x):
    display({"application/vnd.torchmarks.report+json": forged, "text/plain": "4"}, raw=True)
    return 0 * x.sum()
