"""This file knows the form in which somebody chooses what staff read with a message that they report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectChoice, SelectMultipleField

from practice.http.forms import Form

EXCERPT = 160


class ShowingForm(Form):
    """Which of the few messages around it go along; none is chosen beforehand."""

    shown = SelectMultipleField("Also show", choices=[], validate_choice=True)

    def offer(self, bubbles: Iterable[dict[str, Any]]) -> None:
        """Fill the list with messages as their reader sees them."""
        self.shown.choices = [SelectChoice(each["code"], _line(each)) for each in bubbles]


def _line(bubble: dict[str, Any]) -> str:
    words = " ".join(bubble["words"].split())
    short = words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
    return f"{'You' if bubble['is_own'] else 'They'}, {bubble['time']}: {short or 'a file'}"
