"""This file knows every letter about a question to its asker. It carries neither the words nor the name under which it
stands; what staff decided is written by the moderation room."""

from __future__ import annotations

from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail

from .models import Question
from .states import QuestionState

registry.has_versions("questions/received", by=lambda facts: "held" if facts["is_held"] else "usual")


def received(question: Question) -> None:
    """To the asker: we have it, and a person reads it."""
    if question.asker is not None and question.asker.active:
        facts = {
            "url": absolute_url("questions.mine", code=question.code),
            "is_held": question.state == QuestionState.HELD_SAFETY,
        }
        enqueue_mail(f"question:{question.id}:received", "questions/received", question.asker, facts)
