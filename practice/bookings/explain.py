"""This file knows how to say why a time is not offered: the first rule that refused it, as a sentence with facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from practice.http.clocks import Clock, clock_time, day, local, minute_of_day, reader, zone_name
from practice.http.formats import duration
from practice.scheduling.hours import open_intervals, planned_on
from practice.scheduling.intervals import clip, merge, subtract
from practice.scheduling.slots import Refusal, Why, why_not_at
from practice.scheduling.zones import wall_to_instant
from practice.specialists import queries as specialists
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import OfferKind
from practice.store.db import db
from practice.values import clock
from practice.values.errors import Invalid, NotFound

from . import free_times, queries, terms
from .free_times import Calendar
from .labels import changed
from .queries import Chosen

NAMES = {
    OfferKind.CONSULT: "free consultations",
    OfferKind.INDIVIDUAL: "individual sessions",
    OfferKind.GROUP: "groups",
}


@dataclass(frozen=True)
class Asked:
    """One question: the calendar, and a time on the specialist's wall clock (minute of a local date)."""

    calendar: Calendar
    on: date
    minute: int
    offer: Offer

    @property
    def clock(self) -> Clock:
        """The specialist's clock, on which everything here is said."""
        hours = self.calendar.hours
        return Clock(hours.zone, hours.travel, reader().is_twelve)

    @property
    def start_label(self) -> str:
        """“Tuesday 9 March, 10:00 (Vienna time)”."""
        zone = zone_name(self.clock.zone_on(self.on))
        return f"{day(self.on)}, {minute_of_day(self.minute, self.clock)} ({zone})"


@dataclass(frozen=True)
class Answer:
    """Whether the time is offered, in a sentence; `rule` names what refused it."""

    is_open: bool
    sentence: str
    rule: str = ""


NOTHING = Answer(False, "No time is offered: there is no current offer.", "profile")


def explanation(slug: str, when_text: str, word: str = "") -> str:
    """The answer for the operator: a slug, "2027-03-09 10:00" on the specialist's clock, and what `chosen` takes.

    Raises NotFound for an unknown slug, Invalid for a time or an offer that cannot be read.
    """
    specialist = db.session.scalar(select(Specialist).where(Specialist.slug == slug))
    if specialist is None:
        raise NotFound(f"There is no specialist “{slug}”.")
    on, minute = _read(when_text)
    asked = chosen(specialist, word)
    if asked is None:
        offered = ", ".join(f"{code} ({words})" for code, words in choices(specialist))
        raise Invalid(f"{specialist.name} has no such offer; there is: {offered}." if offered else NOTHING.sentence)
    return why(asked, on, minute).sentence


def choices(specialist: Specialist) -> list[tuple[str, str]]:
    """What somebody can ask about: the code of each current offer, and its name with its length."""
    return [(each.code, _name(each)) for each in specialist.offers if each.is_current]


def _name(offer: Offer) -> str:
    return f"{terms.of(offer.kind).brief}, {duration(offer.minutes)}"


def chosen(specialist: Specialist, word: str = "") -> Chosen | None:
    """The offer with this code, as it stands now, whichever version the code is of; without one the consultation.

    A kind is taken too, for the shortest offer of it: so older addresses ask. None for what is not offered.
    """
    kind = word or terms.CONSULT.kind
    named = [each for each in specialist.offers if each.code == word]
    named += [each for each in specialist.offers if each.is_current and each.kind == kind]
    offer = specialists.current_version(named[0]) if named else None
    return Chosen(offer, named[0]) if offer is not None else None


def _read(text: str) -> tuple[date, int]:
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("Write the time like this: 2027-03-09 10:00") from error
    return when.date(), when.hour * 60 + when.minute


def why(asked_for: Chosen, on: date, minute: int) -> Answer:
    """Why this minute of this local date is offered or not, by the very rules that make the list of this offer."""
    answer = _why(asked_for.offer, on, minute)
    if not asked_for.has_changed:
        return answer
    return replace(answer, sentence=f"{changed(asked_for)} {answer.sentence}")


def _why(offer: Offer, on: date, minute: int) -> Answer:
    if sentence := _closed_altogether(offer):
        return Answer(False, sentence, "profile")
    calendar = free_times.calendar_of(offer.specialist_id, offer.timing, clock.now())
    asked = Asked(calendar, on, minute, offer)
    refusal = why_not_at((on, minute), calendar.hours, calendar.busy, calendar.rules, clock.now())
    if refusal is None:
        return Answer(True, f"{asked.start_label} is offered for {_several(offer)}.")
    sentence = SENTENCES[refusal.why].format(f=Facts(asked, refusal))
    return Answer(False, f"{asked.start_label} is not offered. {sentence}", refusal.why)


def _several(offer: Offer) -> str:
    return f"{NAMES[OfferKind(offer.kind)]} of {duration(offer.minutes)}"


