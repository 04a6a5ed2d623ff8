"""This file knows which files of practices are named by rows, and which have been kept long enough."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from practice.store import retention
from practice.store.db import db

from .models import Credential, ProfileMove, ProfileRevision, Specialist
from .states import EDITABLE_APPLICATION, ProfileState


def credentials_to_clear() -> list[Credential]:
    """Credentials whose document has been kept long enough: after the decision, or after it came where none is due."""
    over = retention.DOCUMENTS.before
    never_decided = and_(Credential.checked_at.is_(None), Credential.created_at < over, ~_is_awaited(over))
    return list(
        db.session.scalars(
            select(Credential)
            .join(Credential.specialist)
            .where(Credential.document_key.is_not(None), or_(Credential.checked_at < over, never_decided))
        )
    )


def _is_awaited(over: datetime) -> ColumnElement[bool]:
    """Staff have to decide about what this specialist sent, or have given it back since `over`."""
    request = exists().where(ProfileRevision.specialist_id == Specialist.id, ProfileRevision.state == "waiting")
    given_back = Specialist.moves.any(ProfileMove.at >= over)
    return or_(
        Specialist.state.in_((ProfileState.SUBMITTED, ProfileState.IN_REVIEW)),
        and_(Specialist.state.in_(EDITABLE_APPLICATION), given_back),
        and_(Specialist.state != ProfileState.CLOSED, request),
    )


def credential_file_keys() -> set[str]:
    """The keys of all documents that rows name."""
    return set(db.session.scalars(select(Credential.document_key).where(Credential.document_key.is_not(None))))


def photo_keys() -> set[str]:
    """The keys of all photos that rows name."""
    return set(db.session.scalars(select(Specialist.photo_key).where(Specialist.photo_key.is_not(None))))
