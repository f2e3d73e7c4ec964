"""One exercise of ours is handed in as it was released."""
# untouched: rms
# earns: rms-marks=0
# says: rms-marks: Not attempted yet
# silent: rms-marks: Traceback
