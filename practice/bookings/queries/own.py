"""This file knows what belongs to the person who asks: a stranger finds nothing here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from practice.accounts.models import User
from practice.bookings import limits, policy, sold, terms
from practice.bookings.models import Appointment, Booking, BookingMove, Proposal, RememberedAnswer
from practice.bookings.states import NOT_FOR_SPECIALISTS, BookingState
from practice.payments.models import Order, OrderLine
from practice.payments.states import WITH_US
from practice.specialists.models import Specialist
from practice.store.db import UtcDateTime, db
from practice.store.notes import noted
from practice.values import clock
from practice.values.errors import NotFound

from .listed import Listed


def whole() -> Select[Booking]:
    """Bookings with everything a page shows; the appointment is joined, so that callers may filter by its time."""
    return with_both_sides().options(selectinload(Booking.proposals))


def with_both_sides() -> Select[Booking]:
    """The same without what was offered for them."""
    return (
        select(Booking)
        .join(Booking.appointment)
        .options(
            contains_eager(Booking.appointment).joinedload(Appointment.offer),
            joinedload(Booking.specialist).joinedload(Specialist.user).lazyload(User.roles),
            joinedload(Booking.client).lazyload(User.roles),
        )
    )


# One row: what was offered for it comes with it, not in a second question.
OF_CLIENT = (
    with_both_sides()
    .options(joinedload(Booking.proposals))
    .where(
        Booking.code == bindparam("code"), Booking.client_id == bindparam("client"), Booking.state != BookingState.HELD
    )
)


def booking_of_client(user: User, code: str) -> Booking:
    """The booking with `code` if `user` is its client; else `NotFound`, whoever asks."""
    return _one(OF_CLIENT, code=code, client=user.id)


def booking_of_specialist(user: User, code: str) -> Booking:
    """The booking with `code` if it is with `user`'s practice; else `NotFound`."""
    return _one(
        whole()
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(Booking.code == code, Specialist.user_id == user.id, Booking.state.not_in(NOT_FOR_SPECIALISTS))
    )


def booking_of_party(user: User, code: str) -> Booking:
    """The booking with `code` if `user` is on either side of it; else `NotFound`."""
    return _one(
        whole()
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(
            Booking.code == code,
            Booking.state.not_in(NOT_FOR_SPECIALISTS),
            or_(Booking.client_id == user.id, Specialist.user_id == user.id),
        )
    )


def _one(statement: Select[Booking], **asked: Any) -> Booking:
    booking: Booking | None = db.session.scalars(statement, asked).unique().one_or_none()
    if booking is None:
        raise NotFound()
    return booking


UPCOMING = (
    whole()
    .where(
        Booking.client_id == bindparam("client"),
        Booking.state == BookingState.CONFIRMED,
        Appointment.ends_at > bindparam("since", type_=UtcDateTime()),
    )
    .order_by(Appointment.starts_at)
)


def upcoming_of(user: User) -> Sequence[Booking]:
    """The client's confirmed bookings that have not ended, soonest first, each with all that a page shows."""
    asked = {"client": user.id, "since": clock.now() - limits.SPECIALIST_MISSED_AFTER}
    return db.session.scalars(UPCOMING, asked).all()


def to_choose(user: User) -> Sequence[Booking]:
    """What was paid, and cancelled by its specialist, while its client has not chosen; what is left to choose of each
    says `sold.chooses_until`."""
    mine = whole().where(Booking.client_id == user.id, Booking.choice_until.is_not(None))
    return db.session.scalars(mine.order_by(Booking.choice_until)).all()


def choosing_of(codes: Sequence[str]) -> dict[str, datetime]:
    """Of the bookings of these codes those whose client has not chosen yet, and until when (UTC) they can."""
    asked = select(Booking.code, Booking.choice_until).where(Booking.code.in_(codes), Booking.choice_until.is_not(None))
    return {code: until for code, until in db.session.execute(asked) if until is not None} if codes else {}


