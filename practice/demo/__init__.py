"""This folder knows a living marketplace of invented people, relative to today; only `practice/cli.py` loads it."""

from practice.demo.marketplace import load

__all__ = ["load"]
