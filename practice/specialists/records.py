"""This file knows what the specialists room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from practice.accounts import holdings
from practice.accounts.holdings import Blocker, Record, Rows, Stay
from practice.accounts.models import User
from practice.providers import images
from practice.store.db import after_commit, db
from practice.values.errors import NotFound

from . import credentials, photos
from .models import (
    Credential,
    LowerPrice,
    Offer,
    ProfileMove,
    ProfileRevision,
    Review,
    SavedSpecialist,
    Specialist,
    SpecialistLanguage,
    SpecialistTopic,
    Suspension,
)
from .states import ProfileState

# Numbers, keys and states: no words of theirs. Every other column is in their copy and goes with them.
INSIDE = frozenset({"id", "user_id", "code", "name_folded", "calendar_version", "profile_version", "photo_key"})
STAYS = INSIDE | {"state", "kind", "declared_at", "submitted_at", "published_at", "created_at"}
# Words in other rows: what was written to them and about them by our desks, and what they called their offers.
WORDS_WIPED: dict[Any, dict[str, Any]] = {
    Review: {"to_applicant_sealed": None, "title": "", "refused_topics": []},
    Offer: {"name": ""},
    Suspension: {"reason_sealed": None},
    ProfileRevision: {"reason_sealed": None, "fields": {}},
    ProfileMove: {"reason_sealed": None},
}
# What a credential loses; which kind it was, from which body and country, is under "Stays".
CREDENTIAL_WIPED: dict[str, Any] = {
    "document_key": None, "document_name": "", "document_bytes": 0, "number": "", "registry_url": "",
}  # fmt: skip
# Nothing is open to the public any more, and nobody at our desks has to decide anything.
SETTLED = frozenset({ProfileState.DRAFT, ProfileState.CHANGES_REQUESTED, ProfileState.REFUSED, ProfileState.CLOSED})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _mine(user: User) -> Specialist | None:
    return db.session.scalar(select(Specialist).where(Specialist.user_id == user.id))


def _profile(user: User) -> Rows:
    mine = _mine(user)
    if mine is None:
        return []
    shown = {
        each.key: _plain(getattr(mine, each.key)) for each in Specialist.__table__.columns if each.key not in INSIDE
    }
    return [
        shown
        | {
            "topics": [each.topic.name for each in mine.topics],
            "languages": [each.language for each in mine.languages],
            "offers": [
                {
                    "name": o.name,
                    "minutes": o.minutes,
                    "price": o.price_amount,
                    "currency": o.price_currency,
                    "cancel_rule": o.cancel_rule,
                    "consult_first": o.consult_first,
                    "lower_price": o.lower_amount,
                    "lower_price_places": o.lower_count,
                    "ended": _plain(o.ended_at),
                }
                for o in mine.offers
            ],
        }
    ]


def _credentials(user: User) -> Rows:
    mine = _mine(user)
    names = ("kind", "body", "number", "country", "expires_on", "document_name", "state", "created_at", "checked_at")
    return [{name: _plain(getattr(each, name)) for name in names} for each in (mine.credentials if mine else [])]


def _files(user: User) -> Iterable[tuple[str, bytes]]:
    mine = _mine(user)
    for number, each in enumerate(mine.credentials if mine else [], 1):
        if each.document_key:
            yield f"papers/{number}-{each.document_name}", credentials.content_of(each)
    if mine and mine.photo_key and not mine.photo_key.startswith(photos.DRAWN):
        try:
            yield "photo.webp", photos.content_of(f"{mine.photo_key}-{images.LARGE}.webp")
        except NotFound:
            return


def _saved(user: User) -> Rows:
    rows = db.session.execute(
        select(Specialist.name, SavedSpecialist.saved_at)
        .join(SavedSpecialist, SavedSpecialist.specialist_id == Specialist.id)
        .where(SavedSpecialist.user_id == user.id)
        .order_by(SavedSpecialist.id)
    )
    return [{"name": name, "saved": _plain(at)} for name, at in rows]


def _open_practice(user: User) -> Iterable[Blocker]:
    mine = _mine(user)
    if mine is None or mine.state in SETTLED:
        return
    if mine.state in (ProfileState.SUBMITTED, ProfileState.IN_REVIEW, ProfileState.SUSPENDED):
        yield Blocker(
            "Our staff have your application or profile in hand. Wait until they have decided.",
            "Look",
            "specialists.apply",
        )
    else:
        yield Blocker("Your practice is open. Close it first.", "Close it", "home.close_practice")


def _wipe_profile(user: User) -> None:
    mine = _mine(user)
    if mine is None:
        return
    key, mine.photo_key = mine.photo_key, None
    if key:
        after_commit(lambda: photos.drop(key))
    for column in Specialist.__table__.columns:
        if column.key not in STAYS:
            setattr(mine, column.key, _first_value(column))
    mine.name = mine.called = "Former member"
    mine.slug = f"former-{mine.code.lower()}"
    mine.profile_version += 1
    for kind in (SpecialistTopic, SpecialistLanguage, SavedSpecialist):
        db.session.execute(delete(kind).where(kind.specialist_id == mine.id))
    for table, shown in WORDS_WIPED.items():
        db.session.execute(update(table).where(table.specialist_id == mine.id).values(shown))
    db.session.flush()
    db.session.expire(mine)


def _first_value(column: Any) -> Any:
    """What a new row has there: nothing, an empty text, an empty list."""
    if column.default is None:
        return None if column.nullable else ""
    return column.default.arg if column.default.is_scalar else []


def _wipe_credentials(user: User) -> None:
    mine = _mine(user)
    for each in mine.credentials if mine else []:
        _empty(each)


def _empty(credential: Credential) -> None:
    key = credential.document_key
    for name, value in CREDENTIAL_WIPED.items():
        setattr(credential, name, value)
    if key:
        after_commit(lambda: credentials.drop(key))


def _lower_prices(user: User) -> Rows:
    """Those they pay; who pays them in their own practice is told to nobody else."""
    asked = select(LowerPrice).options(joinedload(LowerPrice.offer).joinedload(Offer.specialist))
    rows = db.session.scalars(asked.where(LowerPrice.client_id == user.id).order_by(LowerPrice.id))
    return [
        {
            "with": each.offer.specialist.name,
            "minutes": each.offer.minutes,
            "price": each.offer.lower_amount,
            "currency": each.offer.price_currency,
            "given": _plain(each.given_at),
        }
        for each in rows
    ]


def _wipe_lower_prices(user: User) -> None:
    """Those they pay, and those that others pay in a practice of theirs."""
    theirs = select(Offer.id).join(Offer.specialist).where(Specialist.user_id == user.id)
    db.session.execute(delete(LowerPrice).where(or_(LowerPrice.client_id == user.id, LowerPrice.offer_id.in_(theirs))))


def _wipe_saved(user: User) -> None:
    db.session.execute(delete(SavedSpecialist).where(SavedSpecialist.user_id == user.id))


holdings.keeps(Record("saved", "People you saved", _saved, _wipe_saved))
holdings.keeps(Record("lower_prices", "Prices of your own", _lower_prices, _wipe_lower_prices))
holdings.keeps(Record("profile", "Your profile and offers", _profile, _wipe_profile, blocks=_open_practice))
holdings.keeps(
    Record(
        "papers",
        "Your papers",
        _credentials,
        _wipe_credentials,
        stays=(
            Stay(
                "That a paper of this kind, body and country was checked, on which day, and what our staff ticked off",
                "To show that nobody worked here unchecked",
                "As long as the appointments of that practice",
            ),
        ),
        files=_files,
    )
)
