"""This file knows how many, how long and how late in the moderation room."""

from __future__ import annotations
