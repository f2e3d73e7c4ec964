"""The notebook is handed in as it was released."""
# untouched: mean_square, count_words, account, heights, cube, rms
# earns: mean_square-marks=0, count_words-tests=0, account-tests=0, heights-tests=0, cube-tests=0, rms-marks=0
# says: mean_square-marks: Not attempted yet
# says: heights-tests: NameError: name 'heights' is not defined
