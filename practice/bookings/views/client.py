"""This file knows the pages of one booking as its client sees them; a stranger sees 404 on every one."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import (
    actions,
    begun,
    complaints,
    forms,
    invites,
    labels,
    near_it,
    policy,
    queries,
    sale_labels,
    slot_picker,
    sold,
    timeline,
    visitors,
    withdrawing,
)
from practice.bookings.errors import LessComesBack, NotThisTime
from practice.bookings.models import Booking
from practice.bookings.money_back import Why
from practice.bookings.states import CANCELLED, BookingState
from practice.bookings.who_may import Possible, Side
from practice.http.access import client
from practice.http.clocks import local, reader
from practice.http.pages import link, page
from practice.providers.calendar_ics import download_file
from practice.store import sealed
from practice.values import clock
from practice.values.errors import Conflict

from . import contests, unpaid
from .blueprint import bp

# An amount in smallest units, as a page of ours writes it.
MINOR = re.compile("[0-9]{1,12}")


def mine(code: str) -> Booking:
    return queries.booking_of_client(current_user, code)


def _back(code: str) -> Response:
    answer: Response = redirect(link("bookings.show", code=code), 303)
    return answer


def done(code: str, what: str) -> Response:
    """Back to the page, which says what was done."""
    flash(what)
    return _back(code)


@bp.get("/bookings/<code>/confirmed")
@client
def confirmed(code: str) -> Response:
    """It is booked: what happens next, and how to take it back."""
    booking = mine(code)
    if not booking.is_confirmed:
        return _back(code)
    possible = queries.possible(booking, Side.CLIENT)
    return page(
        "bookings/confirmed.html",
        booking=booking,
        person=labels.person(booking.specialist),
        steps=labels.what_next(booking, possible),
        possible=possible,
        promised=_promised(booking, possible),
    )


@bp.get("/bookings/<code>")
@client
def show(code: str) -> Response:
    """One booking: join, change, what happened."""
    return booking_page(mine(code))


def booking_page(booking: Booking, status: int = 200, **more: Any) -> Response:
    """The booking's page with everything that is possible now, and nothing that is not."""
    moves, contest = queries.history(booking), queries.contest_of(booking)
    possible, looker = queries.possible(booking, Side.CLIENT), visitors.mover(booking)
    context: dict[str, Any] = {
        "booking": booking,
        "person": labels.person(booking.specialist),
        "lines": labels.booking_lines(booking),
        "tile": labels.tile(booking.starts_at),
        **timeline.shown(moves, booking, current_user.id),
        "possible": possible,
        "ended": labels.over(booking),
        "unmovable": labels.unmovable(booking, possible),
        "note": sealed.shown(booking, "note"),
        "topics": labels.topics(booking),
        "phone": sealed.shown(booking, "phone") if booking.format == "phone" else "",
        "looked_at": labels.looked_at(contest, booking, current_user.id),
        "asked_whether": "" if contest else sale_labels.asked_whether(booking, possible, current_user.id),
        "complaint": complaints.about(booking, Side.CLIENT),
        "going_on": unpaid.about(booking),
        "is_cancelled": booking.state in CANCELLED,
        "counts": policy.counts(booking),
        "may_book_again": not booking.is_confirmed and queries.may_consult_again(current_user, booking.specialist),
        "prepare": _prepare_form(booking),
        "contest_form": forms.ContestForm(),
        "answer_form": forms.AnswerForm(),
        "others": others(booking),
        "times": begun.times(booking.appointment.offer),
        "proposed": slot_picker.still_free(booking, booking.open_proposal, looker) if possible.take_proposed else [],
        "money": sale_labels.money_of(booking),
        "cheaper": labels.cheaper_now(booking, current_user) if possible.choose_time else "",
        "promised": _promised(booking, possible),
        "brings": sale_labels.brings_to(booking, clock.now()) if possible.cancel else None,
        "move_form": forms.MoveForm(formdata=None),
        "hurry_until": sold.hurry_until(booking, clock.now()),
        "may_withdraw": withdrawing.may_once_held(booking, clock.now()),
        "withdraws_until": withdrawing.ahead_until(booking, clock.now()),
        "may_say_no_fit": sold.may_say_no_fit(booking, clock.now()),
    }
    return page("bookings/show.html", status, **(context | _near(booking) | more))