def live_hold(booking_id: int | None) -> Booking | None:
    """The hold with this id while it lasts."""
    return _live_hold(HELD_WITH_ID, booking_id) if booking_id is not None else None


def live_hold_named(code: str | None) -> Booking | None:
    """The hold that a form names, while it lasts; a hold's code stands on no page but its own form."""
    return _live_hold(HELD_WITH_CODE, code) if code and "\x00" not in code else None


HELD = select(Booking).options(joinedload(Booking.appointment)).where(Booking.state == BookingState.HELD)
LIVE_HOLD = HELD.where(Booking.held_until > bindparam("now", type_=UtcDateTime()))
HELD_WITH_ID, HELD_WITH_CODE = (LIVE_HOLD.where(which == bindparam("which")) for which in (Booking.id, Booking.code))


def _live_hold(asked: Select[Booking], which: int | str) -> Booking | None:
    return db.session.scalar(asked, {"which": which, "now": clock.now()})


# Whoever chooses or books asks these again behind a lock, so they are put together once. A key that is not known is
# NULL, which no row equals.
HAS_RUN_OUT = Booking.held_until <= bindparam("now", type_=UtcDateTime())
HELD_BY_THEM = and_(
    or_(Booking.client_id == bindparam("client"), Booking.browser_key == bindparam("browser")),
    or_(Booking.person_key.is_(None), HAS_RUN_OUT),
)
IS_HELD = Booking.state == BookingState.HELD
HOLDS = select(Booking).options(joinedload(Booking.appointment)).where(IS_HELD, HELD_BY_THEM)
HOLD_IDS = select(Booking.id).where(IS_HELD, HELD_BY_THEM)
WHERE_THEY_HOLD = select(Booking.specialist_id).where(IS_HELD, HELD_BY_THEM).distinct()
# What somebody holds takes the time of their own practice too, if they have one. What the owner of a practice held
# elsewhere and has run out must not stand in its way, so it ends with what is done there.
TO_LOCK = union(
    WHERE_THEY_HOLD,
    select(Specialist.id).where(
        or_(
            Specialist.user_id == bindparam("client"),
            Specialist.user_id.in_(select(Booking.client_id).where(IS_HELD, HELD_BY_THEM)),
        )
    ),
    select(Booking.specialist_id)
    .join(Specialist, Specialist.user_id == Booking.client_id)
    .where(IS_HELD, HAS_RUN_OUT, Specialist.id.in_(bindparam("also", expanding=True))),
)
BEHIND_LOCK = (
    select(Booking, HELD_BY_THEM.label("is_mine"), HAS_RUN_OUT.label("has_run_out"))
    .options(joinedload(Booking.appointment))
    .where(IS_HELD, Booking.specialist_id.in_(bindparam("locked", expanding=True)), or_(HELD_BY_THEM, HAS_RUN_OUT))
    .order_by(Booking.id)
)


def holds_of(user_id: int | None, browser_key: str | None) -> Sequence[Booking]:
    """Holds of this person or this browser, also those that have run out and were not swept yet.

    What somebody has reserved, and pays for now, stands for as long as it lasts, whatever they choose beside it.
    """
    if not (user_id or browser_key):
        return []
    return db.session.scalars(HOLDS, _holder(user_id, browser_key)).all()


def _holder(user_id: int | None, browser_key: str | None) -> dict[str, Any]:
    return {"client": user_id, "browser": browser_key, "now": clock.now()}


def where_they_hold(user_id: int | None, browser_key: str | None) -> Sequence[int]:
    """The ids of the specialists with whom this person or browser holds something."""
    return db.session.scalars(WHERE_THEY_HOLD, _holder(user_id, browser_key)).all()


def calendars_to_lock(user_id: int | None, browser_key: str | None, also: Collection[int]) -> set[int]:
    """The ids of the specialists whose calendars change when this person or browser does something with those of
    `also`: these, where they hold something, and the practices of who holds it; one question."""
    asked = _holder(user_id, browser_key) | {"also": list(also)}
    return {*also, *db.session.scalars(TO_LOCK, asked)}


