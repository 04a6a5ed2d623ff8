"""This file knows examples of the letters about what people write: to each other, to us, and in public."""

from __future__ import annotations

from typing import Any

DECIDED = {"label": "question", "url": "https://common-ground.example/me/decisions/Qc36"}
WAYS = ("shown", "change", "not_shown", "asked_before", "upheld", "reversed")
REPORT = {"url": "https://common-ground.example/me/reports/Rp36"}
MODERATION: list[tuple[Any, ...]] = [
    *(("decided", DECIDED | {"way": way}, way) for way in WAYS),
    ("appealed", DECIDED),
    *(("sanction", DECIDED | {"is_limit": is_limit}, "limit" if is_limit else "word") for is_limit in (True, False)),
    ("report_received", {}),
    *(("report_outcome", {"done": done}, "done" if done else "nothing") for done in (True, False)),
    ("report_outcome", REPORT | {"done": False}, "left"),
    ("report_outcome", {"done": False, "again": True}, "same"),
]
TICKET = {"number": "C-2027-0041", "url": "https://common-ground.example/me/contact/C-2027-0041"}
CONTACT: list[tuple[Any, ...]] = [("received", TICKET), ("answered", TICKET)]
OWN = {"url": "https://common-ground.example/me/questions"}
DIGEST = {
    "url": "https://common-ground.example/practice/questions",
    "off_url": "https://common-ground.example/digest/Dg36",
    "topics": 2,
}
QUESTIONS: list[tuple[Any, ...]] = [
    ("new_answer", OWN),
    ("nobody_yet", OWN | {"others": ["Anna Kern"], "others_list_at": ["2027-03-15T08:00:00+00:00"]}),
    ("digest", DIGEST | {"questions": 1}, "one"),
    ("digest", DIGEST | {"questions": 7}, "more"),
    *(("received", OWN | {"is_held": held}, name) for name, held in (("usual", False), ("held", True))),
]
_THREAD = {"url": "https://common-ground.example/me/messages/aQ8v3kLxT0pYw7Jd2sRbNc"}
MESSAGES: list[tuple[Any, ...]] = [("new", _THREAD), ("waits", _THREAD), ("others", _THREAD)]
ROOMS = (("moderation", MODERATION), ("messages", MESSAGES), ("contact", CONTACT), ("questions", QUESTIONS))
