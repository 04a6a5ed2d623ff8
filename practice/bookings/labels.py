"""This file knows how bookings are put before a reader: summaries, what happened, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from practice.accounts.models import User
from practice.http import clocks
from practice.http.clocks import Clock, clock_time, day, local, reader, zone_name
from practice.http.formats import amount, duration
from practice.http.pages import link
from practice.http.prices import money
from practice.specialists import queries as specialists
from practice.specialists.models import Offer, Specialist
from practice.specialists.photos import portrait_url
from practice.specialists.states import Format
from practice.store import sealed
from practice.values import clock, counts
from practice.values.money import Money

from . import limits, policy, sale_labels, terms
from .forms import FORMATS
from .models import (
    Booking,
    Contest,
)
from .queries import Chosen, Listed
from .states import BookingState, Outcome
from .terms import Terms
from .who_may import Possible

# How it stands, by its terms (`named`).
STATES = {
    BookingState.CONFIRMED: "Booked",
    BookingState.UNDONE: "Taken back",
    BookingState.CANCELLED_BY_CLIENT: "Cancelled by the client",
    BookingState.LATE_RELEASED: "Cancelled after the deadline",
    BookingState.CANCELLED_BY_SPECIALIST: "Cancelled by the specialist",
    BookingState.RELEASED: "Cancelled, and free for others again",
    BookingState.COMPLETED: "Took place",
    BookingState.CLIENT_MISSED: "The client was not there",
    BookingState.SPECIALIST_MISSED: "The specialist was not there",
    BookingState.TECH_FAILURE: "The call did not work",
    BookingState.HELD: "Held",
    BookingState.EXPIRED: "Not taken up",
}

# What the client reads where the words above speak of "the client" or say too little.
FOR_CLIENT = STATES | {
    BookingState.UNDONE: "You took it back",
    BookingState.CANCELLED_BY_CLIENT: "You cancelled",
    BookingState.LATE_RELEASED: "You cancelled after the deadline",
    BookingState.CLIENT_MISSED: "You were marked as not there",
    BookingState.EXPIRED: "Not booked",
}
FOR_SPECIALIST = STATES | {
    BookingState.CANCELLED_BY_SPECIALIST: "You cancelled",
    BookingState.SPECIALIST_MISSED: "You were marked as not there",
}


# What was sold is cancelled by the button that says what comes back.
SOLD_AND_UNDONE = "You cancelled within minutes"


def named(state: str, agreed: Terms, names: Mapping[BookingState, str] = STATES) -> str:
    """A state of a booking on these terms, in words for everybody, or for one side."""
    if state == BookingState.UNDONE and names is FOR_CLIENT and not agreed.one_per_pair:
        return SOLD_AND_UNDONE
    return names[BookingState(state)].format(late=counts.in_hours(agreed.late))


def person(specialist: Specialist) -> dict[str, Any]:
    """A specialist as summaries show them; `url` is empty where the profile is not public any more."""
    return {
        "name": specialist.name,
        "first": specialist.called,
        "title": specialist.granted_title or "",
        "portrait": portrait_url(specialist),
        "url": link("directory.show", slug=specialist.slug) if specialist.is_visible else "",
    }


def span(starts_at: datetime, ends_at: datetime) -> str:
    """ "12:30 to 13:00, Dublin time"."""
    return f"{clock_time(starts_at)} to {clock_time(ends_at)}, {zone_name(starts_at)}"


def other_clock(instant: datetime, name: str, theirs: Clock) -> str:
    """The other side's clock where it differs: "13:30 for Ilse, Amsterdam time"; empty where it is the same."""
    here, there = reader().wall(instant), theirs.wall(instant)
    if here.utcoffset() == there.utcoffset():
        return ""
    zone = theirs.zone_at(instant)
    said = local(instant, zone, "EEE HH:mm") if here.date() != there.date() else clock_time(instant, zone)
    return f"{said} for {name}, {zone_name(zone)}"


