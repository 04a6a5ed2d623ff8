"""This file knows the pages at the gate: sign in, the second step, sign up, sign out, the password again."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import access, actions, intents, queries, rate_limits, security
from practice.accounts.forms import CodeForm, PressForm, ProveForm, RecoveryForm, SignInForm, SignUpForm
from practice.accounts.models import User
from practice.http import cookies
from practice.http.access import client, public
from practice.http.clocks import viewer_zone
from practice.http.pages import page
from practice.http.reader import local_path

from .blueprint import bp

WRONG_PAIR = (
    "That email and password don’t open an account. Check both, or choose a new password. "
    "Have you just signed up? Press the button in the email we sent first."
)
WRONG_CODE = "That code didn’t fit. Wait for the next one in your app, and type it as it appears."
WRONG_RECOVERY = "That isn’t one of your unused spare codes."


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.SIGN_IN_PER_ADDRESS)
@rate_limits.per_account(rate_limits.SIGN_IN_PER_ACCOUNT)
def sign_in() -> BaseResponse:
    """Address and password; the page names what the person was doing."""
    if current_user.is_authenticated:
        return redirect(access.destination(request.args.get("next")))
    form = SignInForm(next=local_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return _at_gate("accounts/sign_in.html", form, 422 if form.is_submitted() else 200)
    user = _known(form.email.data, form.password.data)
    if user is None:
        return _at_gate("accounts/sign_in.html", form, 422, problem=WRONG_PAIR)
    if user.has_two_step:
        access.half_enter(user, is_private=form.is_private.data)
        return redirect(url_for("accounts.second_step", next=local_path(form.next.data)))
    return _let_in(user, form.is_private.data, form.next.data)


def _at_gate(template: str, form: Any, status: int = 200, **more: Any) -> BaseResponse:
    intent = intents.current_intent()
    task = intents.task(intent) if intent else ""
    kept = intents.preview(intent) if intent else ("", "")
    return page(template, status, form=form, intent=intent, task=task, kept=kept, **more)


def _known(address: str, password: str) -> User | None:
    """The account that the pair opens. Known address or not, right or wrong: the same work, so the same time."""
    found = queries.credentials(address)
    if not security.fits(password, found.password if found else None) or found is None or not found.may_enter:
        actions.note_failure(found.code if found else None, "password")
        return None
    user = queries.user_by_id(found.id)
    if user.password and security.is_outdated(user.password):
        actions.refresh_hash(user, security.hashed(password))
    return user


def _let_in(user: User, is_private: bool, wanted: str | None) -> BaseResponse:
    access.enter(user, is_private=is_private)
    return access.onward(wanted)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@rate_limits.per_person(rate_limits.CODE_PER_ACCOUNT)
def second_step() -> BaseResponse:
    """The six digits, for somebody whose password was right a moment ago."""
    return _second("accounts/second_step.html", CodeForm(next=request.args.get("next")), WRONG_CODE)


@bp.route("/sign-in/recovery", methods=["GET", "POST"])
@public
@rate_limits.per_person(rate_limits.CODE_PER_ACCOUNT)
def recovery() -> BaseResponse:
    """A spare code instead, for a lost phone."""
    return _second("accounts/recovery.html", RecoveryForm(next=request.args.get("next")), WRONG_RECOVERY)


def _second(template: str, form: CodeForm | RecoveryForm, wrong: str) -> BaseResponse:
    half = access.half_in()
    if half is None:
        flash("Please type your password first.")
        return redirect(url_for("accounts.sign_in", next=local_path(form.next.data)))
    if not form.validate_on_submit():
        return page(template, 422 if form.is_submitted() else 200, form=form)
    user, is_private = half
    if not _passes(user, form):
        actions.note_failure(user.code, "code")
        return page(template, 422, form=form, problem=wrong)
    answer = _let_in(user, is_private, form.next.data)
    if isinstance(form, RecoveryForm):
        flash(
            f"You used a spare code, {len(user.mf_recovery_codes)} of 8 are left. You can make new ones under Security."
        )
    return answer


def _passes(user: User, form: CodeForm | RecoveryForm) -> bool:
    if isinstance(form, CodeForm):
        return actions.pass_code(user, form.code.data)
    return actions.pass_recovery_code(user, form.recovery.data)


@bp.route("/sign-in/lost", methods=["GET", "POST"])
@public
@rate_limits.per_person(rate_limits.CODE_PER_ACCOUNT)
def lost() -> BaseResponse:
    """Phone and spare codes are both gone: the slow way round, for somebody whose password was right a moment ago."""
    half = access.half_in()
    if half is None:
        flash("Please type your password first.")
        return redirect(url_for("accounts.sign_in"))
    user, _is_private = half
    form, due_at = PressForm(), None
    if form.validate_on_submit() and not user.is_staff:
        due_at = actions.ask_for_way_back(user)
    return page("accounts/lost.html", user=user, due_at=due_at)


@bp.route("/sign-up", methods=["GET", "POST"])
@public
@rate_limits.per_address(rate_limits.SIGN_UP_PER_ADDRESS)
@rate_limits.per_mailbox(rate_limits.MAIL_PER_ACCOUNT)
def sign_up() -> BaseResponse:
    """A new account. A known address gets the same answer here, and a letter to its owner."""
    if current_user.is_authenticated:
        return redirect(access.destination(request.args.get("next")))
    intent = intents.current_intent()
    known = {"zone": viewer_zone(), "display_name": intents.called(intent) if intent else ""}
    form = SignUpForm(next=local_path(request.args.get("next")) or "", **known)
    if not form.validate_on_submit():
        return _at_gate("accounts/sign_up.html", form, 422 if form.is_submitted() else 200)
    session[access.WRITTEN_TO] = form.email.data
    actions.sign_up(_new_account(form), browser=access.browser_token(), intent_id=intent.id if intent else None)
    return redirect(url_for("accounts.sign_up_sent"))


def _new_account(form: SignUpForm) -> actions.NewAccount:
    return actions.NewAccount(email=form.email.data, password=security.hashed(form.password.data), **form.answers())


@bp.get("/sign-up/sent")
@public
def sign_up_sent() -> BaseResponse:
    """Where to look next; the same for a new and for a known address."""
    intent = intents.current_intent()
    return page(
        "accounts/sign_up_sent.html",
        address=session.get(access.WRITTEN_TO),
        task=intents.task(intent) if intent else "",
    )


@bp.post("/sign-out")
@client
def sign_out() -> BaseResponse:
    """Leave; "keep" hands the tasks back to this browser, for somebody who came in with the wrong account."""
    keep = bool(request.form.get("keep"))
    access.leave(keep_tasks=keep)
    answer: BaseResponse = redirect(url_for("accounts.sign_in") if keep else url_for("home.index"))
    if not keep:
        # Pages, drafts and the offline helper's copies go too; theme and zone are no secret and stay.
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/forget")
@public
def forget() -> BaseResponse:
    """Said by "Leave this page" on its way out: what a visitor began is not shown here any more."""
    access.forget_visitor()
    answer = Response(status=204)
    cookies.drop(answer, cookies.KNOWN)
    return answer


@bp.route("/me/prove", methods=["GET", "POST"])
@client
@rate_limits.per_person(rate_limits.PROVE_PER_ACCOUNT)
def prove() -> BaseResponse:
    """The password again, and the code where the account has one, before a sensitive change."""
    form = ProveForm(has_two_step=current_user.has_two_step, next=local_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return page("accounts/prove.html", 422 if form.is_submitted() else 200, form=form)
    if not security.fits(form.password.data, current_user.password):
        actions.note_failure(current_user.code, "password")
        return page("accounts/prove.html", 422, form=form, problem="That isn’t your password. Please type it again.")
    if "code" in form and not access.passes_code(current_user, form.code.data):
        return page("accounts/prove.html", 422, form=form, problem=WRONG_CODE)
    access.prove()
    return redirect(local_path(form.next.data) or url_for("accounts.security"))
