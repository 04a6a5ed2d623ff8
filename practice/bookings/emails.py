"""This file knows every letter that bookings send: to whom, with which facts, and with which calendar part."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from practice import clock, clocks
from practice.accounts.models import User, hash_of
from practice.bookings import queries
from practice.bookings.models import Booking, CalendarFeed, Contest, Proposal
from practice.bookings.policy import CONTEST_WINDOW, MOST_MOVES, undo_until
from practice.clocks import Clock
from practice.config import settings
from practice.mailer import routed_mailbox
from practice.outbox import enqueue_mail
from practice.providers.calendar_ics import Invite
from practice.web import absolute_url

Method = Literal["REQUEST", "CANCEL"]


def feed_opened(owner: User, feed: CalendarFeed) -> None:
    """To the owner: from now on a secret address shows their appointments to whoever has it."""
    enqueue_mail(f"feed:{feed.id}:opened", "bookings/feed_opened", owner, {"done_at": feed.created_at.isoformat()})


def booked(booking: Booking) -> None:
    """To both sides: it stands, with the invitation."""
    _both(booking, "bookings/booked", f"booking:{booking.id}:booked", method="REQUEST")


def moved(booking: Booking, before: datetime) -> None:
    """To both sides: the old and the new time, with the same calendar entry raised by one."""
    key = f"booking:{booking.id}:moved:{booking.ics_sequence}"
    _both(booking, "bookings/moved", key, {"before_at": before.isoformat()}, method="REQUEST")


def cancelled(booking: Booking, *, by: User | None) -> None:
    """To both sides: it does not happen, and the calendar entry goes; staff's own words where it was neither side."""
    by_side = "nobody" if by is None else ("client" if by.id == booking.client_id else "specialist")
    facts = {"by": by_side, "state": str(booking.state)}
    is_ours = by is not None and by.id not in (booking.client_id, booking.specialist.user_id)
    template = "bookings/called_off" if is_ours else "bookings/cancelled"
    _both(booking, template, f"booking:{booking.id}:{booking.state}", facts, method="CANCEL")


def stands(booking: Booking) -> None:
    """To the client: the specialist takes nobody new for now, and this appointment is theirs to keep or to cancel."""
    _client(booking, "bookings/stands", f"booking:{booking.id}:stands:{clock.now().isoformat()}")


def proposed(booking: Booking, proposal: Proposal) -> None:
    """To the client: the specialist asks for another time and offers some."""
    facts = {"starts_list_at": list(proposal.starts), "lapses_at": proposal.lapses_at.isoformat()}
    _client(booking, "bookings/proposal", f"proposal:{proposal.id}", facts)


def reminder_day(booking: Booking) -> None:
    """To both sides, a day before; the client has three equal answers."""
    key = f"booking:{booking.id}:day:{booking.starts_at.isoformat()}"
    released = queries.released_at(booking)
    facts = {"released_at": released.isoformat() if released else None}
    _both(booking, "bookings/reminder_day", key, facts, not_after=booking.starts_at)


def reminder_hour(booking: Booking) -> None:
    """An hour before, to whoever did not switch it off."""
    key = f"booking:{booking.id}:hour:{booking.starts_at.isoformat()}"
    for side in ("client", "specialist"):
        if _person(booking, side).reminders:
            _write(booking, side, "bookings/reminder_hour", key, not_after=booking.starts_at)


def not_reconfirmed(booking: Booking) -> None:
    """To the specialist, four hours before: nobody said "I'll be there"."""
    key = f"booking:{booking.id}:unconfirmed:{booking.starts_at.isoformat()}"
    _write(booking, "specialist", "bookings/not_reconfirmed", key, not_after=booking.starts_at)


def missed_by_client(booking: Booking) -> None:
    """To the client: no blame, and a way to another time."""
    _client(booking, "bookings/missed_by_client", f"booking:{booking.id}:client_missed")


def missed_by_specialist(booking: Booking) -> None:
    """To the client: our apology and what they can do now."""
    _client(booking, "bookings/missed_by_specialist", f"booking:{booking.id}:specialist_missed")


def noted_as_missed(booking: Booking) -> None:
    """To the specialist: their client said that they were not there, and until when they may say otherwise."""
    facts = {"until_at": (clock.now() + CONTEST_WINDOW).isoformat()}
    _write(booking, "specialist", "bookings/noted_as_missed", f"booking:{booking.id}:specialist_missed", facts)


def technical(booking: Booking) -> None:
    """To both: the call broke, and whether it may be repeated."""
    facts = {"may_repeat": not booking.claims_pair}
    _both(booking, "bookings/tech_failure", f"booking:{booking.id}:tech_failure", facts)


def ended(booking: Booking) -> None:
    """To the client: what comes next is theirs to choose, and nothing is a good answer."""
    _client(booking, "bookings/ended", f"booking:{booking.id}:ended")


def contested(booking: Booking, by: User) -> None:
    """To whoever contested: we have it, and a person will look."""
    side = "client" if by.id == booking.client_id else "specialist"
    _write(booking, side, "bookings/contested", f"booking:{booking.id}:contested")


