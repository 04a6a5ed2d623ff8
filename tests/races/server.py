"""This file knows how the racing servers start: the product as it is, or, for a control run, with its guard off.

Only a server of the tests reads GUARD: the product itself knows no such setting.
"""

import os
import sys
import time
from datetime import datetime
from functools import wraps
from threading import local

from practice.app import create_app
from practice.bookings import actions, claims, queries
from practice.config import from_environment
from practice.operations.starting import settled
from practice.specialists.models import Offer
from practice.store.db import db

PAUSE = float(os.environ.get("PAUSE", "0.1"))  # between looking and taking, so that a control run never passes by luck


class _Seen(local):
    calendar = None


_seen = _Seen()
_verbs = [sys.modules[f"practice.bookings.actions.{verb}"] for verb in ("hold", "reserve", "move")]
_really_open = _verbs[0].require_open


def take_the_guard_off() -> None:
    """Nothing is claimed or locked any more, and whether a time is free is asked before, not in, the transaction."""
    claims.GUARDED = False
    claims.lock_specialist = claims.lock_client = lambda _id: None
    queries.is_taken = lambda *_, **__: False
    queries.nearest_if_gone = lambda *_, **__: None
    for verb in _verbs:
        verb.require_open = lambda *_, **__: _seen.calendar
    actions.hold, actions.book = _look_first(actions.hold), _look_first(actions.book)


def _look_first(action):
    """Look, wait a moment, take: how most booking software does it."""

    @wraps(action)
    def take(*arguments, **options):
        if not _has_hold(arguments):
            offer = next(each for each in arguments if isinstance(each, Offer))
            starts_at = next(each for each in arguments if isinstance(each, datetime))
            _seen.calendar = _really_open(offer, starts_at, claims.clock.now())
            db.session.rollback()
            time.sleep(PAUSE)
        return action(*arguments, **options)

    return take


def _has_hold(arguments) -> bool:
    return len(arguments) == 5 and arguments[4] is not None


if os.environ.get("GUARD") == "off":
    assert os.environ["MODE"] == "test"
    take_the_guard_off()
app = settled(lambda: create_app(from_environment()))
