"""This file knows a specialist's today: what comes next, what waits for them, and nothing that does not exist yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_login import current_user
from werkzeug.wrappers import Response

from practice.availability import policy as hours_policy
from practice.availability import queries as availability
from practice.bookings import agenda, invites, labels, limits, policy
from practice.bookings import queries as bookings
from practice.bookings.free_times import Wanted
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.week import instant
from practice.bookings.who_may import Possible, Side
from practice.disputes import beside
from practice.disputes import queries as disputes
from practice.disputes.policy import may_appeal
from practice.disputes.states import DisputeState
from practice.fit import policy as fit_rules
from practice.fit import queries as fits
from practice.fit.states import Party
from practice.http import clocks
from practice.http.access import specialist
from practice.http.clocks import clock_time, day, local, reader, zone_name
from practice.http.pages import link, page
from practice.invoices import queries as invoices
from practice.scheduling.days import span_of
from practice.scheduling.hours import OpenHours, local_day
from practice.specialists import queries as practices
from practice.specialists.choices import FORMATS
from practice.specialists.models import Specialist
from practice.specialists.policy import WITH_END
from practice.specialists.selling import Missing
from practice.specialists.states import Format, OfferKind, ProfileState
from practice.specialists.timing import CONSULT
from practice.values import clock
from practice.values.counts import in_days, number


@dataclass(frozen=True)
class Task:
    """Something that waits: a title, one sentence, and where to see or do it.

    `is_with_others`: the next word is a client's or our team's, and the specialist can only know of it.
    """

    title: str
    text: str
    url: str
    label: str
    is_with_others: bool = False


DAWN = 5  # before this hour nobody is greeted by the time of the day
WAITING = {"tasks": False, "with_others": True}
WITH_OUR_TEAM = (ProfileState.SUBMITTED, ProfileState.IN_REVIEW)
PROFILE_STATES = {
    ProfileState.DRAFT: ("Your application is not sent yet", "What you wrote is kept.", "apply", "Go on with it"),
    ProfileState.SUBMITTED: ("Your application is with us", "We write to you when it is read.", "apply", "See it"),
    ProfileState.IN_REVIEW: ("Your application is being read", "We write to you when it is done.", "apply", "See it"),
    ProfileState.CHANGES_REQUESTED: ("We asked for changes", "Nothing has to be typed again.", "apply", "See what"),
    ProfileState.REFUSED: (
        "Your application was not accepted",
        "You can see why, and apply again.",
        "apply",
        "See why",
    ),
    ProfileState.APPROVED: ("You are approved", "Publish your profile when you are ready.", "edit_profile", "Publish"),
    ProfileState.PAUSED: ("Your profile is paused", "Nobody can book you.", "edit_profile", "Change that"),
    ProfileState.EXPIRED: (
        "A paper has run out",
        "Your profile is hidden until it is renewed.",
        "edit_profile",
        "Renew",
    ),
    ProfileState.SUSPENDED: ("Your practice is suspended", "Our team has written to you.", "apply", "See why"),
    ProfileState.CLOSED: ("Your practice here is closed", "Nobody can book you.", "apply", "Look at it"),
}


@specialist
def practice() -> Response:
    """Today: the next appointment, the day, and what waits."""
    own, now = current_user.specialist, clock.now()
    hours = availability.open_hours(own, OfferKind.CONSULT)
    today = local_day(now, hours)
    ahead = agenda.ahead_of(own.id, now, limit=50)
    return page(
        "home/practice.html",
        own=own,
        today=today,
        greeting=f"{greeting(now)}, {own.called}",
        next=_card(ahead[0], now) if ahead else None,
        of_today=[_row(each) for each in _of_today(own, hours, now)],
        not_sold=_not_sold(own),
        **_waiting(own, ahead, now),
        **_of_hours(own, hours, now),
    )


def _of_hours(own: Specialist, hours: OpenHours, now: datetime) -> dict[str, Any]:
    """What the specialist promised about their hours, and how much of the week's limit is used."""
    schedule = availability.schedule_of(own)
    return {
        "is_quiet": own.is_visible and hours_policy.is_quiet(schedule.confirmed_at or now, now),
        "consults": agenda.consults_in_week(own.id, hours, now),
        "limit": schedule.weekly_consults,
    }


def greeting(now: datetime) -> str:
    """How the reader is greeted at this hour of theirs."""
    hour = reader().wall(now).hour
    if hour < DAWN:
        return "Hello"
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _of_today(own: Specialist, hours: OpenHours, now: datetime) -> list[Booking]:
    today = local_day(now, hours)
    span = span_of(today, today, hours.stays)
    found = agenda.bookings_between(own.id, instant(span.starts_at), instant(span.ends_at), now)
    return [each for each in found if each.state != BookingState.HELD]