def calendars_around(booking: Booking) -> set[int]:
    """The same for what a client has reserved; asked once in a transaction, whose locks keep the answer true."""
    known, key = noted("calendars around"), (booking.client_id, booking.specialist_id)
    if key not in known:
        known[key] = calendars_to_lock(booking.client_id, None, [booking.specialist_id])
    found: set[int] = known[key]
    return found


def holds_behind_lock(
    user_id: int | None, browser_key: str | None, locked: Collection[int]
) -> tuple[list[Booking], list[Booking]]:
    """(what they hold, what has run out whoever held it) in these calendars, which are locked: read again."""
    asked = _holder(user_id, browser_key) | {"locked": list(locked)}
    rows = db.session.execute(BEHIND_LOCK, asked, execution_options={"populate_existing": True}).all()
    return [row.Booking for row in rows if row.is_mine], [row.Booking for row in rows if row.has_run_out]


def live_holds_of(user_id: int | None, browser_key: str | None) -> list[Booking]:
    """Those of them that last. Every profile asks, and most people hold nothing: so numbers first."""
    if not (user_id or browser_key) or not db.session.scalars(HOLD_IDS, _holder(user_id, browser_key)).all():
        return []
    now = clock.now()
    return [each for each in holds_of(user_id, browser_key) if each.held_until is not None and each.held_until > now]


_IS_ABOUT = OrderLine.subject_code == Booking.code
# A hold that was paid for, in time or too late, was not kept for nothing; one of another length is named by its line.
WAS_PAID = (
    exists()
    .where(OrderLine.order_id == Order.id, Order.payment.in_(WITH_US))
    .where(or_(OrderLine.code == Booking.code, and_(OrderLine.subject_kind == sold.KIND, _IS_ABOUT)))
)
KEPT = (
    select(Booking.kind, Booking.created_at, Booking.held_until, User.confirmed_at)
    .join(Booking.appointment)
    .outerjoin(User, User.id == Booking.client_id)
    .where(
        Booking.specialist_id == bindparam("specialist"),
        Appointment.starts_at == bindparam("start", type_=UtcDateTime()),
        Booking.state.in_((BookingState.HELD, BookingState.EXPIRED)),
        ~WAS_PAID,
        Booking.created_at > bindparam("since", type_=UtcDateTime()),
        or_(Booking.browser_key == bindparam("browser"), Booking.client_id == bindparam("client")),
    )
)


def holds_of_time(specialist_id: int, starts_at: datetime, user: User | None, browser_key: str) -> int:
    """How often this time was kept for this person or browser of late; one that was kept longer counts as two."""
    asked = {
        "client": user.id if user is not None else None,
        "browser": browser_key,
        "specialist": specialist_id,
        "start": starts_at,
        "since": clock.now() - limits.HOLDS_COUNTED_FOR,
    }
    kept = db.session.execute(KEPT, asked)
    return sum(
        1
        + policy.was_prolonged(
            terms.of(each.kind),
            each.created_at,
            each.held_until,
            is_known=each.confirmed_at is not None and each.confirmed_at <= each.created_at,
        )
        for each in kept
    )


def times_unpaid(client: User, specialist_id: int, starts_at: datetime) -> Select[int]:
    """How often this person began to pay for this time of late, and did not."""
    return (
        select(func.count(Booking.id))
        .join(Booking.appointment)
        .where(
            Booking.person_key == client.person_key,
            Booking.specialist_id == specialist_id,
            Booking.state == BookingState.EXPIRED,
            Booking.price_amount.is_not(None),
            ~WAS_PAID,
            Booking.created_at > clock.now() - limits.HOLDS_COUNTED_FOR,
            Appointment.starts_at == starts_at,
        )
    )


