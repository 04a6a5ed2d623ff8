"""This file knows the two addresses for the card processor's messages: believed, stored once, answered; read later."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Response, current_app, request

from practice.http.access import public
from practice.http.bodies import takes_json
from practice.http.protection import csrf
from practice.payments import inbox
from practice.payments.actions import park
from practice.payments.policy.effects import Concern
from practice.providers.stripe_gateway import events
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.errors import Forged, WrongMode
from practice.providers.stripe_gateway.values import Event

from .blueprint import bp

log = logging.getLogger(__name__)

MOST = 512 * 1024  # bytes of a message; theirs have some thousand
Parse = Callable[[Gateway, bytes, str], Event]


@bp.post("/payments/webhooks/stripe")
@csrf.exempt
@takes_json
@public
def ordinary() -> Response:
    """An ordinary message."""
    return _heard(events.parse)


@bp.post("/payments/webhooks/stripe/thin")
@csrf.exempt
@takes_json
@public
def thin() -> Response:
    """A thin message: it only names what it is about."""
    return _heard(events.parse_thin)


def _heard(parse: Parse) -> Response:
    """200 once it is stored, or was before; 400, and nothing is stored, for what nobody can believe."""
    way: Gateway | None = current_app.extensions.get("stripe_gateway")
    if way is None:
        return _answer("Nothing is paid here.", 404)
    request.max_content_length = MOST
    try:
        event = parse(way, request.get_data(), request.headers.get("Stripe-Signature", ""))
    except Forged as problem:
        log.warning("a message was not the card processor's: %s", problem)
        return _answer("This message is not believed.", 400)
    except WrongMode:
        # Signed with our secret all the same: somebody mixed up the two, and it lies before staff once for all of them.
        park(Concern.WRONG_MODE)
        return _answer("This is of the other mode.", 400)
    inbox.keep(event)
    return _answer("Thank you.", 200)


def _answer(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
