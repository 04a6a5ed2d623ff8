"""This file knows examples of the letters about what people write: to each other, to us, and in public."""

from __future__ import annotations

from typing import Any

MODERATION: list[tuple[Any, ...]] = []
MESSAGES: list[tuple[Any, ...]] = []
CONTACT: list[tuple[Any, ...]] = []
QUESTIONS: list[tuple[Any, ...]] = []
ROOMS = (("moderation", MODERATION), ("messages", MESSAGES), ("contact", CONTACT), ("questions", QUESTIONS))
