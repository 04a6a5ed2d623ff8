"""This file knows how everybody who sells hears that our share of a session changes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select

from practice.letters.outbox import OutboxMail
from practice.store.db import db, transaction
from practice.values import clock
from practice.work.each import one_by_one

from . import emails, queries
from .desk_models import MoneySetting
from .kinds import STANDARD, SettingKey
from .models import PayeeAccount

LATELY = timedelta(days=30)
A_RUN = 500


def announce() -> int:
    """Write to those who have not been written to about a commission that was set lately; how many."""
    lately = (MoneySetting.key == SettingKey.COMMISSION, MoneySetting.made_at > clock.now() - LATELY)
    found = db.session.scalars(select(MoneySetting).where(*lately).order_by(MoneySetting.id)).all()
    return sum(map(_announce, found))


def _announce(setting: MoneySetting) -> int:
    before = _before(setting)
    if before == setting.value:
        return 0

    def tell(account: PayeeAccount) -> None:
        with transaction():
            emails.commission_changes(account.payee, setting, before)

    return one_by_one("account", _untold(setting), tell)


def _before(setting: MoneySetting) -> int:
    """What would have held from then on without it."""
    history = queries.settings_history(SettingKey.COMMISSION)
    earlier = (each.value for each in history if each.id < setting.id and each.from_at <= setting.from_at)
    return next(earlier, STANDARD[SettingKey.COMMISSION])


def _untold(setting: MoneySetting) -> list[PayeeAccount]:
    """Whose account was there as it was set: who came later has read of nothing else."""
    told = exists().where(OutboxMail.about == emails.about(setting), OutboxMail.recipient_id == PayeeAccount.payee_id)
    asked = select(PayeeAccount).where(PayeeAccount.ended_at.is_(None), PayeeAccount.made_at <= setting.made_at, ~told)
    return list(db.session.scalars(asked.order_by(PayeeAccount.id).limit(A_RUN)))
