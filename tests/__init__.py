"""The package, the course, and the graders of the course, all tested."""
