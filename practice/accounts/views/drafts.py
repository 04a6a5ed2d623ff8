"""This file knows the pages of drafts: what was begun and not finished, and forms that met an ended sign-in."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import holdings, intents, kept_forms, queries
from practice.accounts.models import Intent
from practice.http.access import client
from practice.http.pages import page
from practice.http.reader import local_path
from practice.store import sealed
from practice.store.vault import VaultLocked
from practice.values.errors import NotFound

from .blueprint import bp


@bp.get("/drafts/<code>")
@client
def take_up(code: str) -> BaseResponse:
    """Back to the form with what was written; nothing is sent."""
    draft = _draft(code)
    if draft.kind == queries.FORM:
        return _form_again(draft)
    target = local_path(draft.target)
    if target is None:
        raise NotFound("The page this draft belongs to is gone.")
    intents.take_up(draft)
    return redirect(target)


def _form_again(draft: Intent) -> BaseResponse:
    try:
        return kept_forms.page_with(draft) or _words_of(draft)
    except VaultLocked:
        flash(f"What you wrote before you signed in: {sealed.UNREAD}", "warning")
        return redirect(kept_forms.page_of(draft))


def _draft(code: str) -> Intent:
    """One of the person's own drafts; a kept form only in the browser in which it was written."""
    draft = queries.intent_for(current_user, code)
    if draft.kind == queries.FORM and draft not in kept_forms.waiting():
        raise queries.no_draft()
    return draft


def _words_of(draft: Intent) -> BaseResponse:
    """The form’s page is not there any more, or it was a button: the words to copy, or the page to press it on."""
    words = kept_forms.words_of(draft)
    if words:
        return page("accounts/kept_words.html", draft=draft, words=words, again=kept_forms.page_of(draft))
    # It stays: a page that is only looked at ends nothing. Pressing the button again does, and so do 48 hours.
    flash("Nothing has changed yet: you were signed out. Press the button again.", "warning")
    return redirect(kept_forms.page_of(draft))


@bp.post("/drafts/<code>/discard")
@client
def discard(code: str) -> BaseResponse:
    """Throw a draft away, and give back the time that was held for it."""
    draft = _draft(code)
    is_form, target = draft.kind == queries.FORM, kept_forms.page_of(draft)
    held = draft.booking_id
    intents.discard(draft)
    if held is not None:
        holdings.give_back(holdings.Leaving(current_user._get_current_object(), booking_id=held))
    flash("The draft is gone.")
    return redirect(target if is_form else url_for("accounts.settings"))
