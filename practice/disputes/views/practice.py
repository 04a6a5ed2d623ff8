"""This file knows the pages on which a specialist reads what a client says was wrong, and answers."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import invites
from practice.bookings.who_may import Side
from practice.config import settings
from practice.disputes import actions, forms, labels, policy, queries
from practice.disputes.models import Dispute
from practice.http.access import specialist
from practice.http.pages import link, page
from practice.values import clock

from .blueprint import bp
from .shared import of_either


@bp.get("/practice/bookings/<code>/dispute")
@specialist
def practice_show(code: str) -> Response:
    """What a client of theirs says was wrong, and how it stands."""
    return practice_page(queries.of_practice(current_user, code)[1])


def practice_page(dispute: Dispute, status: int = 200, **sent: Any) -> Response:
    """How a dispute stands, for its specialist; what the client wrote is read with two-step sign-in, and noted."""
    context = of_either(dispute, Side.SPECIALIST)
    may_read = current_user.has_two_step or settings().is_demo
    theirs = any(each.whose != "You" for each in context["statements"])
    if theirs and may_read:
        actions.note_read(dispute, by=current_user)
    if theirs and not may_read:
        context["statements"] = [each for each in context["statements"] if each.whose == "You"]
    known = queries.known_of(dispute)
    context |= {
        "reason_line": labels.for_specialist(dispute),
        "initials": invites.initials(dispute.booking),
        "needs_two_step": theirs and not may_read,
        "may_give_all": policy.may_give_all(known, Side.SPECIALIST),
    }
    return page("disputes/practice_show.html", status, **(context | sent))


@bp.post("/practice/bookings/<code>/dispute/say")
@specialist
def practice_say(code: str) -> Response:
    """How it was for them."""
    _, dispute = queries.of_practice(current_user, code)
    form = forms.SayForm()
    policy.may_say(queries.known_of(dispute), Side.SPECIALIST).require()
    if not form.validate_on_submit():
        return practice_page(dispute, 422, say_form=form)
    actions.say(dispute, (form.words.data or "").strip(), by=current_user)
    flash("We have your words. A person reads both sides.")
    return _back(code)


@bp.post("/practice/bookings/<code>/dispute/give-back")
@specialist
def give_all(code: str) -> Response:
    """All of it goes back, and nobody has to decide."""
    _, dispute = queries.of_practice(current_user, code)
    actions.give_all(dispute, by=current_user)
    flash("All of it goes back to your client, and this is closed.")
    return _back(code)


@bp.post("/practice/bookings/<code>/dispute/appeal")
@specialist
def practice_appeal(code: str) -> Response:
    """Somebody else shall look."""
    _, dispute = queries.of_practice(current_user, code)
    form = forms.AppealForm()
    policy.may_appeal(queries.known_of(dispute), Side.SPECIALIST, clock.now()).require()
    if not form.validate_on_submit():
        return practice_page(dispute, 422, appeal_form=form)
    actions.appeal(dispute, (form.why.data or "").strip(), by=current_user)
    flash("Another person looks at it, and decides for good.")
    return _back(code)


@bp.post("/practice/bookings/<code>/dispute/accept")
@specialist
def practice_accept(code: str) -> Response:
    """It is fine as it was decided."""
    _, dispute = queries.of_practice(current_user, code)
    actions.accept(dispute, by=current_user)
    flash("Thank you. Nobody else looks at it on your side.")
    return _back(code)


def _back(code: str) -> Response:
    answer: Response = redirect(link("disputes.practice_show", code=code), 303)
    return answer
