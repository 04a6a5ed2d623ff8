"""This file knows the forms with which people write to each other; one of the parts of `doors.py`."""

from __future__ import annotations

from typing import Any

from practice.messages import actions
from practice.messages.actions import Writing
from practice.store.db import db, transaction

Facts = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]
THREAD = "/me/messages/{thread}"
READ = (("lena", THREAD), ("anna", THREAD))
WRITTEN = {"words": "text", "form_key": "text"}
FACTS: dict[str, Facts] = {
    "message_first": (
        "/specialists/anna-kern/message",
        "cleo",
        {"words": "Plain words"},
        WRITTEN | {"topic": "text"},
        {},
    ),
    "message": (f"{THREAD}/send", "lena", {"words": "Plain words"}, WRITTEN, {"shown": READ}),
    "message_to_client": ("/practice/bookings/{booking}/message", "anna", {"words": "Plain words"}, WRITTEN, {}),
    "message_take_back": (f"{THREAD}/{{message}}/take-back", "lena", {}, {}, {}),
    "message_together": (f"{THREAD}/together", "lena", {}, {}, {}),
    "message_agree": ("/me/messages/{joint}/agree", "cleo", {}, {}, {}),
    "message_not_now": ("/me/messages/{joint}/not-now", "cleo", {}, {}, {}),
    "message_report": (f"{THREAD}/{{answer_to_lena}}/report", "lena", {}, {}, {}),
    "message_block": ("/me/messages/{other_thread}/block", "cleo", {}, {}, {}),
    "message_unblock": ("/me/messages/{other_thread}/unblock", "cleo", {}, {}, {}),
    "message_wishes": (
        "/me/settings/messages/quiet",
        "lena",
        {"quiet_from": "1320", "quiet_until": "420"},
        {"quiet_from": "choice", "quiet_until": "choice"},
        {},
    ),
    "message_away": (
        "/me/settings/messages/away",
        "anna",
        {"away": "Back soon"},
        {"away": "text", "away_from": "when", "away_until": "when"},
        {},
    ),
}


def build(world: Any) -> None:
    """Lena asked Anna something and was answered; Ben would like to write together with Cleo."""
    lena, anna, ben, cleo = (world.people[who] for who in ("lena", "anna", "ben", "cleo"))
    thread = actions.begin(lena, anna.specialist)
    message = actions.send(thread, Writing("May I ask something?", "strange-1"), by=lena)
    answer = actions.send(thread, Writing("Of course.", "strange-2"), by=anna)
    other = actions.begin(cleo, anna.specialist)
    world.codes |= {"thread": thread.code, "message": message.code, "joint": _joint(ben, anna, cleo).code}
    world.codes |= {"answer_to_lena": answer.code, "other_thread": other.code}


def _joint(ben: Any, anna: Any, cleo: Any) -> Any:
    from practice.messages.models import Correspondent, Thread

    with transaction():
        values = {"client_id": ben.id, "specialist_id": anna.specialist.id, "is_joint": True, "opened_by": "client"}
        joint = Thread(**values)
        db.session.add(joint)
        db.session.flush()
        for person, side in ((ben, "client"), (anna, "specialist"), (cleo, "partner")):
            part = Correspondent(thread_id=joint.id, user_id=person.id, side=side)
            db.session.add(part)
            db.session.flush()
            part.agreed_at = None if side == "partner" else part.agreed_at
    return joint
