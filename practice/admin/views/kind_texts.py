"""This file knows the staff's page of kind texts: what the platform says for people after a talk, and its history."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin.forms import KindTextForm
from practice.fit import actions as fit
from practice.fit import queries as decisions
from practice.fit import texts
from practice.http.access import staff
from practice.http.pages import link, page
from practice.store.versions import Shown
from practice.values.errors import Invalid

from .blueprint import bp
from .cases import show_mistakes

SAMPLE = "Anna"


@bp.get("/kind-texts")
@staff
def kind_texts() -> Response:
    """Every text as it is read now."""
    now = decisions.texts_now()
    rows = [(each, texts.filled(now[each.key], SAMPLE), now[each.key] != each.default) for each in texts.ALL]
    return page("admin/kind_texts.html", rows=rows)


@bp.route("/kind-texts/<key>", methods=["GET", "POST"])
@staff
def kind_text(key: str) -> Response:
    """Say one of them in other words, with a reason; what it said before stays readable below."""
    form = KindTextForm(data=_stored(key))
    if form.validate_on_submit():
        if not _change(key, form):
            return _text_page(key, form, 409 if form.is_stale else 422)
        flash("It is so from now on, on every page and in every letter.")
        return redirect(link("admin.kind_texts"), 303)
    return _text_page(key, form, 422 if form.errors else 200)


def _stored(key: str) -> dict[str, str]:
    return {"text": decisions.text_of(key)}


def _change(key: str, form: KindTextForm) -> bool:
    def act(shown: Shown) -> None:
        fit.change_text(key, form.text.data or "", form.because.data or "", by=current_user, shown=shown)

    try:
        return form.replaces(lambda: _stored(key), act)
    except Invalid as refusal:
        show_mistakes(refusal, form)
        return False


def _text_page(key: str, form: KindTextForm, status: int) -> Response:
    return page(
        "admin/kind_text.html",
        status,
        text=texts.BY_KEY[key],
        form=form,
        history=decisions.text_history(key),
        preview=texts.filled(form.text.data or "", SAMPLE),
    )
