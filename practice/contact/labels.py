"""This file knows how tickets are put before a reader: what they are about, where they stand, how long things take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from practice.config import settings
from practice.http.clocks import full_hour
from practice.safety import staffed
from practice.safety.danger import danger
from practice.safety.places import country_name
from practice.store import sealed
from practice.values import clock

from .models import ContactMessage, Ticket
from .policy import LATE_AFTER, RANK
from .states import Category, TicketState, Whose

ABOUT = {
    Category.SAFETY: "Somebody’s safety, or how I was treated",
    Category.BOOKING: "A booking",
    Category.PAYMENT: "A payment or a refund",
    Category.ACCOUNT: "My account or my data",
    Category.COMPLAINT: "A complaint about a specialist",
    Category.PRESS: "Press, research or something else",
}
STATES = {
    TicketState.OPEN: "With us",
    TicketState.ANSWERED: "Answered",
    TicketState.WAITING: "Waiting for you",
    TicketState.CLOSED: "Closed",
    TicketState.REOPENED: "With us again",
}
STATES_FOR_STAFF = {**STATES, TicketState.WAITING: "Waiting for them", TicketState.OPEN: "Waits for us"}
# In a list somebody may be looking over a shoulder: nothing more than this.
SHORT = {
    Category.SAFETY: "Safety",
    Category.COMPLAINT: "Complaint",
    Category.BOOKING: "Booking",
    Category.PAYMENT: "Payment",
    Category.ACCOUNT: "Account",
    Category.PRESS: "Press or other",
}
ICONS = {
    Category.SAFETY: "buoy",
    Category.COMPLAINT: "flag",
    Category.BOOKING: "calendar",
    Category.PAYMENT: "wallet",
    Category.ACCOUNT: "user",
    Category.PRESS: "mail",
}
FIRST = "Read before everything else. "
STAYS = "It stays open until it’s answered. "
UNKNOWN = "How long an answer takes we can’t say yet: too few were given lately."


def category(ticket: Ticket) -> Category:
    """What it is about, as a value."""
    return Category(ticket.category)


def reference(ticket: Ticket) -> str:
    """What its person named: a booking, a payment."""
    return sealed.shown(ticket, "reference")


def about(ticket: Ticket) -> str:
    """What it is about, as its person chose it."""
    return ABOUT[Category(ticket.category)]


def state(ticket: Ticket, *, for_staff: bool = False) -> str:
    """Where it stands, for its person or for staff."""
    return (STATES_FOR_STAFF if for_staff else STATES)[TicketState(ticket.state)]


def notes(times: Mapping[Category, timedelta]) -> dict[str, str]:
    """What stands under each thing one can write about: how long answers took, by the last ones that were given.
    Where none is known, `took(None)` says so once for all of them."""
    before = {Category.SAFETY: FIRST, Category.COMPLAINT: STAYS}
    found = {str(each): before.get(each, "") + (took(times.get(each)) if times else "") for each in Category}
    return {each: note.strip() for each, note in found.items() if note}


def took(usual: timedelta | None) -> str:
    """In which time half of the last answers came, as a sentence; that we cannot say where we cannot."""
    return UNKNOWN if usual is None else f"Half of the last answers came within {rounded_up(usual)}."


def rounded_up(length: timedelta) -> str:
    """A length of time, never shorter than it was: "an hour", "3 hours", "2 days"."""
    hours = -(-length // timedelta(hours=1))
    if hours <= 1:
        return "an hour"
    return f"{hours} hours" if hours <= 48 else f"{-(-hours // 24)} days"


def age(since: datetime | None) -> str:
    """How long something waits, in one unit: "38 min", "4 h", "2 days"; "" where nobody waits."""
    if since is None:
        return ""
    minutes = max(clock.now() - since, timedelta()) // timedelta(minutes=1)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def is_late(ticket: Ticket) -> bool:
    """Whether somebody waits longer for us than they should; of safety no hour counts in which nobody was there."""
    if ticket.waits_since is None:
        return False
    rank, now = RANK[Category(ticket.category)], clock.now()
    waited = (
        staffed.staffed_between(ticket.waits_since, now, settings().zone) if rank == 1 else now - ticket.waits_since
    )
    return waited > LATE_AFTER[rank]


def bodies(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Professional bodies as people read them: name and country."""
    return [(name, country_name(code) if code else "") for name, code in found]


@dataclass(frozen=True)
class There:
    """When people of the staff are there: the hours, the zone, and since or until when they are not."""

    hours: str
    zone: str
    is_now: bool
    back_at: datetime


def there() -> There:
    """As it is now."""
    zone, now = settings().zone, clock.now()
    hours = f"{full_hour(staffed.FROM.hour)} to {full_hour(staffed.TO.hour)}"
    return There(hours, zone, staffed.is_staffed(now, zone), staffed.back_at(now, zone))


@dataclass(frozen=True)
class Line:
    """One message as a reader sees it."""

    whose: str
    is_own: bool
    is_note: bool
    words: str
    at: datetime


def lines(ticket: Ticket, *, for_staff: bool) -> list[Line]:
    """What was written in it, the oldest first; notes of staff are for staff."""
    shown = [each for each in ticket.messages if for_staff or each.whose != Whose.NOTE]
    return [_line(each, for_staff) for each in shown]


def _line(message: ContactMessage, for_staff: bool) -> Line:
    is_person = message.whose == Whose.PERSON
    if for_staff:
        writer = message.by.display_name if message.by else "Somebody who has left"
    else:
        writer = "You" if is_person else settings().brand
    return Line(writer, is_person, message.whose == Whose.NOTE, sealed.shown(message, "words"), message.at)


def needs_help(*texts: str | None) -> bool:
    """Whether help stands first on the page: for these words alone, and noted nowhere."""
    return any(danger(text) for text in texts if text)


def written_by_person(ticket: Ticket) -> list[str]:
    """The words of its person, for the page that shows them."""
    return [sealed.shown(each, "words") for each in ticket.messages if each.whose == Whose.PERSON]
