"""This package knows everything about finding a specialist, meeting them and running a practice."""
