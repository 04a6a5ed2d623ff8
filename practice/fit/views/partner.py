"""This file knows what the other half of a couple sees behind the link that was passed on to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents
from practice.accounts.intents import Gate
from practice.bookings import labels as booking_labels
from practice.fit import actions, queries
from practice.http.access import client, public
from practice.http.pages import link, page

from .blueprint import bp

KIND = "fit_partner"


def _target(_arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    """An address without the link's own secret, which is sealed with what was kept."""
    return link("fit.invitation_again")


intents.keep_at_gate(
    "fit.join",
    Gate(KIND, ("invitation",), _target, lambda _arguments, _fields: "answer from your own account"),
)


@bp.get("/fit/invitations/<token>")
@public
def invitation(token: str) -> Response:
    """What it is about, before anybody signs in: whom the two met, and nothing else about the one who passed it on."""
    return _invitation_page(token)


@bp.get("/fit/invitation")
@public
def invitation_again() -> Response:
    """The same for somebody who signed in meanwhile: what they had pressed is kept, not sent."""
    intent = intents.current_intent()
    token = str(intents.payload(intent).get("invitation", "")) if intent is not None and intent.kind == KIND else ""
    if not token:
        flash("Please open the link that you were sent once more.")
        return redirect(link("home.me"))
    return _invitation_page(token)


def _invitation_page(token: str) -> Response:
    found = queries.partner_link(token)
    return page(
        "fit/invitation.html",
        token=token,
        called=found.booking.call_name,
        person=booking_labels.person(found.booking.specialist),
    )


@bp.post("/fit/invitation")
@client
def join() -> Response:
    """Answer from an account of one's own."""
    booking = actions.join_as_partner(request.form.get("invitation", ""), by=current_user)
    intent = intents.current_intent()
    if intent is not None and intent.kind == KIND:
        intents.complete(intent)
    return redirect(link("fit.show", code=booking.code), 303)


@bp.post("/fit/invitation/not-now")
@public
def decline_invitation() -> Response:
    """Not this time; no account and no reason is needed."""
    actions.decline_invitation(request.form.get("invitation", ""))
    flash("Thank you for saying so. Nobody is told why.")
    return redirect(link("home.index"), 303)