def changed(chosen: Chosen, client: User | None = None) -> str:
    """What has become of an offer since a page or link was made, with what this client pays for it now; without one,
    what everybody does."""
    was, now = chosen.named, chosen.offer
    price = now.price if client is None else specialists.price_for(now, client)
    if price != now.price:
        return f"This offer has changed: it is {_sold(now, price)} for you now."
    return f"This offer has changed: it was {_sold(was, was.price)}, and is {_sold(now, price)} now."


def _sold(offer: Offer, price: Money) -> str:
    return f"{duration(offer.minutes)} {'free of charge' if price.is_free else f'for {money(price)}'}"


def tile(instant: datetime) -> dict[str, str]:
    """A date as the tile shows it."""
    return {
        "weekday": local(instant, pattern="EEE"),
        "number": local(instant, pattern="d"),
        "month": local(instant, pattern="MMM"),
    }


def summary(offer: Offer, starts_at: datetime, price: Money | None = None) -> list[dict[str, str]]:
    """When, what it costs (unless another price is agreed) and how it can be changed: the offer and its terms tell."""
    specialist, ends_at = offer.specialist, starts_at + timedelta(minutes=offer.minutes)
    other = other_clock(starts_at, specialist.called, clocks.of_all([specialist.user])[specialist.user_id])
    return [
        {
            "icon": "calendar",
            "label": "When",
            "strong": day(starts_at),
            "text": span(starts_at, ends_at) + (f". {other}." if other else ""),
        },
        {"icon": "card", "label": "Price", "strong": "", "text": _costs(price or offer.price, offer.minutes)},
        {
            "icon": "refresh",
            "label": "Changing your mind",
            "strong": "",
            "text": changing(terms.as_sold(offer.kind, offer.cancel_rule), starts_at),
        },
    ]


def _costs(price: Money, minutes: int) -> str:
    if price.is_free:
        return "Free. Nothing is charged, now or later. No card."
    return f"{money(price)} for {duration(minutes)}."


def changing(agreed: Terms, starts_at: datetime | None = None) -> str:
    """How it can be changed, and from when on cancelling has a price: said wherever somebody decides to book. Once they
    have chosen a start (UTC), as an instant."""
    may = f"Move it {counts.times(agreed.moves)} or cancel it" if agreed.moves else "Cancel it"
    late = agreed.says.late_for_anybody.format(late=counts.in_hours(agreed.late))
    if starts_at is not None:
        late = agreed.says.late_when.format(until=sale_labels.date(policy.counts_from(agreed, starts_at)))
    return f"{may} any time before it starts. No reason needed. {late}"


def over(booking: Booking | Listed) -> str:
    """That its time has passed and nobody has said yet how it was."""
    return "The half hour is over" if booking.terms.one_per_pair else f"Your {booking.terms.called} is over"


def booking_lines(booking: Booking) -> list[dict[str, str]]:
    """The same for a booking that exists, with how the two will meet."""
    lines = summary(booking.appointment.offer, booking.starts_at, booking.price)
    lines.insert(1, {"icon": "video", "label": "How", "strong": "", "text": FORMATS[Format(booking.format)]})
    return lines


def topics(booking: Booking) -> list[str]:
    """What its client said it is about, as the specialist calls it."""
    chosen = booking.topics
    return [each.topic.name for each in booking.specialist.topics if each.topic.slug in chosen] if chosen else []


def what_next(booking: Booking, possible: Possible) -> list[dict[str, Any]]:
    """What happens from here on, as a timeline."""
    name, starts_at, undo_until = booking.specialist.called, booking.starts_at, possible.undo_until
    hears = f"We write to {name} at {clock_time(undo_until)}, unless you take it back before. " if undo_until else ""
    steps: list[dict[str, Any]] = [
        {
            "title": "Now: the time is yours",
            "text": f"{hears}If something changes on their side, {_reaches(booking)} at once.",
            "done": True,
        }
    ]
    if starts_at - limits.REMINDER_DAY > clock.now():
        steps.append(
            {
                "title": f"{local(starts_at - limits.REMINDER_DAY)}: a reminder with buttons",
                "text": f"I’ll be there, {'Move it, ' if possible.moves_left > 0 else ''}or Release it. Each is fine.",
            }
        )
    steps += [
        {
            "title": f"{local(starts_at)}: your conversation",
            "text": _where(booking, name, possible.door_opens),
        },
        {
            "title": "Afterwards: nothing, unless you choose",
            "text": f"{booking.terms.says.next_steps} “Not sure” is a perfectly good answer.",
        },
    ]
    return steps


