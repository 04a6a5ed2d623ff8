"""This file knows what the pages of a conversation share: a conversation as a page, and how a refused one
comes back."""

from __future__ import annotations

from typing import Any

from flask import redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.pages import link, page
from practice.messages import actions, attachments, beside, forms, labels, policy, queries
from practice.messages.forms import MessageForm
from practice.messages.models import Thread
from practice.messages.policy import Known
from practice.messages.states import Side
from practice.safety.danger import danger
from practice.values.errors import Problem, SentBefore

SENT = "Your message has been sent."


def thread_page(
    thread: Thread, status: int = 200, form: MessageForm | None = None, problem: str = "", before: str = ""
) -> Response:
    """One conversation, its newest page or one before; with what was typed where it was refused."""
    known, part = queries.known_of(thread, current_user), queries.part_of(thread, current_user)
    rows = queries.messages_of(thread, before=queries.id_of_message(thread, before) if before else None)
    shown, is_newest = rows[: policy.A_PAGE][::-1], not before
    bubbles = labels.bubbles(thread, shown, current_user)
    if is_newest and status == 200:
        actions.note_read(thread, by=current_user)
    return page(
        "messages/thread.html",
        status,
        thread=thread,
        person=labels.other(thread, current_user),
        is_practice=part.side == Side.SPECIALIST,
        bubbles=bubbles,
        earlier=shown[0].code if len(rows) > policy.A_PAGE else "",
        is_newest=is_newest,
        may_send=(may_send := policy.may_send(known)),
        **beside.of(thread, current_user, may_send=bool(may_send) or known.may_go_on_alone),
        known=known,
        form=form or forms.fresh(known.longest),
        problem=problem,
        lost_files=bool(form and form.contents),
        shows_help=labels.shows_help(bubbles) or (form is not None and danger(form.words.data)),
        rows=labels.rows(queries.threads_of(current_user), current_user, with_words=False)[:20],
        drafts=_drafts(thread, bubbles),
        couple=_couple(thread, known),
    )


def _drafts(thread: Thread, bubbles: list[dict[str, Any]]) -> list[str]:
    """By what names the browser keeps what is being written now, and what was written before: that is sent."""
    own = [each["code"] for each in bubbles if each["is_own"]][-2:]
    now, *before = [f"thread-{thread.code}-{each}" for each in ["", *own]][-2:][::-1]
    first = (f"to-{thread.specialist.slug}", f"to-{thread.specialist.slug}-topic", f"to-{thread.client.code}")
    return [now, *before, *(first if own else ())]


def _couple(thread: Thread, known: Known) -> bool:
    """Whether its client can begin another one, together with their partner."""
    if thread.is_joint or known.side != Side.CLIENT or not thread.specialist.sees_couples:
        return False
    return queries.partner_of(thread.client, thread.specialist) is not None


def refused(form: MessageForm, refusal: Exception) -> tuple[MessageForm, int, str]:
    """The form, the status and the sentence with which a message comes back that was not sent."""
    if isinstance(refusal, attachments.BadFile):
        form.files.errors = [*form.files.errors, str(refusal)]
        return form, 422, ""
    if isinstance(refusal, SentBefore):
        return forms.again(form), 409, f"{refusal.message} {AGAIN}"
    status, sentence = (refusal.status, refusal.message) if isinstance(refusal, Problem) else (409, str(refusal))
    return form, status, sentence


AGAIN = "What you sent first is kept. What you typed now is below: press Send to send it as well."
REFUSALS = (attachments.BadFile, Problem)


def to_thread(thread: Thread) -> Response:
    """Where the conversation goes on."""
    answer: Response = redirect(link("messages.thread", code=thread.code, _anchor="newest"), 303)
    return answer
