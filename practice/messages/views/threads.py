"""This file knows the pages on which people read and write: all conversations, one of them, its files."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client
from practice.http.bodies import takes
from practice.http.pages import BESIDE, link, page
from practice.messages import actions, attachments, forms, labels, policy, queries
from practice.messages.models import Thread
from practice.values.text import sought

from .blueprint import bp
from .shared import REFUSALS, SENT, refused, thread_page, to_thread

# Words, and as many files as there can be.
MOST_BYTES = (policy.MOST_FILES * policy.FILE_MB + 1) * 1024 * 1024


@bp.get("/me/messages")
@client
def index() -> Response:
    """All conversations, the latest first."""
    found = queries.threads_of(current_user, before=_before())
    shown = found[: policy.A_PAGE]
    later = link("messages.index", before=_mark(shown[-1])) if len(found) > policy.A_PAGE else ""
    rows = labels.rows(shown, current_user)
    return page("messages/index.html", rows=rows, later=later, is_first="before" not in request.args)


def _mark(thread: Thread) -> str:
    """Where the next page begins: a code, which says nothing to anybody else."""
    return thread.code


def _before() -> tuple[datetime, int] | None:
    code = _earlier()
    if not code:
        return None
    thread = queries.thread_of(current_user, code)
    return thread.last_at.astimezone(UTC), thread.id


def _earlier() -> str:
    """The code before which a page ends, "" for the newest."""
    return sought(request.args.get("before", ""), 22)


@bp.get("/me/messages/<code>")
@client
def thread(code: str) -> Response:
    """One conversation, fifty messages at a time."""
    found = queries.thread_of(current_user, code)
    if queries.part_of(found, current_user).agreed_at is None:
        return page("messages/asked.html", thread=found, person=labels.other(found, current_user))
    return thread_page(found, before=_earlier())


@bp.post("/me/messages/<code>/send")
@client
@takes(MOST_BYTES)
def send(code: str) -> Response:
    """Send what was written; whatever is refused comes back as it was."""
    found = queries.readable(current_user, code)
    form = forms.sent(queries.known_of(found, current_user).longest)
    if not form.validate_on_submit():
        return thread_page(found, 422, form)
    try:
        actions.send(found, form.writing, by=current_user)
    except REFUSALS as refusal:
        form, status, problem = refused(form, refusal)
        return thread_page(found, status, form, problem)
    flash(SENT, BESIDE)
    return to_thread(found)


@bp.post("/me/messages/<code>/<message>/take-back")
@client
def take_back(code: str, message: str) -> Response:
    """Take a message back, in time."""
    found = queries.message_of(current_user, code, message)
    actions.take_back(found, by=current_user)
    flash("You have taken it back. Nobody can read it any more.", BESIDE)
    return to_thread(found.thread)


@bp.get("/me/messages/<code>/files/<file>")
@client
def attachment(code: str, file: str) -> Response:
    """A file that went along with a message, to keep."""
    return attachments.as_download(queries.attachment_of(current_user, code, file))
