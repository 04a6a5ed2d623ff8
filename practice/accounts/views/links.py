"""This file knows the pages behind mailed links: a GET only shows a button, since mail scanners follow links."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import access, actions, intents, policy, queries, rate_limits, security
from practice.accounts.actions.links import LinkGone
from practice.accounts.forms import EmailForm, InviteForm, NewPasswordForm, OwnerForm, PasswordForm, PressForm
from practice.accounts.models import MailedLink, User
from practice.config import settings
from practice.http.access import public
from practice.http.clocks import viewer_zone
from practice.http.pages import page

from .blueprint import bp

WRONG_PASSWORD = "That isn’t the password you chose when you signed up. Please type it again."  # noqa: S105


@bp.after_request
def keep_tokens_to_ourselves(answer: Any) -> Any:
    """An address that holds a token is told to nobody."""
    if request.view_args and "token" in request.view_args:
        answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.errorhandler(LinkGone)
def gone(_problem: LinkGone) -> BaseResponse:
    """A link that was used, is too old, or never was."""
    return page("accounts/link_gone.html", 410)


def _open(token: str, purpose: str) -> MailedLink:
    link = queries.open_link(token, purpose)
    if link is None:
        raise LinkGone()
    return link


# ---------------------------------------------------------------- confirm


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def confirm(token: str) -> BaseResponse:
    """One button. In a browser that did not sign up it asks for the password too: only then is it the same person."""
    link = _open(token, "confirm")
    is_same = access.is_same_browser(link)
    form = PressForm() if is_same else PasswordForm()
    if not form.validate_on_submit():
        return page("accounts/confirm.html", 422 if form.is_submitted() else 200, form=form)
    if isinstance(form, PasswordForm) and not security.fits(form.password.data, link.user.password):
        actions.note_failure(link.user.code, "password")
        return page("accounts/confirm.html", 422, form=form, problem=WRONG_PASSWORD)
    return _confirmed(actions.confirm(token), is_proved=not is_same)


def _confirmed(link: MailedLink, *, is_proved: bool) -> BaseResponse:
    """In, and back at the task that the letter carried, on whatever device it was opened."""
    if link.user.has_two_step:
        flash("Your email is confirmed. Sign in to go on.")
        return redirect(url_for("accounts.sign_in"))
    task = access.task_from(link.intent_id)
    access.enter(link.user, is_private=False, is_proved=is_proved)
    if task is not None and task.user_id in (None, link.user_id):
        intents.claim(task, link.user)
        intents.take_up(task)
    flash("Your email is confirmed.")
    return access.onward()


# ---------------------------------------------------------------- a new password


@bp.route("/reset", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.MAIL_PER_ADDRESS)
@rate_limits.per_mailbox(rate_limits.MAIL_PER_ACCOUNT)
def forgot() -> BaseResponse:
    """Ask for a letter; the answer is the same for every address."""
    form = EmailForm()
    if not form.validate_on_submit():
        return page("accounts/forgot.html", 422 if form.is_submitted() else 200, form=form)
    intent = intents.current_intent()
    session[access.WRITTEN_TO] = form.email.data
    session.pop(access.BACK, None)
    actions.ask_for_reset(form.email.data, browser=access.browser_token(), intent_id=intent.id if intent else None)
    return redirect(url_for("accounts.reset_sent"))


@bp.get("/reset/sent")
@public
def reset_sent() -> BaseResponse:
    """Where to look next."""
    return page(
        "accounts/reset_sent.html", address=session.get(access.WRITTEN_TO), is_back=session.get(access.BACK, False)
    )


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def reset(token: str) -> BaseResponse:
    """Choose a new password. Two-step sign-in still asks for its code afterwards."""
    link = _open(token, "reset")
    if not link.user.is_confirmed:
        return _begin_anew(link, token)
    form = NewPasswordForm(owner_email=link.user.email)
    if not form.validate_on_submit():
        return page("accounts/reset.html", 422 if form.is_submitted() else 200, form=form)
    user = actions.reset_password(token, security.hashed(form.password.data))
    _bring_back(link, user)
    flash("Your new password is set. Sign in with it.")
    return redirect(url_for("accounts.sign_in"))


def _begin_anew(link: MailedLink, token: str) -> BaseResponse:
    """Nobody ever showed that this address is theirs, so whoever opens its mail answers what sign-up asks."""
    address = link.user.email
    form = OwnerForm(address, zone=viewer_zone())
    if not form.validate_on_submit():
        return page("accounts/begin.html", 422 if form.is_submitted() else 200, form=form, address=address)
    password = security.hashed(form.password.data)
    user = actions.begin_anew(token, actions.NewAccount(email=address, password=password, **form.answers()))
    _bring_back(link, user)
    flash("Your account is ready. Sign in with your new password.")
    return redirect(url_for("accounts.sign_in"))


def _bring_back(link: MailedLink, user: User) -> None:
    """What was begun in the browser that asked for the link: a stranger who asked puts no words into an account."""
    task = access.task_from(link.intent_id) if access.is_same_browser(link) else None
    if task is not None and task.user_id is None:
        intents.claim(task, user)


# ---------------------------------------------------------------- another address


@bp.route("/new-email/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def new_email(token: str) -> BaseResponse:
    """The owner of the new address presses a button."""
    link = _open(token, "new_email")
    form = PressForm()
    if not form.validate_on_submit():
        return page("accounts/new_email.html", form=form, address=link.email, is_quiet=link.is_quiet)
    actions.take_new_email(token)
    flash("Your new email is in use." if link.is_quiet else "Your new email is in use. We have told the old one.")
    return redirect(url_for("accounts.settings"))


@bp.route("/undo-email/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def undo_email(token: str) -> BaseResponse:
    """The owner of the old address takes the change back."""
    link = _open(token, "undo_email")
    form = PressForm()
    if not form.validate_on_submit():
        return page("accounts/undo_email.html", form=form, address=link.email)
    user = actions.undo_new_email(token)
    if g.get("device"):
        session.clear()
    session[access.WRITTEN_TO], session[access.BACK] = user.email, True
    return redirect(url_for("accounts.reset_sent"))


# ---------------------------------------------------------------- a lost second step


@bp.route("/stay-on/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def stay_on(token: str) -> BaseResponse:
    """The owner did not ask for a way round the second step: it ends here."""
    link = _open(token, "stay_on")
    if not PressForm().validate_on_submit():
        return page("accounts/stay_on.html", asked_at=link.created_at)
    return _stays_on(link)


@bp.route("/two-step-off/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def way_back(token: str) -> BaseResponse:
    """The way round, after the wait: off, or on as it was."""
    link = _open(token, "two_step_off")
    pressed = request.form.get("do")
    if not PressForm().validate_on_submit() or pressed not in ("off", "keep"):
        return page("accounts/way_back.html", asked_at=link.created_at - policy.TWO_STEP_BACK_AFTER)
    if pressed == "keep":
        return _stays_on(link)
    actions.take_way_back(token)
    flash("Two-step sign-in is off. Sign in with your password, and set it up again soon.")
    return redirect(url_for("accounts.sign_in"))


def _stays_on(link: MailedLink) -> BaseResponse:
    actions.keep_on(link.user)
    flash("Two-step sign-in stays on. Whoever asked knows your password: choose a new one here.", "warning")
    return redirect(url_for("accounts.forgot"))


# ---------------------------------------------------------------- staff


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.LINKS_PER_ADDRESS)
def invited(token: str) -> BaseResponse:
    """A member of staff's one-time link: name, password, then sign in and set up the second step."""
    link = _open(token, "invite")
    form = InviteForm(owner_email=link.user.email)
    if not form.validate_on_submit():
        return page("accounts/invited.html", 422 if form.is_submitted() else 200, form=form, address=link.user.email)
    actions.accept_invite(token, display_name=form.display_name.data, password=security.hashed(form.password.data))
    need = "in the demo you can also do without" if settings().is_demo else "staff pages need it"
    flash(f"Your account is ready. Sign in, then set up two-step sign-in: {need}.")
    return redirect(url_for("accounts.sign_in", next=url_for("accounts.security")))
