"""The numbers in each chapter's text, computed."""
