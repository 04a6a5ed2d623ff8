"""This file knows the forms with which people answer in public and say what helped; one of the parts of `doors.py`."""

from __future__ import annotations

from typing import Any

from practice.questions.actions import digest, follow_up
from tests import asked

Facts = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]
PRESS = "/answers/{answer}"
TEXT = {"text": "text", "form_key": "mark"}
FACTS: dict[str, Facts] = {
    "answer": ("/practice/questions/{to_answer}", "anna", {"text": "Plain words"}, TEXT, {}),
    "change_answer": ("/practice/answers/{answer}", "otto", {"text": "Plain words"}, {"text": "text"}, {}),
    "withdraw_answer": ("/practice/answers/{old_answer}/withdraw", "otto", {}, {}, {}),
    "helped": (f"{PRESS}/helped", "cleo", {}, {}, {}),
    "helped_undo": (f"{PRESS}/helped/undo", "cleo", {}, {}, {}),
    "agree_with_answer": (f"{PRESS}/agree", "anna", {}, {}, {}),
    "agree_undo": (f"{PRESS}/agree/undo", "anna", {}, {}, {}),
    "pick_answer": (f"{PRESS}/pick", "ben", {}, {}, {}),
    "pick_undo": (f"{PRESS}/pick/undo", "ben", {}, {}, {}),
    "follow_up": ("/me/questions/{answered}/follow-up", "ben", {"text": "Plain words"}, TEXT, {}),
    "withdraw_follow_up": ("/me/questions/{added}/follow-up/withdraw", "ben", {}, {}, {}),
    "digest": (
        "/practice/questions/digest",
        "anna",
        {"weekday": "1", "hour": "9"},
        {"weekday": "choice", "hour": "choice"},
        {},
    ),
    "end_digest": ("/practice/questions/digest/end", "anna", {}, {}, {}),
    "digest_off": ("/digest/{digest}", "cleo", {}, {}, {}),
}


def build(world: Any) -> None:
    """Otto has answered what Ben asked; to one of his questions Ben added something, one more waits."""
    ben, otto = world.people["ben"], world.people["otto"]
    answered, added, waits = (asked.ask(ben if n < 2 else None, title=f"Number {n}") for n in range(3))
    made, old = asked.stored(answered, otto), asked.stored(added, otto)
    follow_up.follow_up(added, "And if not?", "strange-2", by=ben)
    world.codes |= {"answered": answered.code, "added": added.code, "to_answer": waits.code}
    world.codes |= {
        "answer": made.code,
        "old_answer": old.code,
        "digest": digest.want_digest(otto.specialist, 0, 9).code,
    }
