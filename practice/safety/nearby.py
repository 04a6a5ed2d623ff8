"""This file knows in which country a reader probably is, so that the numbers shown to them are those nearby."""

from __future__ import annotations

from flask_login import current_user

from practice.http.clocks import viewer_zone, zone_is_known

from .places import country_of_zone


def guessed_country() -> str | None:
    """Where the reader probably is; never from a network address."""
    own = getattr(current_user, "country", None)
    return own or (country_of_zone(viewer_zone()) if zone_is_known() else None)
