"""This file knows the pages on which a specialist answers a question, and reads and changes their own answers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import specialist
from practice.http.clocks import reader
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.questions import answer_forms as forms
from practice.questions import answers as queries
from practice.questions import queries as questions
from practice.questions.actions import answering
from practice.questions.actions.answering import NewAnswer
from practice.questions.models import Answer, Question
from practice.questions.policy import ROWS_A_PAGE
from practice.questions.states import AnswerState
from practice.values import clock
from practice.values.errors import Conflict

from .blueprint import bp

SENT = {
    AnswerState.PUBLISHED: "Thank you. Your answer is there now.",
    AnswerState.IN_REVIEW: "Thank you. One of us reads it before it appears, as with everybody’s first answers.",
}


@bp.get("/practice/questions/<code>")
@specialist
def practice_question(code: str) -> Response:
    """A question, what colleagues answered, and the form for one’s own answer."""
    return question_page(questions.public(code))


def question_page(question: Question, status: int = 200, form: forms.AnswerForm | None = None) -> Response:
    """The same, with what was typed."""
    may = answering.may_answer(question, current_user)
    if form is None:
        form = forms.AnswerForm(formdata=None, data={"form_key": secrets.token_urlsafe(24)})
    return page(
        "questions/practice_question.html",
        status,
        question=question,
        answers_below=queries.below(question, current_user),
        may_answer=may,
        today=reader().day_at(clock.now()),
        form=form,
    )


@bp.post("/practice/questions/<code>")
@specialist
def answer_question(code: str) -> Response:
    """Answer it."""
    question, form = questions.public(code), forms.AnswerForm()
    if not form.validate_on_submit():
        return question_page(question, 422, form)
    new = NewAnswer(form.text.data or "", form.form_key.data or secrets.token_urlsafe(24))
    try:
        made = answering.answer(question, new, by=current_user)
    except Conflict as refused:
        form.text.errors = [refused.whole]
        return question_page(question, refused.status, form)
    flash(SENT.get(AnswerState(made.state), SENT[AnswerState.IN_REVIEW]))
    return redirect(link("questions.practice_question", code=code), 303)


# ---------------------------------------------------------------- one's own


@bp.get("/practice/answers")
@specialist
def own_answers() -> Response:
    """What somebody answered, with where each stands."""
    here = paged(queries.count_written_by(current_user), ROWS_A_PAGE, "questions.own_answers")
    return page("questions/own_answers.html", answers=queries.written_by(current_user, here.first), paged=here)


@bp.get("/practice/answers/<code>")
@specialist
def own_answer(code: str) -> Response:
    """One of them: the words, what staff wrote about it, and how to change it or take it back."""
    return answer_page(queries.own(current_user, code))


def answer_page(answer: Answer, status: int = 200, form: forms.ChangeAnswerForm | None = None) -> Response:
    """The same, with what was typed."""
    if form is None:
        form = forms.ChangeAnswerForm(formdata=None, data=_stored(answer))
    return page(
        "questions/own_answer.html",
        status,
        answer=answer,
        form=form,
        may_change=answering.may_change(answer, current_user),
        waits=answer.state == AnswerState.PUBLISHED and answer.public_words != answer.words,
    )


@bp.post("/practice/answers/<code>")
@specialist
def change_answer(code: str) -> Response:
    """Put it in other words."""
    answer = queries.own(current_user, code)
    answering.may_change(answer, current_user).require()
    form = forms.ChangeAnswerForm(data=_stored(answer))
    if not form.validate_on_submit():
        return answer_page(answer, 422, form)
    text = form.text.data or ""
    if not form.replaces(
        lambda: _stored(answer), lambda shown: answering.change(answer, text, by=current_user, shown=shown)
    ):
        return answer_page(answer, 409, form)
    flash("Saved.")
    return redirect(link("questions.own_answer", code=code), 303)


@bp.post("/practice/answers/<code>/withdraw")
@specialist
def withdraw_answer(code: str) -> Response:
    """Take it back."""
    answering.withdraw(queries.own(current_user, code), by=current_user)
    flash("Taken back. Nobody reads it any more.")
    return redirect(link("questions.own_answers"), 303)


def _stored(answer: Answer) -> dict[str, Any]:
    return {"text": answer.words}
