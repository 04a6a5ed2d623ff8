"""This file knows the staff's desk for what people write to us: what waits, one ticket, and what is done with it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import contact_forms as forms
from practice.contact import actions, labels, policy, queries
from practice.contact.actions import Reply
from practice.contact.models import Ticket
from practice.contact.quick_texts import QUICK_TEXTS
from practice.contact.states import Category, TicketState
from practice.http.access import staff
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.moderation.policy import CLAIM_LASTS
from practice.store.versions import Shown
from practice.values import clock
from practice.values.counts import in_minutes
from practice.values.errors import SentBefore

from .blueprint import bp


@bp.get("/contact")
@staff
def contact_desk() -> Response:
    """What waits, safety first and then the oldest; what is theirs, answered, closed."""
    show = request.args.get("show", "")
    show = show if show in queries.SHOWN else queries.SHOWN[0]
    counts = queries.counts(current_user)
    here = paged(counts[show], queries.A_PAGE, "admin.contact_desk", show=show)
    return page(
        "admin/contact.html",
        tickets=queries.desk(current_user, show, here.first),
        paged=here,
        show=show,
        counts=counts,
        times=queries.usual_times(),
        there=labels.there(),
        labels=labels,
        now=clock.now(),
    )


@bp.get("/contact/<number>")
@staff
def contact_ticket(number: str) -> Response:
    """One of them; that it was opened stands in the log. `begin` names how the answer begins."""
    ticket = queries.for_staff(current_user, number)
    text = QUICK_TEXTS.get(request.args.get("begin", ""))
    return _page(ticket, answer_form=forms.AnswerForm(formdata=None, data={"words": text.words if text else ""}))


def _page(ticket: Ticket, status: int = 200, **sent: Any) -> Response:
    actions.note_read(ticket, by=current_user)
    now, by = clock.now(), current_user.id
    context = {
        "ticket": ticket,
        "lines": labels.lines(ticket, for_staff=True),
        "reference": labels.reference(ticket),
        "bodies": labels.bodies(queries.bodies_of(ticket.about) if ticket.about else ()),
        "may_handle": policy.may_handle(ticket.known, now, by=by),
        "may_answer": policy.may_answer(ticket.known, now, by=by),
        "may_close": policy.may_close(ticket.known, now, by=by),
        "is_mine": ticket.claimed_by_id == by and ticket.claimed_until is not None and now < ticket.claimed_until,
        "answer_form": forms.AnswerForm(formdata=None),
        "note_form": forms.NoteForm(formdata=None),
        "move_form": forms.MoveForm(formdata=None, data=forms.as_it_is(ticket)),
        "quick_texts": QUICK_TEXTS,
        "labels": labels,
    }
    return page("admin/contact_ticket.html", status, **(context | sent))


@bp.post("/contact/<number>/claim")
@staff
def claim_ticket(number: str) -> Response:
    """They look after it now, for half an hour."""
    actions.claim(queries.for_staff(current_user, number), by=current_user)
    flash(f"It’s yours for {in_minutes(CLAIM_LASTS)}. Colleagues see so.")
    return _back(number)


@bp.post("/contact/<number>/release")
@staff
def release_ticket(number: str) -> Response:
    """Somebody else may take it."""
    actions.release(queries.for_staff(current_user, number), by=current_user)
    flash("It’s free for a colleague.")
    return _back(number)


@bp.post("/contact/<number>/answer")
@staff
def answer_ticket(number: str) -> Response:
    """What its person reads, and where it stands then."""
    ticket, form = queries.for_staff(current_user, number), forms.AnswerForm()
    if not form.validate_on_submit():
        return _page(ticket, 422, answer_form=form)
    try:
        actions.answer(ticket, Reply(form.words.data or "", TicketState(form.do.data), form.key), by=current_user)
    except SentBefore as refusal:
        form.renew()
        flash(refusal.message, "warning")
        return _page(ticket, 409, answer_form=form)
    flash(f"Sent. {number} is {labels.state(ticket, for_staff=True).lower()}.")
    return _back(number)


@bp.post("/contact/<number>/note")
@staff
def note_on_ticket(number: str) -> Response:
    """Words for colleagues."""
    ticket, form = queries.for_staff(current_user, number), forms.NoteForm()
    if not form.validate_on_submit():
        return _page(ticket, 422, note_form=form)
    try:
        actions.note(ticket, form.note.data or "", by=current_user, form_key=form.key)
    except SentBefore as refusal:
        form.renew()
        flash(refusal.message, "warning")
        return _page(ticket, 409, note_form=form)
    flash("Your note is kept.")
    return _back(number)


@bp.post("/contact/<number>/move")
@staff
def move_ticket(number: str) -> Response:
    """It is about something else, or about somebody."""
    ticket = queries.for_staff(current_user, number)
    form = forms.MoveForm(data=forms.as_it_is(ticket))
    if not form.validate_on_submit():
        return _page(ticket, 422, move_form=form)
    if not form.replaces(lambda: forms.as_it_is(ticket), lambda shown: _put_right(ticket, form, shown)):
        return _page(ticket, 409, move_form=form)
    flash(f"{number} is put right, and keeps its age.")
    return redirect(link("admin.contact_desk"), 303)


def _put_right(ticket: Ticket, form: forms.MoveForm, shown: Shown) -> None:
    actions.put_right(ticket, Category(form.category.data), form.about_id, by=current_user, shown=shown)


@bp.post("/contact/<number>/close")
@staff
def close_ticket(number: str) -> Response:
    """Nothing is left to say."""
    actions.close(queries.for_staff(current_user, number), by=current_user)
    flash(f"{number} is closed.")
    return redirect(link("admin.contact_desk"), 303)


def _back(number: str) -> Response:
    return redirect(link("admin.contact_ticket", number=number), 303)
