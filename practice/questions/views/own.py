"""This file knows the pages of an asker's own questions: where each stands, and what they can do with it."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.questions import actions, differences, forms, labels, policy, queries
from practice.questions.models import Question
from practice.questions.states import QuestionState
from practice.store.retention import TAKEN_BACK_QUESTIONS
from practice.values.counts import whole

from .blueprint import bp


@bp.get("/me/questions")
@client
def own() -> Response:
    """Everything they asked or keep, the newest first."""
    here = paged(queries.own_count(current_user), policy.OWN_PAGE, "questions.own")
    return page(
        "questions/own.html",
        rows=queries.own_page(current_user, here.first),
        whereabouts=labels.whereabouts,
        nameless=labels.NAMELESS,
        paged=here,
    )


@bp.get("/me/questions/<code>")
@client
def mine(code: str) -> Response:
    """One of them: its words, where it stands, and why."""
    return _page(queries.own(current_user, code))


def _page(question: Question, status: int = 200, name_form: forms.NameForm | None = None) -> Response:
    state = QuestionState(question.state)
    can = {what: bool(policy.may(what, state)) for what in policy.CAN}
    return page(
        "questions/mine.html",
        status,
        question=question,
        whereabouts=labels.whereabouts(question),
        about=list(labels.about(question)),
        nameless=labels.NAMELESS,
        can=can,
        pieces=_masked(question),
        kept_for=TAKEN_BACK_QUESTIONS.length,
        decision=queries.decision_about(current_user, question),
        name_form=name_form or forms.NameForm(formdata=None, data=_named(question)),
    )


def _masked(question: Question) -> tuple[list[differences.Piece], list[differences.Piece]] | None:
    """What staff would take out or put otherwise, of the title and of the words; None where they propose nothing."""
    if question.state != QuestionState.NEEDS_EDIT or not question.masked_title:
        return None
    title = differences.between(question.title, question.masked_title)
    return title, differences.between(question.words, question.masked_words)


@bp.post("/me/questions/<code>/mask")
@client
def accept_mask(code: str) -> Response:
    """It may be public as staff masked it."""
    edition = whole(request.form.get("edition", ""))
    actions.agree(queries.own(current_user, code), edition if edition is not None else -1, by=current_user)
    flash("Thank you. Your question is public in these words.")
    return _back(code)


@bp.post("/me/questions/<code>/another")
@client
def insist(code: str) -> Response:
    """It is another than the one that it was taken for."""
    actions.insist(queries.own(current_user, code), by=current_user)
    flash("A person reads it again, and knows that yours is another.")
    return _back(code)


@bp.post("/me/questions/<code>/withdraw")
@client
def withdraw(code: str) -> Response:
    """Take it back."""
    actions.withdraw(queries.own(current_user, code), by=current_user)
    flash("You have taken it back. From now on nobody else can read it.")
    return _back(code)


@bp.post("/me/questions/<code>/resolved")
@client
def resolve(code: str) -> Response:
    """It is resolved, or not after all."""
    question = queries.own(current_user, code)
    press = request.form.get("do")
    if press == "reopen":
        actions.reopen(question, by=current_user)
        flash("Specialists can answer it again.")
    elif press == "resolve":
        actions.resolve(question, by=current_user)
        flash("Good to hear. It stays public for others, and takes no more answers.")
    return _back(code)


@bp.post("/me/questions/<code>/choices/<what>")
@client
def choose(code: str, what: str) -> Response:
    """Whether search engines may keep its page, whether it may stay when the account ends."""
    question, press = queries.own(current_user, code), request.form.get("do")
    if press in ("yes", "no"):
        actions.choose(question, what, yes=press == "yes", by=current_user)
        flash("Saved.")
    return _back(code)


@bp.post("/me/questions/<code>/name")
@client
def name(code: str) -> Response:
    """A first name in place of the drawn one, or the drawn one again."""
    question = queries.own(current_user, code)
    form = forms.NameForm(data=_named(question))
    if not form.validate_on_submit():
        return _page(question, 422, form)
    chosen = form.first_name.data or ""
    if not form.replaces(
        lambda: _named(question), lambda shown: actions.name(question, chosen, by=current_user, shown=shown)
    ):
        return _page(question, 409, form)
    flash("Saved. Wherever your question is shown, this stands there from now on.")
    return _back(code)


def _named(question: Question) -> dict[str, str]:
    return {"first_name": question.first_name or ""}


def _back(code: str) -> Response:
    answer: Response = redirect(link("questions.mine", code=code), 303)
    return answer