def _promised(booking: Booking, possible: Possible) -> list[dict[str, Any]]:
    """Until when a cancellation brings what; nothing of what is free, or cannot be cancelled any more."""
    return sale_labels.promised(sold.to_cancel(booking), clock.now()) if booking.price and possible.cancel else []


def _prepare_form(booking: Booking) -> forms.PrepareForm | None:
    """None where the words that it would replace cannot be read."""
    if isinstance(sealed.shown(booking, "prep"), sealed.Unread):
        return None
    return forms.PrepareForm(data=_prepared(booking), formdata=None)


def _prepared(booking: Booking) -> dict[str, Any]:
    return {"words": booking.prep, "shares": booking.shares_prep}


def others(booking: Booking) -> list[Any]:
    """A "no" never ends a page: colleagues with free times."""
    if booking.is_confirmed or (booking.state == BookingState.COMPLETED and booking.returned_why != Why.NO_FIT):
        return []
    found = queries.others_with_times(booking.specialist, current_user, reader())
    return [(labels.person(each), slot_picker.time_choice(start)) for each, start in found]


def _near(booking: Booking) -> dict[str, Any]:
    """Whose specialist was not there finds the nearest times first, to have what they had paid for."""
    is_owed = booking.state == BookingState.SPECIALIST_MISSED and booking.price_amount is not None
    near = near_it.near(booking, near_it.starts(booking)) if is_owed else ()
    return {"near": near, "near_title": near_it.title(booking)}


# ---------------------------------------------------------------- change it


@bp.post("/bookings/<code>/undo")
@client
def undo(code: str) -> Response:
    """Take it back as if it had never been; what was paid is cancelled by the page that says what comes back."""
    booking = mine(code)
    if booking.price_amount is not None:
        answer: Response = redirect(link("bookings.cancel", code=code), 303)
        return answer
    actions.undo(booking, by=current_user)
    return done(code, "Taken back, as if it had never been. It doesn’t count.")


def old_stands(refusal: Conflict) -> str:
    return f"{refusal.message} Your old time is still yours. {refusal.way_on}".rstrip()


@bp.get("/bookings/<code>/cancel")
@client
def cancel(code: str) -> Response:
    """What cancelling means now, before anyone presses it."""
    return _cancel_page(mine(code))


def _cancel_page(booking: Booking, status: int = 200, problem: str = "") -> Response:
    possible = queries.possible(booking, Side.CLIENT)
    return page(
        "bookings/cancel.html",
        status,
        booking=booking,
        person=labels.person(booking.specialist),
        possible=possible,
        state="" if possible.cancel else timeline.state(queries.history(booking), booking, current_user.id),
        brings=sale_labels.brings_to(booking, clock.now()) if possible.cancel else None,
        problem=problem,
    )


@bp.post("/bookings/<code>/cancel")
@client
def cancel_now(code: str) -> Response:
    """Cancel; nobody is asked why."""
    shown = request.form.get("back", "")
    try:
        actions.cancel(mine(code), by=current_user, expecting=int(shown) if MINOR.fullmatch(shown) else None)
    except LessComesBack as refusal:
        return _cancel_page(mine(code), 409, refusal.message)
    return done(code, "Cancelled. The time is free for somebody else.")


@bp.get("/bookings/<code>/reminder")
@client
def reminder(code: str) -> Response:
    """The page behind the reminder's link: three equal answers, and nothing happens before one is pressed."""
    booking = mine(code)
    possible = queries.possible(booking, Side.CLIENT)
    if not possible.reconfirm:
        return _back(code)
    return page(
        "bookings/reminder.html",
        booking=booking,
        person=labels.person(booking.specialist),
        tile=labels.tile(booking.starts_at),
        lines=labels.booking_lines(booking),
        possible=possible,
        released_at=queries.released_at(booking),
        promised=_promised(booking, possible),
        prepare=forms.PrepareForm(data=_prepared(booking), formdata=None),
    )


@bp.post("/bookings/<code>/reconfirm")
@client
def reconfirm(code: str) -> Response:
    """ "I'll be there"."""
    booking = mine(code)
    actions.reconfirm(booking, by=current_user)
    return done(code, f"Thank you. {booking.specialist.called} knows that you will be there.")