def _where(booking: Booking, name: str, door_opens: datetime) -> str:
    """How the two come together, in a sentence."""
    if booking.format == Format.PHONE:
        return f"{name} calls you on the number you gave."
    if booking.format == Format.IN_PERSON:
        return "You meet in person. How to get there stands on the booking’s page."
    also = "" if _has_no_email(booking) else " or the mail"
    return f"The door opens at {clock_time(door_opens)}, from this page{also}."


def _has_no_email(booking: Booking) -> bool:
    return booking.client is not None and booking.client.no_email


def _reaches(booking: Booking) -> str:
    """How news of a booking comes to its client, as they chose it."""
    return "a letter waits in your account" if _has_no_email(booking) else "we write to you"


def unmovable(booking: Booking, possible: Possible) -> str:
    """Why its client cannot give it another time, though it is ahead of them; empty where they can."""
    if possible.moves_left < 1 and booking.moves_used and not possible.move:
        return f"You’ve moved it {counts.times(booking.terms.moves)}, the most there is."
    return possible.move.sentence


def moving(booking: Booking, possible: Possible) -> dict[str, Any] | None:
    """How its client comes to another time now, in words and as an address; None where they do not."""
    name, called = booking.specialist.called, booking.terms.short
    if possible.move:
        return {"to": link("bookings.move_to", code=booking.code), "press": f"Move my {called}", "busy": "Moving…"} | {
            "title": f"Move your {called} with {name}",
            "lede": "Your old time stays yours until you confirm the new one.",
            "note": f"{possible.moves_left} of {booking.terms.moves} moves left.",
        }
    if possible.choose_time:
        return {
            "to": link("bookings.choose_time", code=booking.code),
            "press": "Take this time",
            "busy": "Booking…",
        } | {
            "title": f"Another time with {name}",
            "lede": f"{name} could not make it. Any of these times is yours for what you have paid already.",
            "note": "Nothing more is charged, and it uses up none of your moves.",
        }
    if possible.ask_times:
        lasts = counts.in_hours(limits.PROPOSAL_LASTS)
        why = f"{unmovable(booking, possible)} {sale_labels.when_cancelled(booking, possible)}"
        return {"to": link("bookings.ask", code=booking.code), "press": "Ask for this time", "busy": "Asking…"} | {
            "title": f"Ask {name} for another time",
            "lede": f"{why} If you ask, your old time stays yours until {name} agrees, and if they don’t.",
            "note": f"{name} has {lasts} to answer, but not beyond the old time or the new one. It costs nothing.",
        }
    return None


def cheaper_now(booking: Booking, client: User) -> str:
    """That what they can have at another time without paying costs them less now; else empty."""
    offer = booking.appointment.offer
    now = specialists.current_version(offer)
    price = specialists.price_for(now, client) if now is not None and now.minutes == offer.minutes else None
    if price is None or booking.price is None or price.currency != booking.price.currency or booking.price <= price:
        return ""
    lasts = duration(offer.minutes)
    return f"A session of {lasts} costs you {amount(price)} now. If you have it back, you can book one for that."


def looked_at(contest: Contest | None, booking: Booking, viewer_id: int) -> str:
    """What one side reads about a "missed" that somebody contested; empty where nobody did."""
    if contest is None:
        return ""
    if contest.outcome == Outcome.OPEN:
        if contest.by_id == viewer_id:
            return "We have your words. A person reads them and answers you."
        if contest.answered_at is not None:
            return "We have your words. A person reads both sides and answers you."
        other = "Your client" if viewer_id == booking.specialist.user_id else booking.specialist.called
        return f"{other} told us that it was otherwise. A person looks at it and writes to you both."
    became = (
        "It stays as it was marked" if contest.outcome == Outcome.UPHELD else "What this page says is their decision"
    )
    reason = sealed.shown(contest, "reason")
    why = f" Why: {reason}" if reason else ""
    return f"Our staff looked at this again on {day(contest.decided_at or contest.opened_at)}. {became}.{why}"
