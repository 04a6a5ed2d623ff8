"""This file knows how everybody who sells hears that our share of a session changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, select

from practice.letters.outbox import OutboxMail
from practice.store.db import db, transaction
from practice.values import clock
from practice.work.each import one_by_one

from . import emails, queries
from .desk_models import MoneySetting
from .kinds import STANDARD, SettingKey
from .models import PayeeAccount

History = Sequence[MoneySetting]
LATELY = timedelta(days=30)
A_RUN = 500


def announce() -> int:
    """Write to those who have not been written to about a commission that was set lately; how many."""
    history = queries.settings_history(SettingKey.COMMISSION)
    lately = clock.now() - LATELY
    found = (each for each in history if each.made_at > lately and _still_holds(each, history))
    return sum(_announce(each, history) for each in sorted(found, key=lambda each: each.id))


def _still_holds(setting: MoneySetting, history: History) -> bool:
    """Whether it holds now, or will from its day on: another for the same day, or one since, takes its place."""
    at = max(setting.from_at, clock.now())
    return next(each for each in history if each.from_at <= at) is setting


def _announce(setting: MoneySetting, history: History) -> int:
    before = next((each.value for each in history if each.from_at < setting.from_at), STANDARD[SettingKey.COMMISSION])
    replaced = [each for each in history if each.from_at == setting.from_at and each.id < setting.id]

    def tell(account: PayeeAccount) -> None:
        with transaction():
            emails.commission_changes(account.payee, setting, before)

    return one_by_one("account", _untold(setting, replaced, stays=before == setting.value), tell)


def _untold(setting: MoneySetting, replaced: History, *, stays: bool) -> list[PayeeAccount]:
    """Whose account was there as it was set: who came later has read of nothing else. Of a share that `stays` as it is
    only who has read of another for that day."""
    same = [setting, *(each for each in replaced if each.value == setting.value)]
    other = [each for each in replaced if each.value != setting.value]
    asked = select(PayeeAccount).where(PayeeAccount.ended_at.is_(None), PayeeAccount.made_at <= setting.made_at)
    asked = asked.where(~_announced(same), *([_announced(other)] if stays else []))
    return list(db.session.scalars(asked.order_by(PayeeAccount.id).limit(A_RUN)))


def _announced(about: History) -> ColumnElement[bool]:
    abouts = [emails.about(each) for each in about]
    return exists().where(OutboxMail.about.in_(abouts), OutboxMail.recipient_id == PayeeAccount.payee_id)
