"""This file knows every read about crisis lines: those of one country, the table of all, those to be checked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, case, func, or_, select
from sqlalchemy.orm import joinedload

from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from .models import CrisisChange, CrisisResource
from .places import ANYWHERE_IN_EU, EUROPEAN_UNION, country_name, in_country
from .policy import PURPOSES, STALE_AFTER, UNDO_WITHIN, Line
from .states import ChangeState

ORDER = case({purpose: place for place, purpose in enumerate(PURPOSES)}, value=CrisisResource.purpose)


def _in_order() -> Select[CrisisResource]:
    return select(CrisisResource).order_by(CrisisResource.country, ORDER, CrisisResource.id)


OF_COUNTRIES = _in_order().where(CrisisResource.country.in_((bindparam("own"), bindparam("shared"))))
# Every page asks this for its footer: plain columns of the table, put together once.
_LINES = cast(Table, CrisisResource.__table__).c
FOOTER = (
    select(_LINES.country, _LINES.purpose, _LINES.number, _LINES.hours)
    .where(or_(_LINES.country == bindparam("own"), _LINES.country == bindparam("shared")))
    .order_by(_LINES.id)
)


@dataclass(frozen=True)
class Country:
    """A country's numbers, as the page and the footer show them."""

    code: str
    name: str
    lines: Sequence[CrisisResource]

    @property
    def where(self) -> str:
        """The country inside a sentence: "in the United States"."""
        return in_country(self.code)

    def of(self, purpose: str) -> list[CrisisResource]:
        """The lines for one purpose, in the order in which they were entered."""
        return [line for line in self.lines if line.purpose == purpose]

    @property
    def is_stale(self) -> bool:
        """True when any of the numbers has to be checked locally."""
        return any(line.is_stale(clock.today("UTC")) for line in self.lines)


def country(code: str) -> Country | None:
    """The numbers of a country; of the whole European Union where a member has none of its own; None if unknown."""
    lines = _of_country(code, db.session.scalars(OF_COUNTRIES, _asked(code)).all())
    return Country(code, country_name(code), lines) if lines else None


def _asked(code: str) -> dict[str, str]:
    return {"own": code, "shared": ANYWHERE_IN_EU if code in EUROPEAN_UNION else code}


def _of_country(code: str, found: Sequence[Any]) -> list[Any]:
    """A country's own lines; for a purpose without any, those of the whole union. In the order of purposes."""
    own = [line for line in found if line.country == code]
    shared = [line for line in found if line.purpose not in {o.purpose for o in own}]
    return sorted(own + shared, key=lambda line: PURPOSES.index(line.purpose))


def countries() -> list[Country]:
    """All countries with numbers, by name; the European Union last."""
    rows = db.session.scalars(_in_order())
    found = [Country(code, country_name(code), list(lines)) for code, lines in groupby(rows, lambda r: r.country)]
    return sorted(found, key=lambda c: _place(c.code))


def _place(code: str) -> tuple[bool, str]:
    """Where a country stands in a list: by its name, as people read it; the European Union last."""
    return code == ANYWHERE_IN_EU, country_name(code)


def crisis_lines(code: str | None) -> dict[str, object] | None:
    """What the footer's note says for a country: its name, emergency numbers, one number to talk; None if unknown."""
    lines = _of_country(code, db.session.execute(FOOTER, _asked(code)).all()) if code else []
    emergency = [line.number for line in lines if line.purpose == "emergency"]
    if not code or not emergency:
        return None
    talk = next((line for line in lines if line.purpose == "talk"), None)
    return {
        "where": in_country(code),
        "emergency": emergency,
        "talk": talk.number if talk else None,
        "talk_note": talk.hours.lower() if talk else "",
    }


def to_check() -> Sequence[CrisisResource]:
    """Numbers that nobody has checked within 180 days: a task for staff."""
    before = clock.today("UTC") - STALE_AFTER
    stale = or_(CrisisResource.verified_on.is_(None), CrisisResource.verified_on < before)
    return db.session.scalars(_in_order().where(stale)).all()


def all_lines() -> Sequence[CrisisResource]:
    """Every number, by the name of its country and by purpose; the European Union last."""
    return sorted(db.session.scalars(_in_order()), key=lambda line: _place(line.country))


def resource(code: str) -> CrisisResource:
    """One number by its public id."""
    found = db.session.scalars(select(CrisisResource).where(CrisisResource.code == code)).first()
    if found is None:
        raise NotFound()
    return found


def is_entered(line: Line, but: str = "") -> bool:
    """Whether another line has this number for this country and purpose, however its digits are grouped."""
    alike = select(CrisisResource).where(CrisisResource.country == line.country, CrisisResource.purpose == line.purpose)
    digits = line.number.replace(" ", "")
    return any(each.code != but and each.number.replace(" ", "") == digits for each in db.session.scalars(alike))


def waiting_changes() -> Sequence[CrisisChange]:
    """What waits for a second person, the oldest first."""
    waiting = _changes().where(CrisisChange.state == ChangeState.PROPOSED).order_by(CrisisChange.id)
    return db.session.scalars(waiting).all()


def changes_to_undo() -> Sequence[CrisisChange]:
    """What was decided in the time in which it can be taken back, the newest first; of each line the newest only."""
    since = clock.now() - UNDO_WITHIN
    newest = select(func.max(CrisisChange.id)).where(CrisisChange.state == ChangeState.AGREED)
    recent = (
        _changes()
        .where(CrisisChange.id.in_(newest.group_by(CrisisChange.line_code)), CrisisChange.decided_at > since)
        .order_by(CrisisChange.decided_at.desc(), CrisisChange.id.desc())
    )
    return db.session.scalars(recent).all()


def open_change(line_code: str) -> CrisisChange | None:
    """What waits for a second person about one line."""
    waiting = select(CrisisChange).where(CrisisChange.line_code == line_code)
    return db.session.scalar(waiting.where(CrisisChange.state == ChangeState.PROPOSED))


def change(code: str) -> CrisisChange:
    """One proposal by its public id; raises NotFound."""
    found = db.session.scalar(select(CrisisChange).where(CrisisChange.code == code))
    if found is None:
        raise NotFound()
    return found


def _changes() -> Select[CrisisChange]:
    return select(CrisisChange).options(joinedload(CrisisChange.proposed_by), joinedload(CrisisChange.decided_by))