def _row(booking: Booking) -> dict[str, Any]:
    """One appointment as a line of the day."""
    return {
        "time": clock_time(booking.starts_at),
        "until": clock_time(booking.ends_at),
        "kind": booking.terms.paint,
        "title": invites.initials(booking),
        "note": _facts(booking),
        "url": link("bookings.practice_show", code=booking.code),
    }


def _possible(booking: Booking, now: datetime) -> Possible:
    return bookings.possible_in_list(booking, Side.SPECIALIST, now)


def _facts(booking: Booking) -> str:
    """What it is and how they meet; never what they wrote: that is read on its own page, and noted."""
    parts = [booking.terms.brief, FORMATS[Format(booking.format)].lower()]
    if booking.with_partner:
        parts.append("with their partner")
    if agenda.shared_with_them(booking):
        parts.append("wrote you a note")
    return ", ".join(parts)


def _card(booking: Booking, now: datetime) -> dict[str, Any]:
    """The next appointment; its door opens ten minutes before."""
    return _row(booking) | {
        "booking": booking,
        "possible": _possible(booking, now),
        "topics": labels.topics(booking),
        "theirs": labels.other_clock(booking.starts_at, "them", clocks.of(booking.client, booking.client_zone)),
    }


# ---------------------------------------------------------------- what waits


def _waiting(own: Specialist, ahead: Sequence[Booking], now: datetime) -> dict[str, Any]:
    """What waits for the specialist, and what waits for a client or our team."""
    found = list(_tasks(own, ahead, now))
    return {name: [each for each in found if each.is_with_others is there] for name, there in WAITING.items()}


def _tasks(own: Specialist, ahead: Sequence[Booking], now: datetime) -> Iterator[Task]:
    if (profile_state := PROFILE_STATES.get(ProfileState(own.state))) is not None:
        title, text, endpoint, label = profile_state
        url, is_with_us = link(f"specialists.{endpoint}"), own.state in WITH_OUR_TEAM
        yield Task(title, _paused(own) or text, url, label, is_with_others=is_with_us)
    if policy.strikes_pause(bookings.strikes_of(own.id), now):
        text = (
            f"{number(limits.STRIKES_PAUSE).capitalize()} within {in_days(limits.STRIKE_WINDOW)} were missed or "
            "cancelled late on your side. Our team looks at them; bookings stand."
        )
        button = link("bookings.calendar"), "See your calendar"
        yield Task("New free consultations rest", text, *button, is_with_others=True)
    elif own.is_published and own.consult is not None:
        yield from _nothing_to_book(own)
    yield from _undated(own)
    yield from _untaxed(own)
    yield from _to_contest(own, now)
    yield from _contests(own)
    yield from _disputes()
    yield from _to_mark(own, now)
    yield from _to_decide(own)
    yield from _not_reconfirmed(ahead, now)
    yield from _proposals(own, now)
    if not current_user.has_two_step:
        text = "People trust you with private matters. A code after the password keeps them safe."
        yield Task("Set up two-step sign-in", text, link("accounts.security"), "Set it up")


def _undated(own: Specialist) -> Iterator[Task]:
    """An insurance that was checked before we asked for its last day."""
    if any(c.kind in WITH_END and c.state == "verified" and c.expires_on is None for c in own.credentials):
        text = "We don’t know until when it is valid. Please send the certificate once more, with its last day."
        yield Task("Your insurance has no last day here", text, link("specialists.edit_profile") + "#papers", "Send it")


def _untaxed(own: Specialist) -> Iterator[Task]:
    """Whose sessions are sold, and who has not said how they are taxed."""
    is_selling = own.is_published and practices.sessions(own) and practices.sells(own).can_pay_out
    if is_selling and not invoices.has_profile(own.user):
        text = "Your clients have a receipt at once. The invoice in your name waits until you have said it."
        yield Task("Say how you are taxed", text, link("invoices.tax"), "Say it")


def _nothing_to_book(own: Specialist) -> Iterator[Task]:
    """People find the profile, and no time in it."""
    wanted = Wanted(own.id, CONSULT, own.calendar_version)
    if bookings.next_starts([wanted])[wanted]:
        return
    hours = link("availability.edit")
    if any(availability.weekly_ranges(own.id).values()):
        text = "Every time ahead is booked, closed or over a limit. New ones open as days go by."
        yield Task("Nobody can book you at the moment", text, hours, "Look at your hours")
    else:
        text = "Your profile is public, and it has no weekly hours."
        yield Task("Nobody can book you yet", text, hours, "Set your hours")


def _not_sold(own: Specialist) -> tuple[Missing, ...]:
    """What stands between sessions with a price and their buyers; nothing for who offers none, or is not public."""
    return practices.sells(own).missing if own.is_published and practices.sessions(own) else ()


