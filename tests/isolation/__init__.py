"""Tests of isolated grading."""
