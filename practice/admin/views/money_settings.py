"""This file knows the pages of what staff set about money: the commission and limits, with their history."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import money_labels
from practice.admin.money_forms import AnswerForm, SettingForm
from practice.config import settings
from practice.http.access import staff
from practice.http.pages import link, page
from practice.payments import actions, desk_queries, queries
from practice.payments.kinds import STANDARD, SettingKey
from practice.values.errors import Invalid, NotFound

from .blueprint import bp
from .cases import show_mistakes


@bp.get("/money-settings")
@staff
def money_settings() -> Response:
    """What holds now, what begins later, and what waits for a second person."""
    return page(
        "admin/money_settings.html",
        keys=[_of(key) for key in SettingKey],
        answer=AnswerForm(formdata=None),
        labels=money_labels,
        zone=settings().zone,
    )


@bp.route("/money-settings/<key>", methods=["GET", "POST"])
@staff
def money_setting(key: str) -> Response:
    """Propose that something else holds, from a day to come or at once; a second person has to agree."""
    if key not in set(SettingKey):
        raise NotFound("There is no such setting.")
    form = SettingForm().of(SettingKey(key))
    change = form.change(SettingKey(key)) if form.validate_on_submit() else None
    if change is not None:
        try:
            actions.propose_setting(change, by=current_user)
        except Invalid as refusal:
            show_mistakes(refusal, form)
        else:
            flash("Proposed. A second person has to agree; nothing has changed yet.")
            return redirect(link("admin.money_settings"), 303)
    shown = {"answer": AnswerForm(formdata=None), "labels": money_labels, "zone": settings().zone}
    return page("admin/money_setting.html", 422 if form.errors else 200, form=form, one=_of(SettingKey(key)), **shown)


def _of(key: SettingKey) -> dict[str, Any]:
    name, means = money_labels.SETTINGS[key]
    waits = desk_queries.waits_about(key)
    now = queries.setting(key, currency=waits.currency if waits else "")
    return {
        "key": key,
        "name": name,
        "means": means,
        "now": money_labels.written(key, queries.setting(key)),
        "to_come": queries.to_come(key),
        "waits": waits,
        "change": money_labels.change(waits, now, settings().zone) if waits else None,
        "history": queries.settings_history(key),
        "first": money_labels.written(key, STANDARD[key]),
        "written": money_labels.written,
    }
