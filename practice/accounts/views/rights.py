"""This file knows the page on which people take a copy of their data, or have their account deleted."""

from __future__ import annotations

import io

from flask import flash, redirect, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import access, actions, copies, holdings, policy, queries, rate_limits
from practice.accounts.actions.erasing import ErasureState
from practice.http.access import client, public
from practice.http.pages import page
from practice.values import clock
from practice.values.errors import Conflict

from .blueprint import bp


@bp.get("/me/your-data")
@client
def your_data() -> BaseResponse:
    """A copy, and what goes and what stays when the account is deleted, before anything happens."""
    return _page()


def _page(status: int = 200) -> BaseResponse:
    asked = queries.open_erasure(current_user)
    return page(
        "accounts/your_data.html",
        status,
        asked=asked,
        day=asked.due_at if asked else clock.now() + policy.ERASED_AFTER,
        blockers=holdings.blockers_of(current_user),
        holdings=[(record, len(rows)) for record in holdings.records() if (rows := record.tell(current_user))],
    )


@bp.post("/me/your-data/copy")
@client
@rate_limits.per_person(rate_limits.COPIES_PER_PERSON)
@access.proved
def copy() -> BaseResponse:
    """Everything at once, to keep. The owner hears of it."""
    content = copies.of(current_user)
    actions.note_copy(current_user)
    answer: BaseResponse = send_file(
        io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=copies.NAME, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/me/your-data/delete")
@client
@access.proved
def delete_account() -> BaseResponse:
    """The account goes in fourteen days; nothing happens before."""
    try:
        asked = actions.ask_for_erasure(current_user)
    except Conflict:
        return _page(409)
    flash("Noted. You can change your mind on every day until then.")
    return redirect(url_for("accounts.your_data", _anchor=asked.state))


@bp.post("/me/your-data/keep")
@client
def keep_account() -> BaseResponse:
    """It stays after all."""
    actions.keep_account(current_user)
    flash("Your account stays. Nothing was deleted.")
    return redirect(url_for("accounts.your_data"))


@bp.get("/certificate/<number>")
@public
def certificate(number: str) -> BaseResponse:
    """That an account is gone, or when it goes: for whoever has the number, and with nothing of the person in it."""
    asked = queries.erasure_by_number(number)
    return page("accounts/certificate.html", asked=asked, is_done=asked.state == ErasureState.DONE)
