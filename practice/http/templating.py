"""This file knows how templates read what is sealed: where it does not open, its place says so and the page stands."""

from __future__ import annotations

from typing import Any

from flask.templating import Environment

from practice.store import sealed
from practice.store.vault import VaultLocked


class Templates(Environment):
    """Jinja as it is, but for the one error that is no reason to refuse a whole page."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` as a template means it."""
        try:
            return super().getattr(obj, attribute)
        except VaultLocked:
            return sealed.shown(obj, attribute)
