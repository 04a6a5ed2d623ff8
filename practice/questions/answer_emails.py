"""This file knows the letters about answers: to the asker, and the digest to specialists. None holds a title, a topic
or a word that anybody wrote, and none leads to a public page: whoever sees the letter must not find it."""

from __future__ import annotations

from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.specialists.models import Specialist

from .models import Answer, Digest, Question
from .policy import SILENCE_AFTER

registry.knows("questions", silence_after=SILENCE_AFTER)


def answered(answer: Answer) -> None:
    """To the asker: somebody has answered."""
    asker = answer.question.asker
    if asker is not None and asker.active:
        key = f"question:{answer.question_id}:answer:{answer.id}"
        enqueue_mail(key, "questions/new_answer", asker, {"url": absolute_url("home.me")})


def nobody_yet(question: Question, people: list[tuple[str, str]]) -> None:
    """To the asker, once: nobody has answered yet, and these are other ways. `people`: names and their next times."""
    asker = question.asker
    if asker is None or not asker.active:
        return
    facts = {
        "url": absolute_url("home.me"),
        "others": [name for name, _ in people],
        "others_list_at": [start for _, start in people],
    }
    enqueue_mail(f"question:{question.id}:nobody_yet", "questions/nobody_yet", asker, facts)


def weekly(digest: Digest, specialist: Specialist, questions: int, topics: int) -> None:
    """To a specialist who wants it: how many questions wait in how many of their topics, and nothing of them."""
    facts = {
        "url": absolute_url("questions.practice"),
        "off_url": absolute_url("questions.digest_off", code=digest.code),
        "questions": questions,
        "topics": topics,
    }
    enqueue_mail(f"digest:{digest.code}:{digest.next_at.isoformat()}", "questions/digest", specialist.user, facts)
