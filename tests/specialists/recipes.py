"""This file knows how an application is filled in and goes through, step by step, with honest answers."""

from __future__ import annotations

import functools
import io
from dataclasses import replace
from datetime import date
from typing import Any

from PIL import Image

from practice.accounts.models import User
from practice.specialists import actions, credentials, policy
from practice.specialists.answers import Profession, Verdict, Words
from practice.specialists.models import Review, Specialist, Topic
from practice.specialists.states import CredentialKind
from practice.store.db import db, transaction
from practice.values.money import Money
from tests import factories

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TOPICS = {
    "communication": ("Couple", "Communication"),
    "couples-in-crisis": ("Couple", "Couples in crisis"),
    "anxiety": ("Feelings", "Anxiety"),
    "sleep": ("Feelings", "Sleep"),
}


def topics() -> None:
    """Four topics in two groups."""
    with transaction() as session:
        for position, (slug, (group, name)) in enumerate(TOPICS.items()):
            session.add(Topic(slug=slug, name=name, group=group, position=position))


def profession(**changes: Any) -> Profession:
    """A psychologist in Dublin with a licence until the end of next year."""
    honest: dict[str, Any] = {
        "kind": "psychologist",
        "name": "Mara Ellison",
        "title": "Psychologist",
        "country": "IE",
        "place": "Dublin",
        "body": "Register of psychologists",
        "number": "P-1234",
        "expires_on": date(2028, 12, 31),
    }
    return Profession(**honest | changes)


def words(**changes: Any) -> Words:
    """Two topics, one of them main, English and some French."""
    honest: dict[str, Any] = {
        "headline": "We find out what is underneath",
        "best_at": "Slowing things down",
        "not_right_for": "Violence at home",
        "about": "I listen.\nThen we look.",
        "formats": ("video",),
        "main_topics": ("communication",),
        "other_topics": ("anxiety",),
        "languages": (("en", "native"), ("fr", "good")),
    }
    return Words(**honest | changes)


def credential_file(kind: CredentialKind = CredentialKind.LICENCE, content: bytes = PDF) -> Any:
    """A document in the store, with a last day where it needs one."""
    ends = date(2028, 3, 1) if kind in policy.WITH_END else None
    return replace(credentials.keep(content, f"{kind}.pdf"), expires_on=ends)


def draft(user: User, **changes: Any) -> Specialist:
    """An application with everything but the last button."""
    specialist = actions.create_application(user, profession(name=user.display_name, **changes))
    for kind in policy.needed(specialist.kind):
        actions.keep_credential(specialist, kind, credential_file(kind), by=user)
    actions.keep_words(specialist, words(), by=user)
    actions.set_offer(specialist, 50, Money(7500, "EUR"), by=user)
    actions.set_consult(specialist, True, by=user)
    return specialist


def sent(user: User, **changes: Any) -> Specialist:
    """An application that was sent."""
    specialist = draft(user, **changes)
    actions.submit(specialist, by=user)
    return specialist


def verdict(**changes: Any) -> Verdict:
    """Every check ticked."""
    return Verdict(**{"checks": tuple(policy.CHECKS), "title": "Psychologist"} | changes)


def in_review(user: User, by: User, **changes: Any) -> Review:
    """A sent application that `by` has taken."""
    return actions.claim(sent(user, **changes), by=by)


def published(user: User, by: User, **changes: Any) -> Specialist:
    """A profile that went all the way, with open hours from 9 to 17."""
    specialist = actions.approve(in_review(user, by, **changes), verdict(), by=by)
    factories.open_hours(specialist, zone=user.zone or "UTC")
    actions.publish(specialist, by=user)
    return specialist


def again(specialist: Specialist) -> Specialist:
    """The row as it is stored now."""
    db.session.rollback()
    return db.session.get_one(Specialist, specialist.id)


@functools.cache
def telephone_picture() -> bytes:
    """A photo of 11 to 13 MB: what a telephone makes of a lively scene."""
    written = io.BytesIO()
    Image.effect_noise((3600, 3200), 110).save(written, "JPEG", quality=97)
    return written.getvalue()


def whole_form(token: str, field: str, name: str, content: bytes, **more: str) -> dict[str, Any]:
    """A form as bytes, for a client's `post`: it would leave a temporary file open for one of many megabytes."""
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in {"csrf_token": token, **more}.items()]
    parts.append(f'name="{field}"; filename="{name}"\r\n\r\n'.encode() + content)
    body = b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


def picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG", **options: Any) -> bytes:
    """A photo of that size."""
    written = io.BytesIO()
    Image.new("RGB", size, (180, 120, 90)).save(written, kind, **options)
    return written.getvalue()
