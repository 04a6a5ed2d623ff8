"""This file knows the page on which anybody writes to us: usable before sign-in, which is asked for at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents
from practice.accounts.intents import Gate
from practice.accounts.models import User
from practice.contact import actions, forms, labels, queries
from practice.contact.actions import Opening
from practice.http.access import client, public
from practice.http.pages import link, page
from practice.values.errors import SentBefore
from practice.values.text import sought

from .blueprint import bp

KIND = "contact"
ASKED = ("about", "specialist", "reference")
FIELDS = ("about", "reference", "words", "where", "specialist", "form_key")


def _target(_arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    return link("contact.new")


intents.keep_at_gate("contact.send", Gate(KIND, FIELDS, _target, lambda _arguments, _fields: "send us your message"))


@bp.get("/contact")
@public
def new() -> Response:
    """Write to us: `about` chooses what it is about, `specialist` is the address of whom a complaint is about,
    `reference` the code of a payment."""
    kept = next(iter(intents.begun(KIND)), None)
    data = intents.shown(kept) if kept is not None else {name: _asked(name) for name in ASKED}
    return _page(forms.ContactForm(formdata=None, data=data))


def _asked(name: str) -> str:
    return sought(request.args.get(name, ""), 80)


def _page(form: forms.ContactForm, status: int = 200) -> Response:
    about = _about(form)
    times = queries.usual_times()
    return page(
        "contact/new.html",
        status,
        form=form,
        about=about,
        bodies=labels.bodies(about.bodies if about else ()),
        notes=labels.notes(times),
        unknown="" if times else labels.took(None),
        there=labels.there(),
        needs_help=labels.needs_help(form.words.data),
    )


def _about(form: forms.ContactForm) -> queries.About | None:
    """Whom it is about; a field that nobody sees is read like an address."""
    return queries.about(sought(form.specialist.data or "", 80), _reader())


def _reader() -> User | None:
    return current_user._get_current_object() if current_user.is_authenticated else None


@bp.post("/contact")
@client
def send() -> Response:
    """It has a number from now on, and a person reads it."""
    form = forms.ContactForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        ticket = actions.open_ticket(current_user, _opening(form))
    except SentBefore as refusal:
        form.renew()
        flash(refusal.message, "warning")
        return _page(form, 409)
    for intent in intents.begun(KIND):
        intents.complete(intent)
    flash(f"We have your message. Its number is {ticket.number}.")
    return redirect(link("contact.show", number=ticket.number), 303)


def _opening(form: forms.ContactForm) -> Opening:
    about = _about(form)
    return Opening(
        category=form.category,
        words=form.words.data or "",
        reference=form.reference.data or "",
        about_id=about.id if about else None,
        by_mail=form.by_mail,
        form_key=form.key,
    )
