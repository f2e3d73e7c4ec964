"""What grading costs, measured: `make bench` and `make thousand`."""
