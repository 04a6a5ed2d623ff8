"""This file knows the pages on which somebody reads what they wrote to us and what we answered, and writes more."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.contact import actions, forms, labels, policy, queries
from practice.contact.models import Ticket
from practice.http.access import client
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.values import clock
from practice.values.errors import SentBefore

from .blueprint import bp


@bp.get("/me/contact")
@client
def own() -> Response:
    """What somebody wrote to us, what changed last first."""
    here = paged(queries.own_count(current_user), queries.A_PAGE, "contact.own")
    return page("contact/own.html", tickets=queries.own_list(current_user, here.first), paged=here, labels=labels)


@bp.get("/me/contact/<number>")
@client
def show(number: str) -> Response:
    """One of them, with all that was said."""
    return _page(queries.own(current_user, number), forms.ReplyForm(formdata=None))


def _page(ticket: Ticket, form: forms.ReplyForm, status: int = 200) -> Response:
    return page(
        "contact/show.html",
        status,
        ticket=ticket,
        form=form,
        lines=labels.lines(ticket, for_staff=False),
        bodies=labels.bodies(queries.bodies_of(ticket.about) if ticket.about else ()),
        may_reply=policy.may_reply(ticket.known, clock.now()),
        may_settle=policy.may_settle(ticket.known),
        took=labels.took(queries.usual_times().get(labels.category(ticket))),
        there=labels.there(),
        needs_help=labels.needs_help(form.words.data, *labels.written_by_person(ticket)),
        labels=labels,
    )


@bp.post("/me/contact/<number>")
@client
def reply(number: str) -> Response:
    """A few words more."""
    ticket, form = queries.own(current_user, number), forms.ReplyForm()
    if not form.validate_on_submit():
        return _page(ticket, form, 422)
    try:
        actions.reply(ticket, form.words.data or "", by=current_user, form_key=form.key)
    except SentBefore as refusal:
        form.renew()
        flash(refusal.message, "warning")
        return _page(ticket, form, 409)
    flash("Sent. It’s with us.")
    return redirect(link("contact.show", number=number), 303)


@bp.post("/me/contact/<number>/settled")
@client
def settle(number: str) -> Response:
    """Nothing more is needed."""
    actions.settle(queries.own(current_user, number), by=current_user)
    flash("Thank you for saying so. It’s closed.")
    return redirect(link("contact.show", number=number), 303)
