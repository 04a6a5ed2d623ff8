"""Each offer has a list of its own: what stands in it is what reserving accepts, in practices drawn by chance too."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from practice.availability.models import DateException, Schedule, TimeOff, WeeklyRange
from practice.bookings import free_times, queries
from practice.bookings.actions.hold import require_open
from practice.bookings.errors import SlotClosed, SlotTaken
from practice.bookings.free_times import Wanted
from practice.bookings.states import BookingState
from practice.scheduling.hours import DateRule, OpenHours
from practice.scheduling.hours import TimeOff as Off
from practice.scheduling.hours import WeeklyRange as Range
from practice.scheduling.slots import BookingRules, Busy
from practice.specialists.states import OfferKind
from practice.specialists.timing import CONSULT, Timing
from practice.store.db import db, transaction
from practice.values.money import Money
from tests import factories
from tests.scheduling.oracle import Oracle

MONDAY = date(2027, 3, 1)
HOUR = timedelta(hours=1)
COUNTED = [BookingState.CONFIRMED] * 4 + [BookingState.COMPLETED, BookingState.CLIENT_MISSED]
GONE = [BookingState.CANCELLED_BY_CLIENT, BookingState.LATE_RELEASED, BookingState.EXPIRED]


class Practice:
    """A practice drawn by chance: what is stored, and beside it what the walk over every five minutes is told."""

    def __init__(self, seed, clock):
        self.chance = random.Random(seed)
        clock.advance(minutes=self.chance.choice((0, 1, 95, 60 * 9)))
        self.now = clock.now()
        self.zone = self.chance.choice(("Europe/Vienna", "Asia/Kathmandu", "America/Los_Angeles"))
        self.row = factories.specialist(factories.user(f"Drawn{seed}", zone=self.zone), slug=f"drawn-{seed}")
        self.weeks = {"": self._week(), "individual": self._week() if self.chance.random() < 0.5 else []}
        self.closed_on = MONDAY + timedelta(days=self.chance.randrange(9))
        self.away = self.now + self.chance.randrange(200) * HOUR, 3 * HOUR
        self.limits = self._limits()
        self.taken = []
        self._store()
        self._fill()

    def _pick(self, *among):
        return self.chance.choice(among)

    def _week(self):
        found = []
        for weekday in range(7):
            opens = 5 * self.chance.randrange(6 * 12, 12 * 12)
            closes = opens + 5 * self.chance.randrange(10, 100)
            found += [(weekday, opens, closes)] if self.chance.random() < 0.8 else []
        return found

    def _limits(self):
        return {
            "step": self._pick(5, 15, 30, 50),
            "gap_before": self._pick(0, 10, 25),
            "gap_after": self._pick(0, 10, 45),
            "consult_notice": self._pick(0, 60, 12 * 60),
            "session_notice": self._pick(0, 45, 24 * 60),
            "consult_horizon": self._pick(2, 8),
            "session_horizon": self._pick(4, 9),
            "daily_cap": self._pick(None, None, 2, 3),
            "weekly_cap": self._pick(None, None, 4, 9),
            "weekly_consults": self._pick(None, 1, 3),
        }

    def _store(self):
        with transaction() as session:
            session.query(WeeklyRange).filter_by(specialist_id=self.row.id).delete()
            for kind, week in self.weeks.items():
                for weekday, opens, closes in week:
                    session.add(
                        WeeklyRange(specialist_id=self.row.id, kind=kind, weekday=weekday, opens=opens, closes=closes)
                    )
            session.merge(Schedule(specialist_id=self.row.id, **self.limits))
            session.add(DateException(specialist_id=self.row.id, kind="", on=self.closed_on))
            begins, lasts = self.away
            session.add(TimeOff(specialist_id=self.row.id, starts_at=begins, ends_at=begins + lasts))
        for minutes in (25, 80):  # beside the consultation and the fifty minutes that everybody has
            price = Money(9000, "EUR")
            factories.offer(self.row, kind=OfferKind.INDIVIDUAL, name="One person", minutes=minutes, price=price)
        db.session.refresh(self.row)

    def _fill(self):
        """Appointments and holds of every offer, side by side, from the day before on; some came to nothing."""
        at = self.now.replace(minute=0, second=0) - 20 * HOUR
        offers = sorted(self.row.offers, key=lambda offer: offer.minutes)
        for number in range(9):
            at += timedelta(minutes=5 * self.chance.randrange(1, 300))
            offer, state = self._pick(*offers), self._pick(*COUNTED, *GONE, BookingState.HELD, BookingState.HELD)
            until = self.now + timedelta(minutes=self._pick(-1, 0, 10))
            is_held = state == BookingState.HELD
            held = {"held_until": until} if is_held else {}
            factories.booking(factories.user(f"C{number}x{self.row.id}"), self.row, at, of=offer, state=state, **held)
            if state not in GONE and not (is_held and until <= self.now):
                self.taken.append((at, offer, "hold" if is_held else "booking"))
            at += timedelta(minutes=offer.minutes)

    def walk(self, offer):
        """The starts of this offer, found cell by cell from what was drawn and not from what was stored."""
        limits, is_consult = self.limits, offer.kind == OfferKind.CONSULT
        week = self.weeks[offer.kind if self.weeks.get(offer.kind) else ""]
        begins, lasts = self.away
        hours = OpenHours(
            self.zone,
            tuple(Range(*each) for each in week),
            (DateRule(self.closed_on, ()),),
            (Off(int(begins.timestamp()), int((begins + lasts).timestamp())),),
        )
        rules = BookingRules(
            length=offer.minutes,
            step=limits["step"],
            before=limits["gap_before"],
            after=limits["gap_after"],
            notice=limits["consult_notice"] if is_consult else limits["session_notice"],
            horizon_days=limits["consult_horizon"] if is_consult else limits["session_horizon"],
            daily_cap=limits["daily_cap"],
            weekly_cap=limits["weekly_cap"],
            kind=offer.kind,
            kind_weekly_cap=limits["weekly_consults"] if is_consult else None,
        )
        gaps = limits["gap_before"], limits["gap_after"]
        busy = [
            Busy(int(at.timestamp()), int(at.timestamp()) + each.minutes * 60, *gaps, kind=each.kind, reason=reason)
            for at, each, reason in self.taken
        ]
        return list(Oracle(hours, self.now.date()).slots(busy, rules, self.now))


def instant(start):
    return datetime.fromtimestamp(start, UTC)


def is_accepted(offer, start, now):
    try:
        require_open(offer, instant(start), now)
    except (SlotTaken, SlotClosed):
        return False
    return True


def some(chance, starts, most):
    return chance.sample(sorted(starts), min(most, len(starts)))


@pytest.mark.each_case
@pytest.mark.parametrize("seed", range(8))
def test_each_offer_of_a_practice_drawn_by_chance_lists_what_is_accepted(seed, app, clock):
    practice = Practice(seed, clock)
    kept = free_times.all_starts([Wanted.by(each) for each in practice.row.offers], practice.now)
    assert len(set(kept.values())) > 1

    for offer in practice.row.offers:
        listed = set(queries.starts_for(offer))
        beside = {start + shift for start in some(practice.chance, listed, 12) for shift in (-900, -300, 300, 900)}
        # What another length may have and this one may not is where lists are mistaken for one another.
        others = {start for each in practice.row.offers for start in some(practice.chance, practice.walk(each), 12)}

        assert sorted(listed) == practice.walk(offer)
        for start in (beside | others) - listed:
            assert not is_accepted(offer, start, practice.now)
        for start in some(practice.chance, listed, 20):
            assert is_accepted(offer, start, practice.now)


def test_two_lengths_of_one_kind_never_share_a_list(cast, clock):
    """Half an hour fits at half past four, fifty minutes do not."""
    half, fifty = Timing(OfferKind.INDIVIDUAL, 30), Timing(OfferKind.INDIVIDUAL, 50)
    version = cast.practice.calendar_version

    lists = free_times.all_starts([Wanted(cast.practice.id, each, version) for each in (half, fifty)], clock.now())

    shorter, longer = (set(starts) for starts in lists.values())
    assert longer < shorter
    ends = datetime(2027, 3, 3, 16, 0, tzinfo=UTC)  # Vienna closes
    on_wednesday = [start for start in sorted(shorter - longer) if ends - 24 * HOUR < instant(start) < ends]
    assert [ends - instant(start) for start in on_wednesday] == [HOUR * 0.75, HOUR * 0.5]


def test_a_hold_of_one_offer_leaves_the_lists_of_all_and_comes_back_to_all_when_it_runs_out(cast, clock):
    offers = {each.timing: each for each in cast.practice.offers}
    noon = datetime(2027, 3, 3, 11, 0, tzinfo=UTC)
    factories.booking(cast.ben, cast.practice, noon, state=BookingState.HELD)

    held = {timing: int(noon.timestamp()) in queries.starts_for(offer) for timing, offer in offers.items()}
    clock.advance(minutes=10)
    over = {timing: int(noon.timestamp()) in queries.starts_for(offer) for timing, offer in offers.items()}

    assert CONSULT in held
    assert not any(held.values())
    assert all(over.values())
