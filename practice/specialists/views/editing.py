"""This file knows the pages on which a specialist keeps their profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import rate_limits
from practice.http.access import specialist
from practice.http.bodies import takes
from practice.http.pages import link, page
from practice.providers.images import BadImage
from practice.specialists import actions, credentials, filled, forms, photos, queries
from practice.specialists.answers import Renewal
from practice.specialists.models import Credential, Specialist
from practice.specialists.policy import (
    CREDENTIAL_BYTES,
    CREDENTIAL_NAMES,
    FILES_PER_PERSON,
    MAIN_TOPICS_AT_MOST,
    PHOTO_BYTES,
    PHOTO_FORM_BYTES,
    TOPICS_AT_MOST,
)
from practice.specialists.states import CredentialKind, ProfileState
from practice.specialists.summary import summary_lines
from practice.values.errors import Invalid

from .blueprint import bp, own_practice


@bp.route("/practice/profile", methods=["GET", "POST"])
@specialist
def edit_profile() -> Response:
    """The words that change at once, beside everything else about the profile."""
    mine = own_practice()
    form = forms.WordsForm(data=filled.words(mine))
    form.offer_topics(queries.topics_open_to(mine))
    if not form.validate_on_submit():
        return _editor(mine, 422 if form.errors else 200, words=form)
    if not form.replaces(
        lambda: filled.words(mine),
        lambda shown: actions.edit_words(mine, form.answers(), by=current_user, shown=shown),
    ):
        return _editor(mine, 409, words=form)
    flash("Saved. People see it now." if mine.is_published else "Saved.")
    return redirect(link("specialists.edit_profile"), 303)


@bp.post("/practice/profile/checked")
@specialist
def ask_revision() -> Response:
    """Name, title, place: staff look first, the old ones stay."""
    mine = own_practice()
    form = forms.CheckedForm(data=_checked(mine), kind=mine.kind, prefix="checked")
    waited = queries.waiting_revision(mine) is not None
    if not form.validate_on_submit():
        return _editor(mine, 422, checked=form)
    if not form.replaces(
        lambda: _checked(mine),
        lambda shown: actions.ask_revision(mine, form.fields(), by=current_user, shown=shown),
    ):
        return _editor(mine, 409, checked=form)
    waits = queries.waiting_revision(mine) is not None
    nothing = "Taken back. Nothing is with a reviewer now." if waited else "Nothing there was different."
    flash("With a reviewer now. What people see stays until then." if waits else nothing)
    return redirect(link("specialists.edit_profile"), 303)


@bp.post("/practice/profile/papers/<code>")
@specialist
@rate_limits.files_per_person(FILES_PER_PERSON)
def renew_credential(code: str) -> Response:
    """A newer document for a credential that was checked before."""
    mine = own_practice()
    form = forms.CredentialForm(prefix=code)
    if form.validate_on_submit():
        try:
            file = credentials.keep(form.file.data.read(CREDENTIAL_BYTES + 1), form.file.data.filename or "")
        except credentials.BadCredential as refusal:
            form.file.errors = [str(refusal)]
        else:
            return _renew(mine, Renewal(code, replace(file, expires_on=form.expires_on.data)), form)
    return _editor(mine, 422, renewals={code: form})


def _renew(mine: Specialist, renewal: Renewal, form: forms.CredentialForm) -> Response:
    try:
        actions.ask_revision(mine, {}, renewal=renewal, by=current_user)
    except Invalid as refusal:
        form.expires_on.errors = [refusal.fields["expires_on"]]
        return _editor(mine, 422, renewals={renewal.code: form})
    flash("Received. A reviewer looks at it; until then nothing changes.")
    return redirect(link("specialists.edit_profile"), 303)


@bp.post("/practice/profile/photo")
@takes(PHOTO_FORM_BYTES)
@specialist
@rate_limits.files_per_person(FILES_PER_PERSON)
def change_photo() -> Response:
    """Another face: made anew from the picture, so nothing that hid in the file is kept."""
    mine = own_practice()
    form = forms.PhotoForm()
    if not form.validate_on_submit() or not form.photo.data:
        form.photo.errors = [*form.photo.errors, "Choose a picture first."]
        return _editor(mine, 422, photo=form)
    try:
        key = photos.keep(form.photo.data.read(PHOTO_BYTES + 1))
    except BadImage as refusal:
        form.photo.errors = [str(refusal)]
        return _editor(mine, 422, photo=form)
    actions.set_photo(mine, key, by=current_user)
    flash("Saved. This is the picture people see now." if mine.is_published else "Saved.")
    return redirect(link("specialists.edit_profile"), 303)


@bp.post("/practice/profile/photo/remove")
@specialist
def remove_photo() -> Response:
    """Initials instead of a face."""
    actions.set_photo(own_practice(), None, by=current_user)
    flash("Removed. Your initials stand in its place.")
    return redirect(link("specialists.edit_profile"), 303)


@bp.post("/practice/profile/publish")
@specialist
def publish() -> Response:
    """Make the profile public, or come back from a pause."""
    mine = own_practice()
    was_resting = mine.state == ProfileState.PAUSED
    actions.publish(mine, by=current_user)
    flash("Your pause is over." if was_resting else "Your profile is public.")
    # Today says whether anybody can book, and what is missing where nobody can.
    return redirect(link("home.practice"), 303)


@bp.post("/practice/profile/pause")
@specialist
def pause() -> Response:
    """No new clients for a while; what is booked stands."""
    mine = own_practice()
    form = forms.PauseForm(data=_rest(mine), prefix="pause")
    if not form.validate_on_submit():
        return _editor(mine, 422, pause=form)
    try:
        is_saved = form.replaces(
            lambda: _rest(mine), lambda shown: actions.pause(mine, form.until.data, by=current_user, shown=shown)
        )
    except Invalid as refusal:
        form.until.errors = [refusal.fields["until"]]
        return _editor(mine, 422, pause=form)
    if not is_saved:
        return _editor(mine, 409, pause=form)
    flash("You’re taking no new clients. Your profile stays readable, and what is booked stands.")
    return redirect(link("specialists.edit_profile"), 303)


def _checked(mine: Specialist) -> dict[str, Any]:
    return filled.checked(mine, queries.waiting_revision(mine))


def _rest(mine: Specialist) -> dict[str, Any]:
    return {"until": mine.paused_until, "state": mine.state}


def _editor(mine: Specialist, status: int, **sent: Any) -> Response:
    """The whole editor: forms that were sent come back as they were, the others filled from the profile."""
    if "words" not in sent:
        sent["words"] = forms.WordsForm(formdata=None, data=filled.words(mine))
        sent["words"].offer_topics(queries.topics_open_to(mine))
    sent.setdefault("checked", forms.CheckedForm(formdata=None, data=_checked(mine), kind=mine.kind, prefix="checked"))
    sent.setdefault("pause", forms.PauseForm(formdata=None, data=_rest(mine), prefix="pause"))
    sent.setdefault("photo", forms.PhotoForm(formdata=None))
    renewals = sent.pop("renewals", {})
    return page(
        "specialists/profile.html",
        status,
        specialist=mine,
        face_url=photos.portrait_url(mine),
        groups=queries.topic_groups(queries.topics_open_to(mine)),
        left_out=[topic.name for topic in queries.topics_left_out(mine)],
        most=TOPICS_AT_MOST,
        most_main=MAIN_TOPICS_AT_MOST,
        line=summary_lines(mine),
        revision=queries.waiting_revision(mine),
        credential_names=CREDENTIAL_NAMES,
        credentials=[
            (credential, CREDENTIAL_NAMES[CredentialKind(credential.kind)], form)
            for credential, form in _renewals(mine, renewals)
        ],
        **sent,
    )


def _renewals(
    mine: Specialist, sent: dict[str, forms.CredentialForm]
) -> Iterator[tuple[Credential, forms.CredentialForm]]:
    """Each credential that was checked, with the form that takes its successor."""
    for credential in mine.credentials:
        if credential.state in ("verified", "expired"):
            empty = forms.CredentialForm(formdata=None, data={"kind": credential.kind}, prefix=credential.code)
            yield credential, sent.get(credential.code) or empty
