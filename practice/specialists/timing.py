"""This file knows what of an offer decides when it may start: offers that share it share one list of free times."""

from __future__ import annotations

from typing import NamedTuple

from .policy import CONSULT_MINUTES
from .states import OfferKind


class Timing(NamedTuple):
    """The kind has its hours, notice, horizon and limits; the minutes must fit and are what is taken."""

    kind: OfferKind
    minutes: int


CONSULT = Timing(OfferKind.CONSULT, CONSULT_MINUTES)  # as every free consultation is, also before one is offered
