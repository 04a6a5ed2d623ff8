"""This file knows the pages on which somebody asks: usable without an account, which is asked for at the end. Nothing
is sent by itself, and what was written survives every turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents, rate_limits
from practice.accounts.models import LIFE_OF_AN_INTENT, Intent
from practice.http.access import client, public
from practice.http.pages import link, page
from practice.questions import actions, forms, identifiers, labels, policy, queries, searching
from practice.questions.forms import AskForm
from practice.questions.models import Question
from practice.questions.states import QuestionState
from practice.safety import queries as lines
from practice.safety.danger import danger
from practice.safety.nearby import guessed_country
from practice.specialists import queries as specialists
from practice.values.counts import in_hours, whole
from practice.values.errors import Problem, SentBefore
from practice.values.text import called

from .blueprint import bp

KIND, KIND_OF_CHANGE = "question", "question_change"
SENT = "Your question has been sent. A person reads it before anybody else does."
KEPT = "Kept for you. Only you can read it, and it goes nowhere until you send it."
KEPT_HERE = (
    f"Kept in this browser for {in_hours(LIFE_OF_AN_INTENT)}, and not sent. Sign in, and it is kept in your account."
)
WAITS = "Your text waits. It stands under “Ask a question” whenever you come back to it."
CHANGE_WAITS = "Your change waits. It stands in the form of your question whenever you come back to it."


@dataclass(frozen=True)
class Desk:
    """Where a form about a question leads: its address, what it is about, and what it says in its pages."""

    action: str
    store: Callable[[AskForm, bool], Question]
    question: Question | None = None


@bp.get("/questions/new")
@public
def new() -> Response:
    """The form, as it was left."""
    intent = _begun()
    fields = intents.shown(intent) if intent else {}
    name = "" if not current_user.is_authenticated else called(current_user.display_name.bare)
    form = forms.filled(fields, specialists.topics(), **({"first_name": name} if name else {}))
    return _form_page(_of_new(), form, came_back=bool(fields) and current_user.is_authenticated)


@bp.post("/questions/new")
@public
@rate_limits.per_person(policy.ASKS_AN_HOUR)
def create() -> Response:
    """One of the presses of the form: look for questions like it, keep it, go for help, send it."""
    return _pressed(_of_new(), AskForm().offer_topics(specialists.topics()))


@bp.get("/me/questions/<code>/edit")
@client
def edit(code: str) -> Response:
    """A draft, or what staff asked to be changed, as a form."""
    question = queries.own(current_user, code)
    policy.may("edit", QuestionState(question.state)).require()
    desk = _of(question)
    begun = _change_of(desk)
    form = forms.filled(intents.shown(begun) if begun else _fields_of(question), specialists.topics())
    return _form_page(desk, form, came_back=begun is not None)


@bp.post("/me/questions/<code>/edit")
@client
@rate_limits.per_person(policy.ASKS_AN_HOUR)
def save(code: str) -> Response:
    """The same presses."""
    return _pressed(_of(queries.own(current_user, code)), AskForm().offer_topics(specialists.topics()))


# ---------------------------------------------------------------- a press


def _pressed(desk: Desk, form: AskForm) -> Response:
    """What the button that was pressed does, or the page that stands before it."""
    press = request.form.get("do", "send")
    form.is_only_kept = press != "send"
    if press == "help":
        return _to_help(desk, form)
    if press in ("similar", "change"):
        return _form_page(desk, form, looked=press == "similar")
    if not form.help_shown.data and danger(form.title.data, form.words.data):
        return _danger_page(desk, form)
    if not form.validate_on_submit():
        return _form_page(desk, form, 422)
    if press == "send" and (marked := _says_who(form)):
        return _check_page(desk, form, marked)
    return _on(desk, form, is_sent=press == "send")


def _says_who(form: AskForm) -> list[list[tuple[str, bool]]]:
    """Title and words in pieces, some of them marked; [] where nothing is, where its writer saw it already, and where
    nobody should be kept any longer: a person reads those first."""
    if form.as_it_is.data == form.mark or form.help_shown.data:
        return []
    texts = [form.new.title, form.new.words]
    found = [identifiers.found(text) for text in texts]
    return [identifiers.parts(*pair) for pair in zip(texts, found, strict=True)] if any(found) else []


def _on(desk: Desk, form: AskForm, *, is_sent: bool) -> Response:
    """Send or keep it; without an account it is kept at the gate."""
    if not current_user.is_authenticated:
        return _gate(form, is_sent=is_sent)
    try:
        question = desk.store(form, is_sent)
    except SentBefore as refusal:
        form.form_key.data = forms.new_key()
        return _form_page(
            desk, form, 409, problem=f"{refusal.message} The first one was kept. Press again to send this."
        )
    except Problem as refusal:
        return _form_page(desk, form, refusal.status, problem=refusal.message, differences=_differences(desk, form))
    _end(desk, form)
    flash(SENT if is_sent else KEPT)
    return _to(link("questions.mine", code=question.code, done=1))


def _gate(form: AskForm, *, is_sent: bool) -> Response:
    intents.open_intent(KIND, link("questions.new"), form.at_the_gate(), task="send your question")
    if is_sent:
        return _to(link("accounts.sign_up"))
    flash(KEPT_HERE)
    return _to(link("questions.new"))


def _to_help(desk: Desk, form: AskForm) -> Response:
    """To the numbers; what was written waits: where it stood, and for somebody without an account in this browser."""
    if desk.question is None or not _is_stored(desk, form):
        kind, waits = (KIND, WAITS) if desk.question is None else (KIND_OF_CHANGE, CHANGE_WAITS)
        intents.open_intent(kind, desk.action, form.at_the_gate(), task="go on with your question")
        flash(waits)
    return _to(link("safety.show"))


def _is_stored(desk: Desk, form: AskForm) -> bool:
    """Whether a change could be stored where it belongs: it is not right yet, or another tab was faster."""
    try:
        return bool(form.validate_on_submit() and desk.store(form, False))
    except Problem:
        return False


def _to(address: str) -> Response:
    answer: Response = redirect(address, 303)
    return answer


# ---------------------------------------------------------------- its pages


def _form_page(desk: Desk, form: AskForm, status: int = 200, **more: Any) -> Response:
    known = {"problem": "", "came_back": False, "looked": False, "differences": ()}
    return page(
        "questions/new.html",
        status,
        form=form,
        desk=desk,
        groups=specialists.topic_groups(),
        alike=_alike(form) if more.get("looked") else (),
        **(known | more),
    )


def _alike(form: AskForm) -> Sequence[searching.Card]:
    """As it is while they type, and no further: what is far too long is refused, and costs nothing before."""
    return searching.similar(f"{form.new.title}\n{form.new.words}"[: policy.LONGEST_COMPARED])


def _danger_page(desk: Desk, form: AskForm) -> Response:
    """Help at once, what was written below it, and three ways on that weigh the same. What made us ask is kept
    nowhere."""
    form.help_shown.data = "yes"
    found = guessed_country()
    return page(
        "questions/danger.html",
        form=form,
        desk=desk,
        country=lines.country(found) if found else None,
        staffed=labels.staffed_hours(),
    )


def _check_page(desk: Desk, form: AskForm, marked: list[list[tuple[str, bool]]]) -> Response:
    form.as_it_is.data = form.mark
    return page("questions/check.html", form=form, desk=desk, title_parts=marked[0], words_parts=marked[1])


# ---------------------------------------------------------------- where it came from


def _of_new() -> Desk:
    def store(form: AskForm, is_sent: bool) -> Question:
        act = actions.ask if is_sent else actions.keep
        return act(form.new, form.key, by=current_user)

    return Desk(link("questions.new"), store)


def _of(question: Question) -> Desk:
    def store(form: AskForm, is_sent: bool) -> Question:
        edition = whole(form.form_key.data or "") or 0
        return actions.send(question, form.new, by=current_user, edition=edition, is_sent=is_sent)

    return Desk(link("questions.edit", code=question.code), store, question)


def _fields_of(question: Question) -> dict[str, Any]:
    """A stored question as its form holds it; the edition that is on the page is the key of the form."""
    return {
        "title": question.title,
        "words": question.words,
        "topics": [topic.slug for topic in question.topics],
        "relation": question.relation,
        "country": question.country,
        "age_band": question.age_band,
        "shows": forms.FIRST_NAME if question.first_name else forms.NO_NAME,
        "first_name": question.first_name,
        "may_be_indexed": question.may_be_indexed,
        "may_stay": question.may_stay,
        "form_key": str(question.edition),
    }


def _differences(desk: Desk, form: AskForm) -> list[tuple[str, str, str]]:
    """Where another tab was faster: what it stored beside what was typed, which the next press puts in its place."""
    if desk.question is None:
        return []
    question = queries.own(current_user, desk.question.code)
    if form.form_key.data == str(question.edition):
        return []
    form.form_key.data = str(question.edition)
    return forms.differences(form, _fields_of(question))


def _change_of(desk: Desk) -> Intent | None:
    """A change of this question that waits since its writer went for help."""
    return next((each for each in intents.begun(KIND_OF_CHANGE) if each.target == desk.action), None)


def _begun() -> Intent | None:
    intent = intents.current_intent()
    return intent if intent is not None and intent.kind == KIND else None


def _end(desk: Desk, form: AskForm) -> None:
    """What was kept of this very form is wiped; another that was begun elsewhere stays."""
    if (begun := _change_of(desk)) is not None:
        intents.complete(begun)
    for intent in intents.begun(KIND):
        if intents.shown(intent).get("form_key") == form.form_key.data:
            intents.complete(intent)
