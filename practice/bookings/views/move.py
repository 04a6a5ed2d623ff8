"""This file knows the pages on which a client gives a booking another time, and what they paid for another length."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import rate_limits
from practice.bookings import actions, forms, labels, lengths, limits, queries, sale_labels, slot_picker, sold, visitors
from practice.bookings.actions import OtherLength
from practice.bookings.errors import NotThisTime, OfferChanged, TooOften
from practice.bookings.lengths import Length
from practice.bookings.models import Booking
from practice.bookings.who_may import Possible, Side
from practice.http.access import client
from practice.http.clocks import local
from practice.http.formats import amount
from practice.http.pages import link, page
from practice.payments.going_on import GoingOn
from practice.values import clock
from practice.values.errors import Conflict, NotFound

from . import unpaid
from .blueprint import bp
from .client import done, mine, old_stands, others

NO_TIME = "Choose one of the times."


@bp.get("/bookings/<code>/move")
@client
def move(code: str) -> Response:
    """Other free times of the same specialist, for another length where one is chosen."""
    return move_page(mine(code))


def move_page(booking: Booking, status: int = 200, problem: str = "") -> Response:
    """The same page with what stands in the way of a choice; a length that is none is said so."""
    first, possible = forms.parse_week(request.values.get("week")), queries.possible(booking, Side.CLIENT)
    found, code = _lengths(booking, possible), request.values.get("length", "")
    chosen = next((each for each in found if each.offer.code == code), None)
    if chosen is None and code and status == 200:
        status, problem = 404, lengths.NOT_OFFERED
    offer = chosen.offer if chosen else booking.appointment.offer
    starts = queries.starts_for(offer, visitors.mover(booking))
    url = lambda on: _address(booking, chosen, week=on.isoformat())  # noqa: E731
    return page(
        "bookings/move.html",
        status,
        booking=booking,
        person=labels.person(booking.specialist),
        week=slot_picker.picker(starts, first, url),
        form=forms.MoveForm(),
        hurry_until=sold.hurry_until(booking, clock.now()),
        problem=problem,
        possible=possible,
        moves=labels.moving(booking, possible),
        unmovable=labels.unmovable(booking, possible),
        when_cancelled=sale_labels.when_cancelled(booking, possible),
        others=others(booking),
        lengths=_choices(booking, found, chosen),
        chosen=chosen,
        pays=chosen is not None and not chosen.more.is_free,
        costs=sale_labels.of_length(chosen, booking) if possible.move else "",
        going_on=_going_on(booking, possible),
    )


def _going_on(booking: Booking, possible: Possible) -> list[GoingOn]:
    """What they have begun to pay for it; of whoever is owed another time, what keeps one from them."""
    if possible.choose_time:
        found: list[GoingOn] = unpaid.beside(booking.specialist)["going_on"]
        return found
    return unpaid.about(booking)


def _lengths(booking: Booking, possible: Possible) -> list[Length]:
    return lengths.others(booking) if lengths.are_open(possible) else []


def _choices(booking: Booking, found: list[Length], chosen: Length | None) -> list[tuple[int, str, bool]]:
    """(minutes, where its times are, whether these are shown) of each length, the shortest first."""
    if not found:
        return []
    own = (booking.appointment.offer.minutes, _address(booking, None), chosen is None)
    return sorted([own, *((each.offer.minutes, _address(booking, each), each is chosen) for each in found)])


def _address(booking: Booking, chosen: Length | None, **more: Any) -> str:
    return link("bookings.move", code=booking.code, length=chosen.offer.code if chosen else None, **more)


@bp.post("/bookings/<code>/move")
@client
def move_to(code: str) -> Response:
    """Take the chosen time; the old one stays until this is done. A dearer length is looked at first."""
    booking, form = mine(code), forms.MoveForm()
    starts_at = forms.parse_start(form.start.data)
    if not form.validate_on_submit() or starts_at is None:
        return move_page(booking, 422, NO_TIME)
    try:
        if form.length.data:
            return _change_length(booking, form, starts_at)
        ticked, browser = form.express.data, visitors.browser_key()
        actions.move(booking, starts_at, by=current_user, browser_key=browser, is_express=ticked)
    except (NotThisTime, TooOften, OfferChanged) as refusal:
        return move_page(mine(code), 409, _refused(refusal))
    except NotFound as refusal:
        return move_page(mine(code), 404, refusal.message)
    return done(code, f"Moved to {local(starts_at)}.")


def _change_length(booking: Booking, form: forms.MoveForm, starts_at: datetime) -> Response:
    length = lengths.named(booking, form.length.data)
    if not length.more.is_free:
        start = forms.start_value(starts_at)
        answer: Response = redirect(
            link("bookings.review_length", code=booking.code, length=length.offer.code, start=start), 303
        )
        return answer
    returns = actions.change_length(booking, _wanted(form, starts_at, is_express=form.express.data), by=current_user)
    back = "" if returns.is_free else f" {amount(returns)} comes back to your card."
    return done(booking.code, f"It lasts {length.offer.minutes} minutes now, on {local(starts_at)}.{back}")


def _wanted(form: forms.MoveForm, starts_at: datetime, *, is_express: bool) -> OtherLength:
    shown, browser = form.shown.data or "", visitors.browser_key()
    return OtherLength(form.length.data, starts_at, shown, is_express=is_express, browser_key=browser)


def _refused(refusal: Conflict) -> str:
    return refusal.message if isinstance(refusal, OfferChanged) else old_stands(refusal)


# ---------------------------------------------------------------- a dearer length, before it is paid


@bp.get("/bookings/<code>/length")
@client
def review_length(code: str) -> Response:
    """What a dearer length costs beside what was paid, and what would be promised then; nothing is charged here."""
    booking, starts_at = mine(code), forms.parse_start(request.args.get("start"))
    possible = queries.possible(booking, Side.CLIENT)
    length = next((each for each in _lengths(booking, possible) if each.offer.code == request.args.get("length")), None)
    if starts_at is None or length is None or length.more.is_free:
        return move_page(booking)
    if int(starts_at.timestamp()) not in queries.starts_for(length.offer, visitors.mover(booking)):
        return move_page(booking, 409, "That time cannot be had at this length. Your old time is still yours.")
    return _review(booking, length, starts_at, _blank(booking, length, starts_at))


@bp.post("/bookings/<code>/length")
@client
@rate_limits.per_address(limits.CHOICES_PER_ADDRESS)
def order_length(code: str) -> Response | Any:
    """Go to the payment of the difference; the booking stands as it is until that is paid."""
    booking, form = mine(code), forms.LengthForm()
    starts_at = forms.parse_start(form.start.data)
    if starts_at is None:
        return move_page(booking, 422, NO_TIME)
    try:
        return _order(booking, form, starts_at)
    except OfferChanged as refusal:
        return _as_it_is_now(mine(code), form.length.data, starts_at, refusal.message)
    except (NotThisTime, TooOften) as refusal:
        return move_page(mine(code), 409, old_stands(refusal))
    except NotFound as refusal:
        return move_page(mine(code), 404, refusal.message)


def _order(booking: Booking, form: forms.LengthForm, starts_at: datetime) -> Response:
    length = lengths.named(booking, form.length.data or "")
    if length.more.is_free:
        raise OfferChanged(lengths.SHOWN_OTHERWISE)
    _leave_out(form, booking, starts_at)
    if not form.validate_on_submit():
        return _review(booking, length, starts_at, form, status=422)
    wanted = _wanted(form, starts_at, is_express=form.express is not None and form.express.data)
    order = actions.order_length(booking, wanted, by=current_user)
    answer: Response = redirect(link("payments.pay", code=order.code), 303)
    return answer


def _as_it_is_now(booking: Booking, code: str, starts_at: datetime, said: str) -> Response:
    """Nobody buys what their page did not show: it comes back as it is now, with nothing ticked."""
    length = next((each for each in lengths.others(booking) if each.offer.code == code), None)
    if length is None or length.more.is_free:
        return move_page(booking, 409, said)
    return _review(booking, length, starts_at, _blank(booking, length, starts_at), status=409, problem=said)


def _blank(booking: Booking, length: Length, starts_at: datetime) -> forms.LengthForm:
    data = {"start": forms.start_value(starts_at), "length": length.offer.code, "shown": length.shown}
    form = forms.LengthForm(data=data, formdata=None)
    _leave_out(form, booking, starts_at)
    return form


def _leave_out(form: forms.LengthForm, booking: Booking, starts_at: datetime) -> None:
    """Nobody asks for a hurry where no law makes them wait, or twice."""
    if not sold.needs_express(booking, starts_at, clock.now()):
        del form.express


def _review(
    booking: Booking,
    length: Length,
    starts_at: datetime,
    form: forms.LengthForm,
    *,
    status: int = 200,
    problem: str = "",
) -> Response:
    found = lengths.as_if_paid(booking, length, starts_at)
    free, after = sale_labels.policy(found, clock.now())
    return page(
        "bookings/longer.html",
        status,
        booking=booking,
        person=labels.person(booking.specialist),
        lines=labels.summary(length.offer, starts_at)[:1],
        length=length,
        starts_at=starts_at,
        form=form,
        problem=problem,
        **unpaid.beside(booking.specialist, booking),
        pay_until=_pay_until(booking, starts_at),
        back=_address(booking, length),
        free=free,
        after=after,
        promised=sale_labels.promised(found, clock.now()),
        withdrawn_until=found.paid[-1].withdrawn_until,
    )


def _pay_until(booking: Booking, starts_at: datetime) -> datetime | None:
    """Until when (UTC) it can be paid where one of the times is so near; None for as long as usual."""
    last = min(starts_at, booking.starts_at) - (limits.HOLD_TO_PAY - limits.TO_PAY)
    return last if last < clock.now() + limits.TO_PAY else None
