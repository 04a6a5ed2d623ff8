"""This file knows the security page: two-step sign-in, signed-in devices, the password."""

from __future__ import annotations

import io

import segno
from flask import flash, redirect, session, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import access, actions, holdings, policy, queries, rate_limits
from practice.accounts import security as machinery
from practice.accounts.forms import ChangePasswordForm, CodeForm
from practice.http.access import client
from practice.http.clocks import day
from practice.http.pages import page

from .blueprint import bp

PENDING = "pending_secret"
WRONG_CODE = "That code didn’t fit. Check that the key is the one shown here, and type the code of this moment."
WRONG_PASSWORD = "That isn’t your present password."  # noqa: S105


@bp.get("/me/settings/security")
@client
def security() -> BaseResponse:
    """Everything that keeps the account the person's own."""
    return _page()


def _page(
    status: int = 200, *, code: CodeForm | None = None, password: ChangePasswordForm | None = None
) -> BaseResponse:
    return page(
        "accounts/security.html",
        status,
        code_form=code or CodeForm(formdata=None),
        password_form=password or _password_form(),
        way_back=queries.way_back_of(current_user) if current_user.has_two_step else None,
        way_back_after=policy.TWO_STEP_BACK_AFTER,
        doors=holdings.doors_of(current_user),
        devices=sorted(queries.devices_of(current_user), key=lambda each: each is not access.current_device()),
        this_device=access.current_device(),
        set_up=None if current_user.has_two_step else _set_up(),
        codes_left=len(current_user.mf_recovery_codes),
    )


def _set_up() -> dict[str, str | Markup]:
    """A secret that waits for its first code, as a square to scan and as a key to type; encrypted in the cookie."""
    secret = session.get(PENDING) or machinery.new_secret(current_user)
    session[PENDING] = secret
    key, uri = machinery.key_and_uri(current_user, secret)
    return {"key": key, "square": _square(uri)}


def _square(uri: str) -> Markup:
    out = io.BytesIO()
    segno.make(uri, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass="qr", lineclass=None
    )
    label = "Square code for your authenticator app. The key beside it holds the same."
    drawn = out.getvalue().decode().replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    return Markup(drawn)  # noqa: S704 - drawn by us from numbers; the only words are ours


@bp.post("/me/settings/security/two-step")
@client
@rate_limits.per_person(rate_limits.CODE_PER_ACCOUNT)
@access.proved
def turn_on() -> BaseResponse:
    """Two-step sign-in from now on; the spare codes are shown this once."""
    form = CodeForm()
    secret = session.get(PENDING)
    if current_user.has_two_step or not secret or not form.validate():
        return _page(422, code=form)
    codes = actions.turn_on(current_user, secret, form.code.data, keep=access.current_device())
    if codes is None:
        form.code.errors = [WRONG_CODE]
        return _page(422, code=form)
    session.pop(PENDING)
    access.renew()
    return page("accounts/recovery_codes.html", codes=codes, is_new=True)


@bp.post("/me/settings/security/two-step/off")
@client
@access.proved
def turn_off() -> BaseResponse:
    """The password alone from now on."""
    if current_user.is_staff:
        flash("Staff accounts keep two-step sign-in on.", "warning")
        return redirect(url_for("accounts.security"))
    actions.turn_off(current_user, keep=access.current_device())
    access.renew()
    flash("Two-step sign-in is off. Every other device is signed out.")
    return redirect(url_for("accounts.security"))


def _password_form() -> ChangePasswordForm:
    return ChangePasswordForm(current_user.email, has_two_step=current_user.has_two_step)


def _is_owners(form: ChangePasswordForm) -> bool:
    """Whether password and code are right; what is wrong is said beside its field."""
    if not machinery.fits(form.current.data, current_user.password):
        actions.note_failure(current_user.code, "password")
        form.current.errors = [WRONG_PASSWORD]
        return False
    if "code" in form and not access.passes_code(current_user, form.code.data):
        form.code.errors = [WRONG_CODE]
        return False
    return True


@bp.post("/me/settings/security/two-step/keep")
@client
def keep_on() -> BaseResponse:
    """Somebody asked for a way round the second step; the owner, who is in, says no."""
    actions.keep_on(current_user)
    flash("Two-step sign-in stays on. Whoever asked knows your password: choose a new one.", "warning")
    return redirect(url_for("accounts.security", _anchor="password"))


@bp.post("/me/settings/security/codes")
@client
@access.proved
def new_codes() -> BaseResponse:
    """New spare codes; the old ones stop working."""
    if not current_user.has_two_step:
        return redirect(url_for("accounts.security"))
    return page("accounts/recovery_codes.html", codes=actions.new_codes(current_user), is_new=False)


@bp.post("/me/settings/security/devices/<code>/end")
@client
def end_device(code: str) -> BaseResponse:
    """Sign one of one's own devices out."""
    actions.end_device(queries.device_for(current_user, code))
    flash("Signed out there.")
    return redirect(url_for("accounts.security", _anchor="devices"))


@bp.post("/me/settings/security/devices/end-others")
@client
def end_others() -> BaseResponse:
    """Sign out everywhere else."""
    actions.sign_out_elsewhere(current_user, access.current_device())
    access.renew()
    flash("Signed out everywhere else, and every calendar address is closed.")
    _tell_of_wish()
    return redirect(url_for("accounts.security", _anchor="devices"))


@bp.post("/me/settings/security/password")
@client
@rate_limits.per_person(rate_limits.PROVE_PER_ACCOUNT)
def change_password() -> BaseResponse:
    """Another password; everybody else who is signed in is not any more."""
    form = _password_form()
    if not (form.validate() and _is_owners(form)):
        return _page(422, password=form)
    actions.change_password(current_user, machinery.hashed(form.password.data), keep=access.current_device())
    access.renew()
    access.prove()
    flash("Password changed. Every other device is signed out, calendar addresses are closed. A notice is on its way.")
    _tell_of_wish()
    return redirect(url_for("accounts.security", _anchor="password"))


def _tell_of_wish() -> None:
    """A wish to delete the account may be somebody else's: whoever puts the account in order hears that it stands."""
    asked = queries.open_erasure(current_user)
    if asked is not None:
        when = day(asked.due_at, pattern="EEEE d MMMM y")
        flash(f"Your account still goes on {when}. If that isn’t what you want, keep it under Your data.", "warning")
