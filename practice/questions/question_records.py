"""This file knows what is written down about somebody who asks: their copy of it, and its end."""

from __future__ import annotations

from typing import Any

from practice.accounts.holdings import Record, Rows, Stay, keeps
from practice.accounts.models import User
from practice.accounts.records import iso

from . import labels, queries
from .actions import leave_behind
from .models import FollowUp, Question


def _tell(user: User) -> Rows:
    return [_question(each) for each in queries.all_of(user)]


def _question(question: Question) -> dict[str, Any]:
    return {
        "asked": iso(question.asked_at),
        "shown_as": question.byline,
        "state": question.state,
        "question": question.title,
        "you_wrote": question.words,
        "about": dict(labels.about(question)),
        "language": question.language,
        "published": question.published_on.isoformat() if question.published_on else None,
        "resolved": iso(question.resolved_at),
        "why": question.reason,
        "you_added": _added(question.follow_up) if question.follow_up is not None else None,
        "the_same_as": question.twin.code if question.twin is not None else None,
        "as_staff_would_show_it": f"{question.masked_title}\n{question.masked_words}".strip(),
        "search_engines_may_show_it": question.may_be_indexed,
        "may_stay_when_your_account_ends": question.may_stay,
        "history": [{"at": iso(move.at), "became": move.after, "by": move.by} for move in question.moves],
    }


def _added(follow_up: FollowUp) -> dict[str, Any]:
    return {
        "at": iso(follow_up.asked_at),
        "state": follow_up.state,
        "you_wrote": follow_up.words,
        "why": follow_up.reason,
        "published": follow_up.published_on.isoformat() if follow_up.published_on else None,
    }


def _wipe(user: User) -> None:
    for question in queries.all_of(user):
        leave_behind(question)


keeps(
    Record(
        "questions",
        "What you asked in public",
        _tell,
        _wipe,
        stays=(
            Stay(
                "Public questions of which you said that they may stay, under “Former member”. Not who asked",
                "Because you said so: others often need the same answer. Your own page of each question lets you take "
                "that back first",
                "Until they are taken down",
            ),
        ),
    )
)
