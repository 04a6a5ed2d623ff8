"""This file knows what a calendar entry says, how a letter brings it along, and how it leaves a calendar again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from practice.config import settings
from practice.http.pages import absolute_url
from practice.letters import outbox
from practice.letters.outbox import OutboxMail, Recipient, enqueue_mail
from practice.providers.calendar_ics import Invite
from practice.values.text import as_initials

from . import entries
from .models import Booking, EntryHolder

Method = Literal["REQUEST", "CANCEL"]


def url_of(booking: Booking, side: str) -> str:
    """The page where one side sees the booking and may change it."""
    endpoint = "bookings.show" if side == "client" else "bookings.practice_show"
    return absolute_url(endpoint, code=booking.code)


def initials(booking: Booking) -> str:
    """How a client appears in anything that leaves: "B. K."."""
    return as_initials(booking.call_name or (booking.client.display_name if booking.client else ""))


# ---------------------------------------------------------------- the calendar entry


@dataclass(frozen=True)
class Former:
    """The mailbox of somebody that an entry has to leave, whatever they chose for their letters since."""

    id: int
    email: str
    zone: str | None


def brought_along(booking: Booking, side: str, method: Method) -> dict[str, Any]:
    """What a letter to this side brings along: the entry or its end, and where answers go; nothing if it brings none.

    An entry that stands where its person does not read any more, or wants none, is taken out of there first.
    """
    if method == "CANCEL" and entries.stays(booking, side):
        return {}
    person, holder = booking.person(side), entries.present_holder(booking, side)
    entries.count_on(booking, side, goes=method == "CANCEL")
    if holder and (method == "CANCEL" or holder.mailbox != person.email or not entries.wants_entry(person)):
        may_stand = entries.let_go(booking, holder)
        if method == "CANCEL" and may_stand and holder.mailbox == person.email and not person.no_email:
            return {"invite": invite_for(booking, holder, method).to_json(), "route": holder.route}
        if may_stand:
            _take_out(booking, holder)
    if method == "CANCEL" or not entries.wants_entry(person):
        return {}
    holder = entries.take(booking, side)
    return {"invite": invite_for(booking, holder, method).to_json(), "route": holder.route}


def take_out_unheard(booking: Booking, side: str) -> None:
    """Who was told nothing of this booking loses the entry that came with what they heard of another in its group."""
    holder = entries.present_holder(booking, side)
    if holder is None or entries.stays(booking, side):
        return
    entries.count_on(booking, side, goes=True)
    if entries.let_go(booking, holder):
        _take_out(booking, holder, is_theirs=True)


NEUTRAL: dict[str, Any] = {"summary": "Cancelled", "description": "", "location": "", "url": ""}


def _take_out(booking: Booking, holder: EntryHolder, *, is_theirs: bool = False) -> None:
    """To a mailbox that somebody else may read by now: that the entry is cancelled, and not one word more. Where it
    `is_theirs` still, also which."""
    person = booking.person(holder.side)
    gone = Invite(
        **identity(booking.entry(holder.side)),
        **NEUTRAL,
        organizer_name=settings().brand,
        organizer_mailbox=holder.organizer,
        attendee_mailbox=holder.mailbox,
        method="CANCEL",
    )
    when = booking.starts_at if is_theirs else None
    _mail_end(booking.thing, Former(person.id, holder.mailbox, person.zone), gone, holder.route, when)
    booking.raise_sequences(holder.side)


@outbox.when_kept_inside
def _end_by_mail(letter: OutboxMail) -> None:
    """The words of an end are read in the account; the entry that it should have ended stands in a calendar still."""
    facts = letter.context
    if facts.get("invite", {}).get("method") == "CANCEL":
        end = replace(Invite.from_json(facts["invite"]), **NEUTRAL)
        _mail_end(letter.about, Former(letter.recipient_id, letter.to_address, letter.zone), end, facts["route"])


def _mail_end(thing: str, to: Former, gone: Invite, route: str, when: datetime | None = None) -> None:
    context = {"invite": gone.to_json(), "route": route, "entry_at": when.isoformat() if when else None}
    enqueue_mail(f"{thing}:entry_gone:{gone.sequence}", "bookings/entry_gone", cast(Recipient, to), context)


def file_for(booking: Booking, side: str, method: Method) -> Invite:
    """The calendar entry for one side to download: the one its calendar has by mail, or would have today."""
    return invite_for(booking, entries.last_holder(booking, side) or entries.would_receive(booking, side), method)


def invite_for(booking: Booking, holder: EntryHolder, method: Method) -> Invite:
    """The entry in the calendar of `holder`: one identity for life, neutral words only."""
    label = booking.person(holder.side).calendar_label or "Appointment"
    who = initials(booking) if booking.appointment.is_for_one else booking.terms.called
    return Invite(
        **identity(booking.entry(holder.side)),
        summary=label if holder.side == "client" else f"{label} ({who})",
        description=f"{TELLS_NOBODY} {LINK_FOLLOWS}",
        location=place(booking.format),
        url=url_of(booking, holder.side),
        organizer_name=settings().brand,
        organizer_mailbox=holder.organizer,
        attendee_mailbox=holder.mailbox,
        method=method,
    )


# ---------------------------------------------------------------- what an invitation and a feed say alike

LINK_FOLLOWS = "Details and cancellation:"
# Replies of calendars are not read, so a "no" there would only be found when nobody comes.
TELLS_NOBODY = "Declining in a calendar tells nobody."


def identity(entry: Any) -> dict[str, Any]:
    """Which calendar entry it is, and when: a booking, its appointment, or a row of a feed with the same columns."""
    return {
        "uid": entry.ics_uid,
        "sequence": entry.ics_sequence,
        "stamped_at": entry.ics_stamped_at,
        "created_at": entry.created_at,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
    }


def place(format: str) -> str:
    """Where the two meet, as a calendar may say it."""
    return {"in_person": "In person", "phone": "By phone"}.get(format, "Online")
