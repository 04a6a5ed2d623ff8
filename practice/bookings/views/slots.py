"""This file knows the list of free starts that programs read."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from flask import redirect
from werkzeug.wrappers import Response

from practice.bookings import queries, visitors
from practice.http.access import public
from practice.http.clocks import viewer_zone
from practice.http.pages import link
from practice.scheduling.zones import local_isoformat

from .blueprint import bp


@bp.get("/specialists/<slug>/slots", defaults={"code": ""})
@bp.get("/specialists/<slug>/offers/<code>/slots")
@public
def slots(slug: str, code: str) -> Response | Any:
    """Every free start as ISO 8601 in the reader's zone; starts only, nothing about anybody else."""
    looker = visitors.looker()
    if looker == queries.NOBODY and (starts := queries.starts_at(slug, code)) is not None:
        return Response(_slots_in(viewer_zone(), starts), mimetype="application/json")
    offer = queries.chosen_offer(slug, code).offer
    if code and offer.code != code:
        return redirect(link("bookings.slots", slug=slug, code=offer.code))
    return Response(_slots_in(viewer_zone(), queries.starts_for(offer, looker)), mimetype="application/json")


@lru_cache(maxsize=256)
def _slots_in(zone: str, starts: tuple[int, ...]) -> bytes:
    """The whole answer, written once for each list and zone: many ask before anything changes."""
    return json.dumps({"zone": zone, "starts": local_isoformat(starts, zone)}, separators=(",", ":")).encode()
