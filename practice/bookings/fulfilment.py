"""This file knows what paying, not paying and losing it mean for a session: what payments tell this room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from practice.http.pages import link
from practice.payments import actions as payments
from practice.payments import fulfilment
from practice.payments.models import Order, OrderLine
from practice.payments.policy.effects import Write
from practice.payments.states import Seat
from practice.store.db import db
from practice.store.notes import noted
from practice.values import clock
from practice.values.errors import IllegalMove
from practice.values.money import Money

from . import actions, begun, claims, following, money_letters, near_it, queries, sale_labels, sold
from .errors import MustGiveBack
from .models import Booking
from .queries import own
from .states import BookingState

HAD = (Seat.TAKEN, Seat.GIVEN_UP)


class Sessions:
    """Answers for what is bought one by one (`payments.fulfilment.Fulfilment`)."""

    def lock(self, lines: Sequence[OrderLine]) -> None:
        """Calendars first, then clients, each in one order: as everywhere, and before the order itself."""
        codes = {line.subject_code for line in lines}
        found = db.session.scalars(own.with_both_sides().where(Booking.code.in_(codes))).all()
        noted("bought").update({each.code: each for each in found})
        if any(line.seat not in HAD for line in lines):
            # Paid now, it ends what has run out elsewhere: behind the order it would be too late to wait for that.
            claims.lock_calendars(_calendars(found))
        for each in sorted(found, key=lambda booking: (booking.specialist_id, booking.id)):
            claims.lock_booking(each)
        claims.keep_clients_still(found)

    def confirm(self, line: OrderLine, late: bool) -> bool:
        """It stands, if it can still be had; whatever was begun for it is undone where it cannot."""
        try:
            with db.session.begin_nested():
                _stand(_booking(line), line)
        except (MustGiveBack, IllegalMove):
            return False
        return True

    def release(self, line: OrderLine) -> None:
        """Nobody pays for it any more, so it is free for others."""
        _free(line)

    def call_off(self, line: OrderLine) -> None:
        """It begins and is not paid for, or this payment of it goes back whole."""
        _free(line)
        actions.end_returned(_booking(line), line)

    def choosing(self, codes: Sequence[str]) -> Mapping[str, datetime]:
        """Sessions that their specialist cancelled; in one question."""
        return queries.choosing_of(codes)

    def follows(self, wanted: Sequence[tuple[OrderLine, int]]) -> Sequence[Money]:
        """What one payment that goes back whole ends, and a choice that a part of the money ends."""
        return following.of(wanted)

    def letters(self, write: Write, order: Order, line: OrderLine | None) -> None:
        """To whoever bought it."""
        about = line or next(each for each in order.lines if each.subject_kind == sold.KIND)
        booking = _booking(about)
        money_letters.write(write, order, booking, _instead(booking, about))

    def about(self, lines: Sequence[OrderLine]) -> fulfilment.About:
        """When, and with whom, on the reader's clock; and the ways to that time, or to others near it."""
        booking = _booking(lines[0])
        # What was paid is the session itself, wherever that lies by now.
        instead = _instead(booking, lines[0])
        held = None if lines[0].seat in HAD else instead
        had = None if lines[0].seat in HAD else queries.had_by_another(booking, held)
        if had is not None:
            return _had(had)
        starts = near_it.starts(booking) if held is None else None
        near = () if booking.is_confirmed else near_it.near(booking, starts)
        return fulfilment.About(
            what=sale_labels.when_and_with(held or booking),
            url=link("bookings.show", code=booking.code),
            again=tuple(_again(booking, starts)) if held is None else _again_instead(booking),
            ends=booking.is_confirmed and clock.now() < booking.starts_at,
            stands=sale_labels.stands(booking) if held is not None else "",
            is_open=near_it.is_open(booking, starts),
            near=near,
            near_title=near_it.title(booking),
            is_more=instead is not None,
        )


def _had(booking: Booking) -> fulfilment.About:
    """What they wanted is theirs by another payment."""
    url = link("bookings.show", code=booking.code)
    return fulfilment.About(
        what=sale_labels.when_and_with(booking), url=url, again=(("Go to your session", url),), is_had=True
    )


def _calendars(found: Sequence[Booking]) -> set[int]:
    """All that `confirm` and `take_length` look into."""
    return set().union(*map(queries.calendars_around, found))


def _stand(booking: Booking, line: OrderLine) -> None:
    held = _instead(booking, line)
    if held is not None:
        actions.take_length(booking, held, by=booking.client)
        return
    noted("lines being paid")[booking.code] = [line]
    actions.confirm(booking, by=booking.client)
    payments.ends(line, booking.ends_at)


def _instead(booking: Booking, line: OrderLine) -> Booking | None:
    """What is kept instead of a booking while this line is paid: the difference of another length; else None."""
    if booking.confirmed_at is None or booking.code in noted("lines being paid"):
        return None
    return db.session.scalars(select(Booking).where(Booking.code == line.code)).first()


def _again_instead(booking: Booking) -> tuple[tuple[str, str], ...]:
    here = link("bookings.show", code=booking.code)
    move = [("Choose another time or length", link("bookings.move", code=booking.code))] if booking.is_confirmed else []
    return (*move, ("Go to your session", here))


def _again(booking: Booking, starts: Sequence[int] | None) -> Iterator[tuple[str, str]]:
    if starts is not None:
        if near_it.is_open(booking, starts):
            yield "Choose the same time again", near_it.address(booking, booking.starts_at)
        yield f"Other times with {booking.specialist.called}", begun.times(booking.appointment.offer)
    yield "Other people who have time soon", link("directory.index", free=1)


def _booking(line: OrderLine) -> Booking:
    """What it was begun for; in a turn it was read behind its locks."""
    found: Booking | None = noted("bought").get(line.subject_code)
    return found or db.session.scalars(own.with_both_sides().where(Booking.code == line.subject_code)).one()


def _free(line: OrderLine) -> None:
    """End the hold, which is on record as long as the payment page was open."""
    booking = _booking(line)
    held = _instead(booking, line) or booking
    if held.state == BookingState.HELD:
        held.held_until = line.order.hold_until
        claims.end_hold(held)


fulfilment.sells(sold.KIND, Sessions())