def _closed_altogether(offer: Offer) -> str:
    if not offer.specialist.is_published:
        return "No time is offered: the profile is not published at the moment."
    if not queries.may_be_put_there(offer):
        paused = NAMES[OfferKind(offer.kind)]
        return f"No time is offered: {paused} are paused until our team has looked at what was missed."
    return ""


# ---------------------------------------------------------------- one sentence for each rule

SENTENCES: dict[Why, str] = {
    Why.CLOCK_GAP: "The clocks go forward then, so this time does not exist.",
    Why.PAST: "It has passed.",
    Why.HORIZON: "It is further ahead than the horizon of {f.limit} days. It opens on {f.opens_on}.",
    Why.CLOSED_DAY: "{f.closed}",
    Why.TIME_OFF: "There is time off from {f.from_at} to {f.until_at}.",
    Why.OUTSIDE_HOURS: "It is outside the hours of that day: {f.hours}.",
    Why.GRID: "Times begin every {f.limit} minutes from {f.from_clock} on, and this is not one of them.",
    Why.LENGTH: "{f.limit} minutes do not fit any more before the hours end at {f.until_clock}.",
    Why.NOTICE: "It is closer than the shortest notice of {f.notice}: nothing before {f.until_at} can be booked.",
    Why.BOOKED: "There is an appointment from {f.busy}.",
    Why.HELD: "Somebody is filling in the booking form for {f.busy}. The time is theirs for a few minutes.",
    # Where they are a client is nobody's business, whoever reads this with them.
    Why.BUSY_ELSEWHERE: "You have something else from {f.busy}.",
    Why.BUFFER: "It is too close to {f.what} from {f.busy}: {f.limit} minutes are kept free between two.",
    Why.DAILY_CAP: "{f.day} is full: the limit of conversations a day is {f.limit}.",
    Why.WEEKLY_CAP: "That week is full: the limit of conversations from Monday to Sunday is {f.limit}.",
    Why.KIND_DAILY_CAP: "{f.day} is full: the limit of {f.kind} a day is {f.limit}.",
    Why.KIND_WEEKLY_CAP: "That week is full: the limit of {f.kind} from Monday to Sunday is {f.limit}.",
}


@dataclass(frozen=True)
class Facts:
    """What a sentence may name, put into words only when it does; all on the specialist's clock."""

    asked: Asked
    refusal: Refusal

    @property
    def limit(self) -> int | None:
        return self.refusal.limit

    @property
    def notice(self) -> str:
        return duration(self.refusal.limit or 0)

    @property
    def kind(self) -> str:
        return NAMES[OfferKind(self.asked.offer.kind)]

    @property
    def day(self) -> str:
        """The date that is full: while one flies, a start may count towards the date before the one that was asked."""
        full = self.refusal.from_at
        return day(self.asked.on) if full is None else day(_instant(full), self.asked.clock)

    @property
    def opens_on(self) -> str:
        return day(self.asked.on - timedelta(days=self.refusal.limit or 0))

    @property
    def from_at(self) -> str:
        return local(_instant(self.refusal.from_at), self.asked.clock)

    @property
    def until_at(self) -> str:
        return local(_instant(self.refusal.until_at), self.asked.clock)

    @property
    def from_clock(self) -> str:
        return clock_time(_instant(self.refusal.from_at), self.asked.clock)

    @property
    def until_clock(self) -> str:
        return clock_time(_instant(self.refusal.until_at), self.asked.clock)

    @property
    def busy(self) -> str:
        return self._span(*self.refusal.busy[:2]) if self.refusal.busy else ""

    @property
    def what(self) -> str:
        is_elsewhere = self.refusal.busy is not None and self.refusal.busy.reason == "busy_elsewhere"
        return "something else" if is_elsewhere else "the appointment"

    @property
    def hours(self) -> str:
        hours, on = self.asked.calendar.hours, self.asked.on
        away = merge(off.interval for off in hours.time_off)
        zone = self.asked.clock.zone_on(on)
        # Its own midnights: while one flies, the date before reaches beyond the first.
        midnights = wall_to_instant(on, 0, zone), wall_to_instant(on, 1440, zone, end=True)
        own = clip(subtract(planned_on(hours, on), away), midnights)
        spans = merge([*own, *open_intervals(hours, on, on)])
        return " and ".join(self._span(*span) for span in spans)

    @property
    def closed(self) -> str:
        if any(rule.on == self.asked.on for rule in self.asked.calendar.hours.date_rules):
            return "This date is closed in your single dates."
        return f"There are no weekly hours on a {day(self.asked.on, pattern='EEEE')}."

    def _span(self, starts_at: int, ends_at: int) -> str:
        """“10:00 to 10:30”, or with the days where it reaches beyond the date that was asked for."""
        first, last = _instant(starts_at), _instant(ends_at)
        inside = (
            day(first, self.asked.clock) == day(last - timedelta(seconds=1), self.asked.clock) == day(self.asked.on)
        )
        words = clock_time if inside else local
        return f"{words(first, self.asked.clock)} to {words(last, self.asked.clock)}"


def _instant(epoch: int | None) -> datetime:
    return datetime.fromtimestamp(epoch or 0, UTC)