@bp.post("/bookings/<code>/preparation")
@client
def prepare(code: str) -> Response:
    """Keep notes to self; shared only with the tick."""
    booking = mine(code)
    form = forms.PrepareForm(data=_prepared(booking))
    if not form.validate_on_submit():
        return booking_page(booking, 422, prepare=form)
    words_typed, shares = (form.words.data or "").strip(), form.shares.data
    if not form.replaces(
        lambda: _prepared(booking),
        lambda shown: actions.keep_preparation(booking, words_typed, shares=shares, shown=shown),
    ):
        return booking_page(booking, 409, prepare=form)
    flash("Kept. " + ("The specialist sees it before you talk." if form.shares.data else "Only you can read it."))
    return _back(code)


# ---------------------------------------------------------------- when it begins


@bp.post("/bookings/<code>/join")
@client
def join(code: str) -> Response:
    """Note that this side came, and go to the specialist's room, or say how they will call."""
    booking = queries.booking_of_party(current_user, code)
    target = actions.join(booking, by=current_user)
    return page("bookings/door.html", booking=booking, target=target, person=labels.person(booking.specialist))


@bp.post("/bookings/<code>/missed")
@client
def missed(code: str) -> Response:
    """ "My specialist is not here"."""
    booking = mine(code)
    actions.mark_specialist_missed(booking, by=current_user)
    ended = booking.terms.says.not_counted.capitalize()
    return done(code, f"We are sorry. {ended}, and below are people who have time soon.")


@bp.post("/bookings/<code>/technical")
@client
def technical(code: str) -> Response:
    """ "The call did not work": from either side."""
    booking = queries.booking_of_party(current_user, code)
    actions.report_technical(booking, by=current_user)
    if booking.price is None:
        flash("Noted. " + ("" if policy.counts(booking) else booking.terms.says.repeat))
    else:
        flash("Noted. We ask the other side whether it was so, and you hear from us.")
    return contests.back_to_ones_own(booking)


@bp.post("/bookings/<code>/technical/agree")
@client
def agree_technical(code: str) -> Response:
    """ "So it was", from the side that did not say it first."""
    booking = queries.booking_of_party(current_user, code)
    brought = actions.agree_broken(booking, by=current_user)
    assert brought is not None, "only of what was paid somebody is asked"
    to = "your card" if booking.client_id == current_user.id else "your client"
    flash(f"Thank you. {sale_labels.came_of(brought, to)}")
    return contests.back_to_ones_own(booking)


@bp.post("/bookings/<code>/contest")
@client
def contest(code: str) -> Response:
    """ "It was not like that"."""
    return contests.contest(mine(code), booking_page, _back)


@bp.post("/bookings/<code>/contest/answer")
@client
def answer_contest(code: str) -> Response:
    """The other side of a contest says how it was."""
    return contests.answer(mine(code), booking_page, _back)


# ---------------------------------------------------------------- other times that the specialist offers


@bp.post("/proposals/<code>/accept")
@client
def accept_proposal(code: str) -> Response:
    """Take one of the offered times."""
    proposal = queries.proposal_of_client(current_user, code)
    booking, starts_at = proposal.booking, forms.parse_start(request.form.get("start"))
    if starts_at is None:
        flash("Choose one of the times.", "warning")
        return _back(booking.code)
    try:
        ticked, browser = forms.MoveForm().express.data, visitors.browser_key()
        actions.accept_proposal(proposal, starts_at, by=current_user, browser_key=browser, is_express=ticked)
    except NotThisTime as refusal:
        flash(old_stands(refusal), "warning")
        return booking_page(mine(booking.code), 409)
    return done(booking.code, f"Your appointment is now on {local(starts_at)}.")


@bp.post("/proposals/<code>/decline")
@client
def decline_proposal(code: str) -> Response:
    """None suits: the appointment is cancelled, and does not count."""
    proposal = queries.proposal_of_client(current_user, code)
    actions.decline_proposal(proposal, by=current_user)
    return done(proposal.booking.code, f"Cancelled. {proposal.booking.terms.says.not_used_up}")


@bp.get("/bookings/<code>/appointment.ics")
@client
def calendar_file(code: str) -> Response:
    """The appointment as a file for any calendar; neutral words, the same identity as the mail's."""
    booking = queries.booking_of_party(current_user, code)
    side = "client" if booking.client_id == current_user.id else "specialist"
    method: invites.Method = "CANCEL" if booking.state in CANCELLED else "REQUEST"
    answer = Response(download_file(invites.file_for(booking, side, method)), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return answer
