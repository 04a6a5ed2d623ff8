"""This file knows how staff look an account up, and how two of them lock it."""

from __future__ import annotations

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import actions as accounts
from practice.accounts import queries as found
from practice.accounts.models import AccountLock, User
from practice.admin import actions, forms, queries
from practice.bookings import labels as booking_words
from practice.http.access import staff
from practice.http.pages import link, page
from practice.moderation import labels as moderation
from practice.values.errors import NotFound

from .blueprint import bp


@bp.route("/accounts", methods=["GET", "POST"])
@staff
def accounts_page() -> Response:
    """Find an account by its whole address or its code, or a booking; locks that stand or wait for somebody."""
    form = forms.FindForm()
    if not form.validate_on_submit():
        return _desk(form, 422 if form.is_submitted() else 200)
    if (user := found.user_by_email(form.who.data)) is not None:
        return redirect(link("admin.account", code=user.code), 303)
    match queries.begins_with(form.who.data):
        case [(kind, code)]:
            return redirect(link(f"admin.{kind}", code=code), 303)
        case several:
            form.who.errors = [MORE_THAN_ONE if several else NOBODY]
    return _desk(form, 422)


NOBODY = (
    "No account or booking has this address or code. Write the whole address, or the code as the log "
    f"shows it, at least {queries.ENOUGH_OF_A_CODE} characters of it."
)
MORE_THAN_ONE = "More than one code begins like this. Write more of it."


def _desk(form: forms.FindForm, status: int) -> Response:
    return page("admin/accounts.html", status, form=form, locks=found.open_locks())


@bp.get("/accounts/<code>")
@staff
def account(code: str) -> Response:
    """One account, as far as staff need it to help; that it was opened stands in the log."""
    user = _user(code)
    actions.note_looked_up(user, by=current_user)
    return _page(user, _fresh())


@bp.post("/accounts/<code>/lock")
@staff
def propose_lock(code: str) -> Response:
    """Propose to lock it, with a reason that its owner reads."""
    user, form = _user(code), forms.ReasonForm()
    if not form.validate_on_submit():
        return _page(user, form, 422)
    accounts.propose_lock(user, form.words(), by=current_user)
    return _done(code, "Proposed. A second person has to agree; nothing has changed yet.")


@bp.post("/accounts/<code>/lock/agree")
@staff
def agree_to_lock(code: str) -> Response:
    """The second person agrees: it is locked now."""
    accounts.agree_to_lock(_lock(code), by=current_user)
    return _done(code, "Locked. Every device is signed out, and its owner hears by mail.")


@bp.post("/accounts/<code>/lock/withdraw")
@staff
def withdraw_lock(code: str) -> Response:
    """The second person does not agree, or the first thinks again."""
    accounts.withdraw_lock(_lock(code), by=current_user)
    return _done(code, "Taken back. The account goes on as it is.")


@bp.post("/accounts/<code>/unlock")
@staff
def unlock(code: str) -> Response:
    """Open it again, with a reason that stays beside the lock."""
    user, form = _user(code), forms.ReasonForm()
    if not form.validate_on_submit():
        return _page(user, form, 422)
    accounts.unlock(user, form.words(), by=current_user)
    return _done(code, "Open again. Its owner hears by mail.")


def _page(user: User, form: forms.ReasonForm, status: int = 200) -> Response:
    return page(
        "admin/account.html",
        status,
        person=user,
        lock=found.lock_of(user),
        devices=len(found.devices_of(user)),
        bookings=queries.bookings_of(user),
        steps=[] if user.id == current_user.id else moderation.steps_of(user),
        named=booking_words.named,
        is_own=user.id == current_user.id,
        form=form,
    )


def _fresh() -> forms.ReasonForm:
    return forms.ReasonForm(formdata=None)


def _user(code: str) -> User:
    user = found.user_by_code(code)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def _lock(code: str) -> AccountLock:
    lock = found.lock_of(_user(code))
    if lock is None:
        raise NotFound("Nothing waits for this account.")
    return lock


def _back(code: str) -> Response:
    return redirect(link("admin.account", code=code), 303)


def _done(code: str, what: str) -> Response:
    """Back to the page, which says what was done."""
    flash(what)
    return _back(code)
