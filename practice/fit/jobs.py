"""This file knows what happens to decisions without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

from practice.http import clocks
from practice.store.db import db, transaction
from practice.values import clock
from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import actions, emails, policy, queries
from .models import FitChoice
from .queries import Fit
from .states import Choice, Party

MORNING = 9


@sweep(every=timedelta(minutes=5))
def remind() -> None:
    """After 20 hours, after 72, and where somebody's yes has lapsed."""
    fits = {fit.booking.id: fit for fit in chain(queries.lately_ended(), queries.settled_lately())}.values()
    one_by_one("booking", filter(_is_anything_due, fits), actions.remind, named=lambda fit: fit.booking.code)


def _is_anything_due(fit: Fit) -> bool:
    now = clock.now()
    dues = (policy.NUDGE, policy.OVERDUE, policy.LAPSES)
    return any(policy.is_due(fit.known, each, now) for each in dues)


@sweep(every=timedelta(minutes=15))
def revisit() -> None:
    """On the day that somebody chose, at nine on their own clock, once."""
    one_by_one("booking", queries.to_revisit(clock.now()), _look_at, named=lambda choice: choice.booking.code)


def _look_at(choice: FitChoice) -> None:
    fit = queries.fit_of(choice.booking)
    if _has_come(choice, fit):
        with transaction():
            _revisit(fit, choice)


def _has_come(choice: FitChoice, fit: Fit) -> bool:
    person = {
        Party.CLIENT: fit.booking.client,
        Party.SPECIALIST: fit.booking.specialist.user,
        Party.PARTNER: fit.partner.user if fit.partner else None,
    }[Party(choice.party)]
    if person is None or choice.revisit_on is None:
        return False
    here = clocks.of(person).wall(clock.now())
    return (here.date(), here.hour) >= (choice.revisit_on, MORNING)


def _revisit(fit: Fit, choice: FitChoice) -> None:
    """Asked again of the answer as it is now; the day is then past, whether anybody was written to or not."""
    db.session.refresh(choice, with_for_update=True)
    waits = queries.waits_for_answer(fit, Party(choice.party))
    if choice.choice == Choice.NEED_TIME and choice.revisit_on is not None and waits:
        emails.revisit(fit, choice)
    choice.revisit_on = None


@sweep(every=timedelta(hours=1))
def lapse_referrals() -> int:
    """Suggestions that nobody answered in 14 days end."""
    return actions.lapse_referrals()


@sweep(every=timedelta(hours=6))
def forget_reasons() -> int:
    """Private reasons and words sent along go when their time is over."""
    return actions.forget_reasons()