def contest_decided(booking: Booking, contest: Contest, *, strike: str) -> None:
    """To both sides: who had asked, what staff decided, and what follows for the one who reads.

    `strike` is what became of the specialist's: "noted", "taken back", or "" for nothing.
    """
    template = "bookings/contest_refused" if contest.outcome == "upheld" else "bookings/contest_upheld"
    facts = {
        "asked_by": "client" if contest.by_id == booking.client_id else "specialist",
        "state": str(booking.state),
        "counts": booking.claims_pair,
        "strike": strike,
    }
    _both(booking, template, f"contest:{contest.id}:decided", facts)


def strike_waived(booking: Booking, *, rested: bool, rests: bool) -> None:
    """To the specialist: what was noted is taken back, and whether free consultations rested before and still do."""
    key = f"strike:{booking.id}:{clock.now().isoformat()}"
    _write(booking, "specialist", "bookings/strike_waived", key, {"rested": rested, "rests": rests})


# ---------------------------------------------------------------- one letter


def _both(
    booking: Booking,
    template: str,
    key: str,
    facts: dict[str, Any] | None = None,
    *,
    method: Method | None = None,
    not_after: datetime | None = None,
) -> None:
    for side in ("client", "specialist"):
        _write(booking, side, template, key, facts, method=method, not_after=not_after)


def _client(booking: Booking, template: str, key: str, facts: dict[str, Any] | None = None) -> None:
    _write(booking, "client", template, key, facts)


def _write(
    booking: Booking,
    side: str,
    template: str,
    key: str,
    facts: dict[str, Any] | None = None,
    *,
    method: Method | None = None,
    not_after: datetime | None = None,
) -> None:
    person = _person(booking, side)
    context = _facts(booking, side) | (facts or {})
    if method is not None:
        context["invite"] = invite(booking, side, method).to_json()
    enqueue_mail(key, template, person, context, not_after=not_after)


def _facts(booking: Booking, side: str) -> dict[str, Any]:
    """The appointment as one side may know it: no topic, no title, no surname, whatever the template does."""
    for_client = side == "client"
    confirmed = booking.confirmed_at or clock.now()
    return {
        "side": side,
        "url": url_of(booking, side),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "undo_until_at": undo_until(confirmed, booking.starts_at).isoformat(),
        "other_name": booking.specialist.name.split()[0] if for_client else initials(booking),
        "other_zone": _clock_of_other(booking, side).zone_at(booking.starts_at),
        "format": booking.format,
        "code": booking.code,
        "slug": booking.specialist.slug,
        "moves_left": MOST_MOVES - booking.moves_used,
    }


def _clock_of_other(booking: Booking, side: str) -> Clock:
    """The clock of whoever the letter is not for, as it is on that date."""
    return clocks.of(booking.specialist.user) if side == "client" else clocks.of(booking.client, booking.client_zone)


def _person(booking: Booking, side: str) -> User:
    person = booking.client if side == "client" else booking.specialist.user
    if person is None:
        raise ValueError("a hold has nobody to write to")
    return person


def url_of(booking: Booking, side: str) -> str:
    """The page where one side sees the booking and may change it."""
    endpoint = "bookings.show" if side == "client" else "bookings.practice_show"
    return absolute_url(endpoint, code=booking.code)


def initials(booking: Booking) -> str:
    """How a client appears in anything that leaves: "B. K."."""
    return initials_of(booking.call_name or (booking.client.display_name if booking.client else ""))


def initials_of(name: str) -> str:
    """The same from a name alone."""
    return " ".join(f"{word[0].upper()}." for word in name.split()[:2]) or "A client"


def invite(booking: Booking, side: str, method: Method) -> Invite:
    """The calendar entry for one side: one UID for life, its own mailbox to answer to, neutral words only."""
    person = _person(booking, side)
    label = person.calendar_label or "Appointment"
    url = url_of(booking, side)
    return Invite(
        **identity(booking),
        summary=label if side == "client" else f"{label} ({initials(booking)})",
        description=LINK_FOLLOWS,
        location=place(booking.format),
        url=url,
        organizer_name=settings().brand,
        organizer_mailbox=routed_mailbox(hash_of(f"{booking.code}:{side}")[:20]),
        attendee_mailbox=person.email,
        method=method,
    )


# ---------------------------------------------------------------- what an invitation and a feed say alike

LINK_FOLLOWS = "Details and cancellation:"


def identity(entry: Any) -> dict[str, Any]:
    """Which calendar entry it is, and when: a booking, or a row of a feed with the same columns."""
    return {
        "uid": f"{entry.ics_uid}@{settings().mail_domain}",
        "sequence": entry.ics_sequence,
        "stamped_at": entry.ics_stamped_at,
        "created_at": entry.created_at,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
    }


def place(format: str) -> str:
    """Where the two meet, as a calendar may say it."""
    return "In person" if format == "in_person" else "Online"
