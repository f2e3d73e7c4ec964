"""All is solved, and nothing befalls it."""
# silent: mean_square-marks: not right
