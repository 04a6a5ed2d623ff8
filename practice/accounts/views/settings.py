"""This file knows the settings page, saved section by section."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import access, actions, intents, queries, rate_limits
from practice.accounts.forms import LANGUAGES, ClockForm, DiscretionForm, NewEmailForm, PlaceForm, YouForm, ZoneForm
from practice.accounts.models import User
from practice.http.access import client
from practice.http.clocks import viewer_zone
from practice.http.forms import Form
from practice.http.pages import page

from .blueprint import bp

HOURS = {None: "device", False: "24", True: "12"}


@bp.get("/me/settings")
@client
def settings() -> BaseResponse:
    """Who the person is here, their zone, what reaches their mailbox and calendar."""
    return _page()


def _page(status: int = 200, **wrong: Form) -> BaseResponse:
    drafts = queries.drafts_for(current_user)
    forms: dict[str, Any] = {
        "you": YouForm(formdata=None, obj=current_user),
        "place": PlaceForm(formdata=None, obj=current_user),
        "zone": ZoneForm(formdata=None, data={"zone": viewer_zone()}),
        "clock": ClockForm(formdata=None, data=_clock()),
        "discretion": DiscretionForm(formdata=None, obj=current_user),
    }
    return page(
        "accounts/settings.html",
        status,
        forms=forms | wrong,
        pending=queries.pending_email(current_user),
        drafts=drafts,
        tasks={draft.code: _sentence(intents.task(draft)) for draft in drafts},
        languages=LANGUAGES,
    )


def _me() -> User:
    user: User = current_user._get_current_object()
    return user


def _zone() -> dict[str, str]:
    """The zone in which times stand now: the account's, until then the browser's."""
    return {"zone": _me().zone or viewer_zone()}


def _clock() -> dict[str, str]:
    return {"hours": HOURS[_me().is_twelve]}


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _saved(words: str, section: str) -> BaseResponse:
    flash(words)
    return redirect(url_for("accounts.settings", _anchor=section))


@bp.post("/me/settings/you")
@client
def save_you() -> BaseResponse:
    """What others call the person."""
    form = YouForm(obj=current_user)
    if not form.validate():
        return _page(422, you=form)
    if not form.replaces(_me, lambda shown: actions.save_you(_me(), display_name=form.display_name.data, shown=shown)):
        return _page(409, you=form)
    return _saved("Saved.", "you")


@bp.post("/me/settings/place")
@client
def save_place() -> BaseResponse:
    """Country and language."""
    form = PlaceForm(obj=current_user)
    if not form.validate():
        return _page(422, place=form)
    chosen = {"country": form.country.data, "locale": form.locale.data}
    if not form.replaces(_me, lambda shown: actions.save_place(_me(), **chosen, shown=shown)):
        return _page(409, place=form)
    return _saved("Saved.", "you")


@bp.post("/me/settings/zone")
@client
def save_zone() -> BaseResponse:
    """The zone that every time is shown in; nothing moves."""
    form = ZoneForm(data={"zone": viewer_zone()})
    if not form.validate():
        return _page(422, zone=form)
    if not form.replaces(_zone, lambda shown: actions.save_zone(_me(), form.zone.data, shown=shown)):
        return _page(409, zone=form)
    return _saved("Saved. Times now show in this zone.", "zone")


@bp.post("/me/settings/clock")
@client
def save_clock() -> BaseResponse:
    """How hours are written, on pages and in letters."""
    form = ClockForm(data=_clock())
    if not form.validate():
        return _page(422, clock=form)
    if not form.replaces(_clock, lambda shown: actions.save_clock(_me(), is_twelve=form.is_twelve, shown=shown)):
        return _page(409, clock=form)
    return _saved("Saved. Hours are now written so.", "your-clock")


@bp.post("/me/settings/discretion")
@client
def save_discretion() -> BaseResponse:
    """What reaches the mailbox and the calendar."""
    form = DiscretionForm(obj=current_user)
    if not form.validate():
        return _page(422, discretion=form)
    # Whoever found a screen unlocked must not make the owner's mailbox silent first.
    if form.no_email.data and not current_user.no_email and not access.is_fresh():
        return access.to_prove(url_for("accounts.settings", _anchor="quiet"))
    chosen = actions.Discretion(
        no_email=form.no_email.data,
        calendar_label=form.calendar_label.data,
        reminders=form.reminders.data,
        exit_everywhere=form.exit_everywhere.data,
    )
    if not form.replaces(_me, lambda shown: actions.save_discretion(_me(), chosen, shown=shown)):
        return _page(409, discretion=form)
    return _saved("Saved.", "quiet")


@bp.route("/me/settings/email", methods=["GET", "POST"])
@client
@rate_limits.per_person(rate_limits.MAIL_PER_ACCOUNT)
@rate_limits.per_mailbox(rate_limits.MAIL_PER_ACCOUNT)
@access.proved
def change_email() -> BaseResponse:
    """Another address: nothing changes before its owner has confirmed it."""
    form = NewEmailForm(current_user.email)
    if not form.validate_on_submit():
        return page("accounts/change_email.html", 422 if form.is_submitted() else 200, form=form)
    actions.ask_for_new_email(current_user, form.email.data, is_quiet=form.others_read.data == "yes")
    return _saved(f"We have written to {form.email.data}. The change happens when you confirm it there.", "you")
