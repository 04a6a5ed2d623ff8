"""This file knows the public page of a question."""

from __future__ import annotations

from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import public
from practice.http.clocks import reader
from practice.http.pages import page
from practice.questions import answers, labels, queries, searching
from practice.questions.models import Question
from practice.values import clock

from .blueprint import bp


@bp.get("/questions/<code>")
@public
def show(code: str) -> Response:
    """What was asked and what was answered, under a name that leads nowhere. Gone at once when it is taken back."""
    question = queries.public(code)
    answer = page(
        "questions/show.html",
        question=question,
        about=[pair for pair in labels.about(question) if pair[0] != "Topics"],
        related=searching.related(question),
        twins=queries.twins_of(question),
        answers_below=answers.below(question, current_user if current_user.is_authenticated else None),
        # The frame of a page has a `who` of its own.
        reads_as=_who_reads(question),
        today=reader().day_at(clock.now()),
    )
    if not question.may_be_indexed:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _who_reads(question: Question) -> str:
    """What decides what they can press below it: "asker", "specialist", "member" or "stranger"."""
    if not current_user.is_authenticated:
        return "stranger"
    if question.asker_id == current_user.id:
        return "asker"
    practice = current_user.specialist
    return "specialist" if practice is not None and practice.is_visible else "member"
