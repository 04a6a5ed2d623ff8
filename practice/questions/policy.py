"""This file knows how many, how long and how late in the questions room."""

from __future__ import annotations