def _the_same(booking: Booking, state: BookingState) -> Select[Booking]:
    """Of its client, what is the same session at the same time by another booking."""
    found = booking.appointment
    return with_both_sides().where(
        Booking.client_id == booking.client_id,
        Booking.id != booking.id,
        Booking.state == state,
        Booking.instead_of_id.is_(None),
        Appointment.offer_id == found.offer_id,
        Appointment.starts_at == found.starts_at,
    )


def held_once_more(booking: Booking) -> Sequence[Booking]:
    """What its client keeps of the very same once more; read again."""
    asked = _the_same(booking, BookingState.HELD)
    return db.session.scalars(asked, execution_options={"populate_existing": True}).all()


def had_by_another(booking: Booking, held: Booking | None = None) -> Booking | None:
    """What its client has by another payment already, where this one was for the very same; of a difference, for what
    was kept instead (`held`). None for nothing."""
    if held is None:
        return db.session.scalars(_the_same(booking, BookingState.CONFIRMED)).first()
    has = (booking.appointment.offer_id, booking.starts_at)
    return booking if booking.is_confirmed and has == (held.appointment.offer_id, held.starts_at) else None


def holds_in_network(network_key: str) -> int:
    """How many visitors of one network, of whom nobody has confirmed an address, hold a time now."""
    return (
        db.session.scalar(
            select(func.count(Booking.id))
            .outerjoin(User, User.id == Booking.client_id)
            .where(
                Booking.network_key == network_key,
                User.confirmed_at.is_(None),
                Booking.state == BookingState.HELD,
                Booking.held_until > clock.now(),
            )
        )
        or 0
    )


REMEMBERED = (
    select(RememberedAnswer.target, Booking.client_id)
    .outerjoin(Booking, Booking.code == RememberedAnswer.target)
    .where(RememberedAnswer.form_key == bindparam("key"), RememberedAnswer.action == bindparam("action"))
)


def remembered(form_key: str, action: str) -> tuple[str, int | None] | None:
    """(the code of the booking that this very form was answered with before, whose it is)."""
    found = db.session.execute(REMEMBERED, {"key": form_key, "action": action}).first()
    return None if found is None else (found.target, found.client_id)


def proposal_of_client(user: User, code: str) -> Proposal:
    """An offer of other times, if it was made to `user`; else `NotFound`."""
    proposal = db.session.scalar(
        select(Proposal)
        .join(Proposal.booking)
        .where(Proposal.code == code, Proposal.side == "specialist", Booking.client_id == user.id)
    )
    if proposal is None:
        raise NotFound()
    return proposal


def asked_of_specialist(user: User, code: str) -> Proposal:
    """Other times that a client asks for, if they ask `user`; else `NotFound`."""
    asked = (
        select(Proposal)
        .join(Proposal.booking)
        .where(Proposal.code == code, Proposal.side == "client", Booking.specialist.has(user_id=user.id))
    )
    found = db.session.scalar(asked)
    if found is None:
        raise NotFound()
    return found


def history(booking: Booking) -> Sequence[BookingMove]:
    """What happened to a booking, oldest first."""
    return db.session.scalars(
        select(BookingMove).where(BookingMove.booking_id == booking.id).order_by(BookingMove.id)
    ).all()


def chosen_at_of(bookings: Collection[Booking] | Collection[Listed]) -> dict[int, datetime]:
    """When the present time of each of these was agreed, by its last move or when it was booked, by their ids; whoever
    has only a hold is not in it. One query."""
    if not bookings:
        return {}
    moved = (
        select(BookingMove.booking_id, func.max(BookingMove.at))
        .where(BookingMove.booking_id.in_(each.id for each in bookings), BookingMove.starts_before.is_not(None))
        .group_by(BookingMove.booking_id)
    )
    booked = {each.id: each.confirmed_at for each in bookings if each.confirmed_at is not None}
    return booked | {row[0]: row[1] for row in db.session.execute(moved)}
