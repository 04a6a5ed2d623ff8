"""This file knows the forms with which people ask in public; one of the parts of `doors.py`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from practice.moderation.states import Decision
from practice.questions import actions
from practice.questions.actions import NewQuestion
from practice.specialists.models import Topic
from practice.store.db import db
from tests import asked, asking

Facts = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]
OWN = "/me/questions/{question}"
HONEST = {"title": "Plain words", "words": "Plain words here", "topics": "communication", "shows": "no", "do": "send"}
FIELDS = {
    "title": "text",
    "words": "text",
    "first_name": "text",
    "form_key": "mark",
    "as_it_is": "mark",
    "topics": "choice",
    "relation": "choice",
    "country": "choice",
    "age_band": "choice",
    "shows": "choice",
    "do": "choice",
}
FACTS: dict[str, Facts] = {
    "ask": (
        "/questions/new",
        "cleo",
        HONEST,
        FIELDS,
        {"made": lambda world: (world.another("c"), "/questions/new")},
    ),
    "ask_again": (f"{OWN}/edit", "lena", HONEST | {"form_key": "1"}, FIELDS, {}),
    "question_mask": (f"{OWN}/mask", "lena", {"edition": "1"}, {"edition": "number"}, {"is_button": True}),
    "question_name": ("/me/questions/{public}/name", "lena", {"first_name": "Lena"}, {"first_name": "text"}, {}),
    "question_choice": (f"{OWN}/choices/{{choice}}", "lena", {"do": "yes"}, {"do": "choice"}, {"is_button": True}),
    "question_resolved": ("/me/questions/{public}/resolved", "lena", {}, {"do": "choice"}, {"is_button": True}),
    "question_similar": ("/questions/similar", "cleo", {}, {}, {}),
    "question_another": ("/me/questions/{twin}/another", "lena", {}, {}, {}),
    "question_withdraw": (f"{OWN}/withdraw", "lena", {}, {}, {}),
}


def build(world: Any) -> None:
    """Lena keeps a question, and another of hers is public."""
    lena, sam = world.people["lena"], world.people["sam"]
    topic = db.session.scalars(select(Topic.slug).order_by(Topic.id)).first() or ""
    kept = actions.keep(NewQuestion("May I ask something?", "Or not.", (topic,)), "strange-1", by=lena)
    public = asking.published(lena, sam, topics=(topic,))
    answered = asked.ask(None, title="Answered long ago")
    asked.stored(answered, world.people["anna"])
    twin = asking.asked(lena, "Asked long ago?", topics=(topic,))
    asking.decide(twin, Decision.DUPLICATE, sam, twin=answered.code)
    world.codes |= {"question": kept.code, "public": public.code, "choice": "may_be_indexed", "twin": twin.code}
