"""This file knows how one party's answer is stored, and what is done about what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from practice.accounts.models import User
from practice.bookings import actions as bookings
from practice.bookings import claims
from practice.bookings.models import Booking
from practice.fit import emails, policy, queries, texts
from practice.fit.models import FitChoice
from practice.fit.queries import Fit
from practice.fit.states import Choice, Party
from practice.http import clocks
from practice.store import audit, versions
from practice.store.db import db, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Invalid

from .refer import Suggestion, suggest, take_suggestions_back


@dataclass(frozen=True)
class Answered:
    """What somebody chose, and what they noted beside it; None for a reason leaves the one that is there,
    whose sharing can still be taken back."""

    choice: Choice
    revisit_on: date | None = None
    reason: str | None = ""
    shares_reason: bool = False
    text_key: str = ""


@transactional
def answer(booking: Booking, party: Party, answered: Answered, *, by: User, shown: Shown | None = None) -> Fit:
    """The client's or their partner's own answer, or another one; what it came to.

    Raises `Conflict` once it has ended, lapsed or something is paid for, `Changed` for another answer than `shown`.
    """
    # What they pay for in this moment waits, or was first: a no is known to it, or comes too late.
    claims.keep_client_still(booking.client_id or 0)
    claims.keep_still(booking)
    before = queries.fit_of(booking)
    policy.may_answer(before.known, party, clock.now()).require()
    policy.may_choose(before.known, party, answered.choice, clock.now()).require()
    versions.check(shown)
    _store(before, party, answered, by)
    audit.record("fit.answered", f"booking:{booking.code}", actor=by)
    return _tell(before, party)


@transactional
def answer_in_practice(
    booking: Booking, answered: Answered, suggestion: Suggestion, *, by: User, shown: Shown | None = None
) -> Fit:
    """The specialist's own answer; what it came to. "Not the right person" with colleagues is a referral.

    An answer says that the talk took place, where nobody had said so yet. Raises `Invalid` for a suggestion that cannot
    be made, else as `answer` does.
    """
    claims.lock_booking(booking)
    before = queries.fit_of(booking)
    policy.may_answer(before.known, Party.SPECIALIST, clock.now()).require()
    policy.may_choose(before.known, Party.SPECIALIST, answered.choice, clock.now()).require()
    versions.check(shown)
    if suggestion.people and answered.choice != Choice.REFER:
        raise Invalid("", {"suggested": "Suggestions go with “I’m not the right person”."})
    if answered.choice == Choice.REFER:
        suggest(booking, suggestion)
    else:
        take_suggestions_back(booking)
    _store(before, Party.SPECIALIST, answered, by)
    if booking.is_confirmed:
        db.session.flush()
        bookings.complete(booking, by=by)
    audit.record("fit.answered", f"booking:{booking.code}", actor=by)
    return _tell(before, Party.SPECIALIST)


def _tell(before: Fit, party: Party) -> Fit:
    db.session.flush()
    after = queries.fit_of(before.booking)
    emails.became(before.outcome, after, party)
    return after


def _store(fit: Fit, party: Party, answered: Answered, by: User) -> None:
    row = fit.choices.get(party) or FitChoice(booking_id=fit.booking.id, party=party)
    if row.choice != answered.choice:
        row.choice, row.decided_at = answered.choice, clock.now()
    row.revisit_on = _revisit_on(party, answered, by)
    row.text_key = answered.text_key if answered.text_key in texts.DECLINES else ""
    if answered.reason is not None:
        row.reason = answered.reason
        row.shares_reason = answered.shares_reason and bool(answered.reason) and party != Party.SPECIALIST
    else:
        row.shares_reason = bool(row.shares_reason) and answered.shares_reason
    db.session.add(row)


def _revisit_on(party: Party, answered: Answered, by: User) -> date | None:
    """Specialists are reminded on the next day, clients on the day they choose: on their own clocks."""
    if answered.choice != Choice.NEED_TIME:
        return None
    today = clocks.of(by).wall(clock.now()).date()
    chosen = today + timedelta(days=1) if party == Party.SPECIALIST else answered.revisit_on
    return policy.revisit_on(chosen, today)
