"""This file knows the pages on which somebody is written to first: a specialist by anybody, a client by theirs."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents, rate_limits
from practice.accounts.models import User
from practice.bookings import queries as bookings
from practice.bookings.models import Booking
from practice.http.access import public, specialist
from practice.http.bodies import takes
from practice.http.pages import BESIDE, link, page
from practice.messages import actions, begun, beside, forms, labels, policy, queries
from practice.messages.forms import MessageForm
from practice.messages.models import Thread
from practice.messages.states import Side
from practice.safety.danger import danger
from practice.specialists.models import Specialist
from practice.values.errors import NotFound

from .blueprint import bp
from .shared import REFUSALS, SENT, refused, thread_page, to_thread
from .threads import MOST_BYTES


@bp.get("/specialists/<slug>/message")
@public
def new(slug: str) -> Response:
    """The form for a first message, whole before any sign-in; where there is a conversation already, that."""
    found = _written_to(slug)
    thread = _thread_with(found)
    fields = begun.fields_for(slug)
    if thread is None:
        return _form_page(found, form=forms.fresh(policy.FIRST_LONGEST, **fields))
    if not fields:
        return to_thread(thread)
    return thread_page(thread, form=forms.fresh(queries.known_of(thread, current_user).longest, **fields))


def _written_to(slug: str) -> Specialist:
    found = queries.specialist_named(slug)
    if found is None:
        raise NotFound("There is nobody to write to at this address.")
    return found


def _thread_with(found: Specialist) -> Thread | None:
    """The conversation with them in which something stands, read through the one who asks."""
    between = queries.between(current_user, found) if current_user.is_authenticated else None
    return queries.thread_of(current_user, between.code) if between is not None and between.last_id else None


@bp.post("/specialists/<slug>/message")
@public
@rate_limits.per_person(policy.FIRST_AN_HOUR)
@takes(MOST_BYTES)
def send_first(slug: str) -> Response:
    """Send it, or keep it at the gate where nobody is signed in; whatever is refused comes back as it was."""
    found, form = _written_to(slug), forms.sent(policy.FIRST_LONGEST)
    if not found.is_published or _is_own(found):
        return _form_page(found, 409, form)
    if not form.validate_on_submit():
        return _form_page(found, 422, form)
    if not current_user.is_authenticated:
        intents.keep_request()
        return redirect(link("accounts.sign_up"), 303)
    return _send(found, form)


def _send(found: Specialist, form: MessageForm) -> Response:
    try:
        thread = actions.begin(current_user, found)
        thread = queries.thread_of(current_user, thread.code)
        actions.send(thread, form.writing, by=current_user)
    except REFUSALS as refusal:
        form, status, problem = refused(form, refusal)
        return _form_page(found, status, form, problem)
    begun.end(found)
    flash(SENT, BESIDE)
    return to_thread(thread)


def _is_own(found: Specialist) -> bool:
    return bool(current_user.is_authenticated and current_user.id == found.user_id)


def _form_page(found: Specialist, status: int = 200, form: MessageForm | None = None, problem: str = "") -> Response:
    """The form, or what stands there where they cannot be written to: the words to copy, and other people."""
    may_write = found.is_published and not _is_own(found)
    return page(
        "messages/new.html",
        status,
        specialist=found,
        is_own=_is_own(found),
        may_write=may_write,
        away=beside.away_line(found),
        form=form,
        problem=problem,
        lost_files=bool(form and form.contents),
        refusal=queries.refusal_of(current_user) if current_user.is_authenticated else "",
        shows_help=form is not None and danger(form.words.data, form.topic.data),
        others=[] if may_write else labels.others(found),
        back=link("directory.show", slug=found.slug) if found.is_visible else "",
    )


# ---------------------------------------------------------------- by a specialist


@bp.get("/practice/bookings/<code>/message")
@specialist
def to_client(code: str) -> Response:
    """A first message to the client of an appointment; where there is a conversation already, that."""
    booking, client = _booking_with(code)
    between = queries.between(client, booking.specialist)
    if between is not None and between.last_id:
        return to_thread(between)
    return _to_client_page(booking, form=forms.fresh(policy.FIRST_LONGEST))


def _booking_with(code: str) -> tuple[Booking, User]:
    """An appointment of theirs that was booked, and its client; else `NotFound`."""
    booking = bookings.booking_of_specialist(current_user, code)
    if booking.client is None or booking.confirmed_at is None:
        raise NotFound("There is nobody to write to here.")
    return booking, booking.client


@bp.post("/practice/bookings/<code>/message")
@specialist
@takes(MOST_BYTES)
def send_to_client(code: str) -> Response:
    """Send it."""
    booking, client = _booking_with(code)
    form = forms.sent(policy.FIRST_LONGEST)
    if not form.validate_on_submit():
        return _to_client_page(booking, 422, form=form)
    try:
        thread = actions.begin(client, booking.specialist, opened_by=Side.SPECIALIST)
        thread = queries.thread_of(current_user, thread.code)
        actions.send(thread, form.writing, by=current_user)
    except REFUSALS as refusal:
        form, status, problem = refused(form, refusal)
        return _to_client_page(booking, status, form=form, problem=problem)
    flash(SENT, BESIDE)
    return to_thread(thread)


def _to_client_page(booking: Booking, status: int = 200, *, form: MessageForm, problem: str = "") -> Response:
    lost = bool(form.contents)
    return page("messages/to_client.html", status, booking=booking, form=form, problem=problem, lost_files=lost)
