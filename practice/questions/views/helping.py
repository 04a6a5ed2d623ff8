"""This file knows the presses below an answer: it helped, a colleague agrees, it helped most; and the follow-up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents
from practice.http.access import client, specialist
from practice.http.pages import link, page
from practice.questions import answer_forms as forms
from practice.questions import answers as queries
from practice.questions import queries as questions
from practice.questions.actions import follow_up as adding
from practice.questions.actions import helping
from practice.questions.models import Answer, Question
from practice.questions.vote_marks import seen_here
from practice.values.errors import Conflict, NotAllowed

from .blueprint import bp


@bp.post("/answers/<code>/helped")
@client
def say_helped(code: str) -> Response:
    """A member says that it helped."""
    answer = queries.published(code)
    helping.say_helped(answer, seen_here(answer), by=current_user)
    flash("Thank you. Your press stands beside the answer, and nowhere your name.")
    return _to(answer)


@bp.post("/answers/<code>/helped/undo")
@client
def take_back_helped(code: str) -> Response:
    """Not after all."""
    answer = queries.published(code)
    helping.take_back_helped(answer, by=current_user)
    return _to(answer)


@bp.post("/answers/<code>/agree")
@specialist
def agree(code: str) -> Response:
    """A colleague would answer like this."""
    answer = queries.published(code)
    helping.agree(answer, by=current_user)
    return _to(answer)


@bp.post("/answers/<code>/agree/undo")
@specialist
def take_back_agreement(code: str) -> Response:
    """Not any more."""
    answer = queries.published(code)
    helping.take_back_agreement(answer, by=current_user)
    return _to(answer)


@bp.post("/answers/<code>/pick")
@client
def pick(code: str) -> Response:
    """The asker says which helped most."""
    answer = queries.published(code)
    helping.pick(answer, by=current_user)
    flash("Thank you. It stands first now, and you can choose another one whenever you like.")
    return _to(answer)


@bp.post("/answers/<code>/pick/undo")
@client
def unpick(code: str) -> Response:
    """None in particular."""
    answer = queries.published(code)
    helping.unpick(answer, by=current_user)
    return _to(answer)


def _to(answer: Answer) -> Response:
    answered: Response = redirect(link("questions.show", code=answer.question.code) + f"#a-{answer.code}", 303)
    return answered


# ---------------------------------------------------------------- the follow-up


@bp.get("/me/questions/<code>/follow-up")
@client
def follow_up(code: str) -> Response:
    """The one thing that an asker can add, or how it stands."""
    return follow_up_page(questions.own(current_user, code))


def follow_up_page(question: Question, status: int = 200, form: forms.FollowUpForm | None = None) -> Response:
    """The same, with what was typed."""
    found = adding.follow_up_of(question)
    if form is None:
        typed = {"form_key": secrets.token_urlsafe(24), "text": found.words if found is not None else ""}
        form = forms.FollowUpForm(formdata=None, data=typed)
    refusal = adding.refusal(question, current_user)
    return page("questions/follow_up.html", status, question=question, follow_up=found, form=form, refusal=refusal)


@bp.post("/me/questions/<code>/follow-up")
@client
def add_follow_up(code: str) -> Response:
    """Send it."""
    question, form = questions.own(current_user, code), forms.FollowUpForm()
    if not form.validate_on_submit():
        return follow_up_page(question, 422, form)
    try:
        adding.follow_up(question, form.text.data or "", form.form_key.data or "", by=current_user)
    except (Conflict, NotAllowed) as refused:
        form.text.errors = [refused.whole]
        return follow_up_page(question, refused.status, form)
    flash("Thank you. One of us reads it before it appears below the answers.")
    return redirect(link("questions.follow_up", code=code), 303)


@bp.post("/me/questions/<code>/follow-up/withdraw")
@client
def withdraw_follow_up(code: str) -> Response:
    """Take it back."""
    question = questions.own(current_user, code)
    found = adding.follow_up_of(question)
    if found is not None:
        adding.withdraw_follow_up(found, by=current_user)
        flash("Taken back. Nobody reads it any more.")
    return redirect(link("questions.follow_up", code=code), 303)


def _to_answer(arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    answer = queries.by_code(arguments["code"])
    if answer is None:
        return link("questions.index")
    return link("questions.show", code=answer.question.code, _anchor=f"a-{answer.code}")


intents.keep_at_gate(
    "questions.say_helped", intents.Gate("helped", (), _to_answer, lambda _a, _f: "say that an answer helped")
)
