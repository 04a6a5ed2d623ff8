"""This file knows what a new row of this room holds where nobody said anything of it."""

from __future__ import annotations

from typing import Any

from practice.values.text import called

from .cancel_rules import PRESETS, Preset
from .states import OfferKind


def called_most_likely(context: Any) -> str:
    """What somebody of the name that is stored just now is called."""
    return called(context.get_current_parameters()["name"])[:60]


def has_price(context: Any) -> bool:
    """Whether an offer of that kind costs something."""
    return bool(context.get_current_parameters()["kind"] != OfferKind.CONSULT)


def usual_rule(context: Any) -> str | None:
    """What comes back of a price; what is free has no such rule."""
    return PRESETS[Preset.STANDARD].stored if has_price(context) else None
