"""This file knows every letter about a question to its asker, and the digest to specialists. They hold neither what was
written nor the name under which it stands; what staff decided is written by the moderation room."""

from __future__ import annotations

from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.specialists.models import Specialist
from practice.values import clock

from .models import Answer, Digest, Question
from .policy import SILENCE_AFTER
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


# ---------------------------------------------------------------- answers

registry.knows("questions", silence_after=SILENCE_AFTER)
registry.ends_at("questions", digest="off_url")
registry.has_versions("questions/digest", by=lambda facts: "one" if facts["questions"] == 1 else "more")


def answered(answer: Answer) -> None:
    """To the asker: somebody has answered."""
    asker = answer.question.asker
    if asker is not None and asker.active:
        key = f"question:{answer.question_id}:answer:{answer.id}"
        enqueue_mail(key, "questions/new_answer", asker, {"url": absolute_url("questions.own")})


def nobody_yet(question: Question, people: list[tuple[str, str]]) -> None:
    """To the asker, once: nobody has answered yet, and these are other ways. `people`: names and their next times."""
    asker = question.asker
    if asker is None or not asker.active:
        return
    facts = {
        "url": absolute_url("questions.own"),
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
    enqueue_mail(f"digest:{digest.code}:{clock.today('UTC').isoformat()}", "questions/digest", specialist.user, facts)
