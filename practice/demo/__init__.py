"""This folder knows a living marketplace of invented people, relative to today; only a command loads it."""