def _paused(own: Specialist) -> str:
    if own.state != ProfileState.PAUSED or own.paused_until is None:
        return ""
    return f"People can book you again from {day(own.paused_until)} on."


def _when(instant: datetime) -> str:
    return f"{local(instant)} ({zone_name(instant)})"


def _case(title: str, booking: Booking, text: str, label: str = "") -> Task:
    """About one appointment; without a label there is nothing to do about it but to look."""
    url = link("bookings.practice_show", code=booking.code)
    return Task(title, text, url, label or "Look at it", is_with_others=not label)


def _to_contest(own: Specialist, now: datetime) -> Iterator[Task]:
    for booking, mark in agenda.to_contest(own.id, now):
        if not bookings.possible_in_list(booking, Side.SPECIALIST, now, mark=mark).contest:
            continue
        until, is_broken = mark.at + limits.CONTEST_WINDOW, booking.state == BookingState.TECH_FAILURE
        what = "the call did not work" if is_broken else "you were not there"
        otherwise = "it took place" if is_broken else "you were there"
        text = f"{_when(booking.starts_at)}. If {otherwise}, say so by {_when(until)}."
        yield _case(f"{invites.initials(booking)} told us that {what}", booking, text, "Answer")


def _contests(own: Specialist) -> Iterator[Task]:
    for each in agenda.contests_of(own.id):
        when = _when(each.booking.starts_at)
        if bookings.possible_in_list(each.booking, Side.SPECIALIST, clock.now(), contest=each).answer_contest:
            text = f"{when}. Our team decides once it has heard you too."
            yield _case("A client says that a call was otherwise", each.booking, text, "Say how it was")
            continue
        yield _case("A missed call is being looked at", each.booking, f"{when}. A person writes to you both.")


def _disputes() -> Iterator[Task]:
    """What clients said was wrong, and what its specialist can say about it."""
    for each in disputes.open_in_practice(current_user):
        url = link("disputes.practice_show", code=each.booking.code)
        if each.awaits_reply:
            until = f" Until {_when(each.due_at)}." if each.due_at is not None else ""
            text = f"{_when(each.booking.starts_at)}.{until}"
            yield Task("A client says that something was wrong", text, url, "Say how it was")
        elif each.state == DisputeState.DECIDED:
            stands = f"{_when(each.booking.starts_at)}. {beside.of(each, Side.SPECIALIST).text}"
            asks = bool(may_appeal(disputes.known_of(each), Side.SPECIALIST, clock.now()))
            yield Task("It is decided about a session", stands, url, "See what was decided", is_with_others=not asks)
        else:
            text = f"{_when(each.booking.starts_at)}. A person looks at both sides, and writes to you."
            yield Task("A session is being looked at", text, url, "Look at it", is_with_others=True)


def _to_mark(own: Specialist, now: datetime) -> Iterator[Task]:
    for booking in filter(lambda each: _possible(each, now).complete, agenda.to_mark(own.id, now)):
        text = f"{_when(booking.starts_at)}. If you say nothing, we take it that it did."
        yield _case(f"Did the call with {invites.initials(booking)} take place?", booking, text, "Answer")


def _to_decide(own: Specialist) -> Iterator[Task]:
    """Whom somebody would go on with, or asks to be asked about again; nothing here says what the other side chose."""
    for fit in fits.of_practice(own.id):
        who, url = invites.initials(fit.booking), link("fit.practice_show", code=fit.booking.code)
        if fit.open_request is not None:
            yield Task(f"{who} would like to open it again", "It stays as it is unless you agree.", url, "Answer")
        elif fits.waits_for_answer(fit, Party.SPECIALIST):
            by = fit.known.opened_at + fit_rules.PROMISED
            text = f"You met on {_when(fit.booking.starts_at)}. They were told: by {_when(by)}."
            yield Task(f"Would you work with {who}?", text, url, "Answer")


def _not_reconfirmed(ahead: Sequence[Booking], now: datetime) -> Iterator[Task]:
    asked = [each for each in ahead if _possible(each, now).awaits_answer]
    for booking, released in bookings.unanswered(asked):
        kept = f"without an answer it is free again at {_when(released)}" if released else "the time stays theirs"
        text = f"{_when(booking.starts_at)}. We have asked; {kept}."
        yield _case(f"{invites.initials(booking)} hasn’t said yet that they will come", booking, text)


def _proposals(own: Specialist, now: datetime) -> Iterator[Task]:
    for each in agenda.proposals_of(own.id, now):
        who = invites.initials(each.booking)
        if each.side == "client":
            text = f"{_when(each.booking.starts_at)}. Without an answer by {_when(each.lapses_at)}, that time stands."
            yield _case(f"{who} asks for another time", each.booking, text, "Answer")
        else:
            text = f"You offered other times. If they choose none by {_when(each.lapses_at)}, the old one stands."
            yield _case(f"{who} is choosing a new time", each.booking, text)
