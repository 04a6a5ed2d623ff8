"""This file knows who a browser belongs to: signing in and out, the device behind the cookie, proof that is fresh."""

from __future__ import annotations

import functools
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Response, after_this_request, flash, g, make_response, redirect, request, session, url_for
from flask_login import current_user
from flask_security.utils import login_user
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as BaseResponse

from practice.config import settings
from practice.http import clocks, cookies, typed
from practice.http.error_pages import page_again
from practice.http.protection import is_nobodys_page
from practice.http.reader import local_path
from practice.store.db import db
from practice.values import clock
from practice.values.networks import network

from . import actions, holdings, intents, kept_forms, policy, queries
from .models import Device, Intent, MailedLink, User, hash_of

DEVICE = "device"
PROVED = "proved_at"
HALF_IN = "half_in"
BROWSER = "sign_up"
WRITTEN_TO = "written_to"
# A change of address was taken back in this browser a moment ago.
BACK = "address_back"
# Names this browser to the times that are held for it, and opens nothing.
PLACES = "browser"
# What a visitor began stays with the browser.
SURVIVES_SIGN_IN = (intents.TOKENS, intents.TAKEN_UP, kept_forms.FORMS, PLACES)


# ---------------------------------------------------------------- every request


def load(uniquifier: str) -> User | None:
    """The account behind the cookie, read with its device in one query; None when the sign-in has ended."""
    token = session.get(DEVICE)
    device = queries.device_in_use(uniquifier, token) if token else None
    if device is None or _is_over(device):
        g.sign_in_ended = bool(session.get("_user_id"))
        return None
    _is_used(device)
    return device.user


def _is_used(device: Device) -> None:
    """Remember what `note_seen` and `note_hours` compare with, as it was when the request came."""
    user = device.user
    g.device, g.device_seen_at = device, device.last_seen_at
    g.hours_noted = (user.id, user.device_is_twelve) if user.is_twelve is None else None


def _is_over(device: Device) -> bool:
    return policy.is_over(
        practice=is_practice(device.user),
        own_device=device.is_private,
        since=device.created_at,
        seen=device.last_seen_at,
        now=clock.now(),
    )


def is_practice(user: User) -> bool:
    """True for those who read other people's matters: their sign-ins end sooner."""
    return user.is_staff or user.has_role("specialist")


def current_device() -> Device | None:
    """The row of the browser that asks, None for a stranger."""
    return g.get("device") if current_user.is_authenticated else None


def comes_by_itself() -> None:
    """This request was made by an open page and by nobody: it keeps no sign-in alive."""
    g.comes_by_itself = True


def note_seen(answer: Response) -> Response:
    """Write down, every few minutes at most, that the device is still in use, and let its cookie last from now."""
    seen = None if g.get("comes_by_itself") else g.get("device_seen_at")
    if seen is not None and clock.now() - seen > policy.SEEN_EVERY and answer.status_code < 500:
        session.modified = True
        try:
            actions.note_seen(g.device)
        except OperationalError:
            # A page that was answered stays answered; the next request notes it.
            db.session.rollback()
    return answer


def note_hours(answer: Response) -> Response:
    """Keep how this device writes hours, once when that is news, so that letters and pages agree."""
    noted = g.get("hours_noted")
    if noted is None or answer.status_code >= 500 or not request.headers.get("Accept-Language"):
        return answer
    user_id, before = noted
    if clocks.device_is_twelve() != before:
        try:
            actions.note_hours(user_id, is_twelve=clocks.device_is_twelve())
        except OperationalError:
            db.session.rollback()
    return answer


# ---------------------------------------------------------------- in and out


def enter(user: User, *, is_private: bool, is_proved: bool = True) -> None:
    """Begin a sign-in: a new session with nothing of the old one but the tasks, a new device row, the tasks claimed.

    `is_proved` says that the password was typed for it.
    """
    kept = {name: session[name] for name in SURVIVES_SIGN_IN if name in session}
    session.clear()
    session.update(kept)
    session.permanent = is_private
    token, device = actions.add_device(user, seen_from(user, is_private))
    login_user(user, remember=False, authn_via=["password"])
    session[DEVICE] = token
    _is_used(device)
    if is_proved:
        prove()
    intents.claim_all(user)
    kept_forms.claim(user)
    _remember(user, device)


def leave(*, keep_tasks: bool) -> None:
    """End this sign-in, and give back the times that were held here. On a shared computer drafts are wiped with it;
    `keep_tasks` hands what was begun here back to the browser."""
    user, device = current_user._get_current_object(), current_device()
    ends_drafts = not keep_tasks and device is not None and not device.is_private
    kept_forms.forget()
    if keep_tasks:
        intents.release_all(user)
    elif ends_drafts:
        intents.discard_claimed(user)
    if device is not None:
        actions.end_device(device)
    holdings.give_back(holdings.Leaving(user, ends_drafts=ends_drafts, comes_back=keep_tasks))
    kept = {name: session[name] for name in (intents.TOKENS, PLACES) if keep_tasks and name in session}
    session.clear()
    session.update(kept)
    for name in ("_login_user", "device", "device_seen_at", "hours_noted"):
        g.pop(name, None)


def seen_from(user: User, is_private: bool) -> actions.Seen:
    """What we note of the browser that asks: words for its owner, and a mark of its network that names no place."""
    return actions.Seen(
        label=policy.device_label(request.headers.get("User-Agent", "")),
        network=_network_mark(user),
        is_private=is_private,
    )


def _network_mark(user: User) -> str:
    """A keyed hash of the /24 or /48; another for each account, so that accounts cannot be linked by it."""
    prefix = network(request.remote_addr, 24, 48)
    return hmac.new(settings().audit_key, f"{user.code} {prefix}".encode(), sha256).hexdigest()[:16] if prefix else ""


def was_in_this_network(user: User) -> bool:
    """Whether somebody was signed in, of late, from the network of the present request."""
    mark = _network_mark(user)
    return bool(mark) and queries.knows_network(user, mark)


def renew() -> None:
    """Keep this browser signed in, and known, after its account got a new name in cookies."""
    session["_user_id"] = current_user.get_id()
    _remember(current_user, g.device)


def browser_token() -> str:
    """A token that stays with this browser's session: what a mailed link brings back is brought back here only."""
    token: str = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return token


def is_same_browser(link: MailedLink) -> bool:
    """True where the link was asked for in this browser."""
    here = hash_of(session.get(BROWSER, ""))
    return hmac.compare_digest(here, link.browser_hash or "")


def destination(wanted: str | None = None) -> str:
    """Where a person goes who has just signed in: a form not saved, the page they asked for, their task, their room."""
    if (form := kept_forms.next_to_show()) is not None:
        return url_for("accounts.take_up", code=form.code)
    intent = intents.current_intent()
    return local_path(wanted) or (local_path(intent.target) if intent else None) or url_for(_room())


def _room() -> str:
    """The endpoint of the first page of whoever is signed in: staff's overview, a practice's Today, or one's own."""
    if current_user.is_staff:
        return "admin.overview"
    # A draft or a refused application is no practice yet.
    return "home.practice" if current_user.has_role("specialist") else "home.me"


def onward(wanted: str | None = None) -> BaseResponse:
    """Send them there; a form that waited for them says that it was not sent by itself."""
    if not local_path(wanted) and kept_forms.next_to_show() is None and intents.current_intent() is not None:
        flash("What you chose and wrote is here. Nothing has been sent: check it, then press the button.", "kept")
    return redirect(destination(wanted))


def forget_visitor() -> None:
    """This browser no longer shows what a visitor began and holds no time; a mailed link still leads its owner back."""
    holdings.give_back(holdings.Leaving())
    for name in (*SURVIVES_SIGN_IN, WRITTEN_TO, BACK):
        session.pop(name, None)


# ---------------------------------------------------------------- between password and code


def half_enter(user: User, *, is_private: bool) -> None:
    """The password was right and a code is still to come; nothing but the code page opens."""
    session[HALF_IN] = {"user": user.get_id(), "at": clock.now().timestamp(), "private": is_private}


def half_in() -> tuple[User, bool] | None:
    """Who has typed the right password here in the last ten minutes, and whether the device is their own.

    The account is found by its name in cookies: with a new password, or signed out everywhere, it has another one.
    """
    half = session.get(HALF_IN)
    if not half or clock.now() - _instant(half["at"]) > policy.HALF_IN:
        return None
    user = queries.user_by_uniquifier(half["user"])
    return (user, bool(half["private"])) if user and user.has_two_step else None


# ---------------------------------------------------------------- proof


def prove() -> None:
    """Password, and code where there is one, were typed just now: sensitive changes are open for ten minutes."""
    session[PROVED] = clock.now().timestamp()


def is_fresh() -> bool:
    """True while the password was typed less than ten minutes ago."""
    return PROVED in session and clock.now() - _instant(session[PROVED]) <= policy.FRESH


def passes_code(user: User, typed: str) -> bool:
    """True for a code of the authenticator or a spare code of `user`; both are used up by it. A wrong one is noted."""
    is_six_digits = len("".join(typed.split())) == 6
    passes = actions.pass_code(user, typed) if is_six_digits else actions.pass_recovery_code(user, typed)
    if not passes:
        actions.note_failure(user.code, "code")
    return passes


def _instant(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def proved(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view for a sensitive change: the password is asked for again when it was typed too long ago."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if is_fresh():
            return view(*args, **kwargs)
        # The page with the button is mostly the address that the button posts to.
        return to_prove(local_path(request.path) or url_for("accounts.security"))

    return guarded


def to_prove(back: str) -> BaseResponse:
    """Send them to type the password, and then to `back`."""
    if request.method != "GET":
        flash("Nothing has changed yet. Type your password, then press the button again.", "warning")
    return redirect(url_for("accounts.prove", next=back))


def prove_first(back: str) -> str:
    """Where the password is asked for, with the form that was just sent kept: it is shown again, filled in, after that;
    `back` where nothing was typed. For a view that answers with its page, since what is led on counts as sent."""
    form = kept_forms.next_to_show() if kept_forms.keep(current_user) else None
    return url_for("accounts.prove", next=url_for("accounts.take_up", code=form.code) if form is not None else back)


# ---------------------------------------------------------------- the gate


def at_the_gate() -> BaseResponse:
    """A stranger asked for a page that needs an account: keep what they wrote, then show the sign-in page."""
    if request.headers.get("X-Fragment"):
        return make_response("Please sign in first.", 401)
    if g.get("sign_in_ended"):
        session.pop("_user_id", None)
    if request.method not in ("GET", "HEAD"):
        return _with_a_form()
    if g.get("sign_in_ended"):
        flash("You are signed out here by now. Sign in to go on.")
    return redirect(url_for("accounts.sign_in", next=local_path(request.full_path.rstrip("?"))))


def _with_a_form() -> BaseResponse:
    # Whose sign-in ended is known: theirs it is, and nobody else at this browser is shown what it says. On a page that
    # was opened after that anybody may have typed: it goes with whoever signs in, and is not given to them.
    owner = None if is_nobodys_page() else queries.owner_of(session.get(DEVICE))
    is_kept = owner is not None and kept_forms.keep(owner)
    if not is_kept and intents.keep_request() is not None:
        return redirect(url_for("accounts.sign_in"))
    if is_kept or kept_forms.keep(None):
        flash("You are signed out here, so nothing was saved. What you wrote is kept: sign in to see it.", "warning")
        return redirect(url_for("accounts.sign_in"))
    lost = " ".join(f"{words.capitalize()} can’t be kept." for words in typed.left_out())
    flash(
        f"You are signed out here, so nothing has changed yet. {lost} Sign in, then press the button again.", "warning"
    )
    return redirect(url_for("accounts.sign_in", next=local_path(page_again())))


def task_from(link_intent_id: int | None) -> Intent | None:
    """The task that a mailed link carries, if it still can be taken up."""
    found = db.session.get(Intent, link_intent_id) if link_intent_id else None
    return found if found is not None and found.is_live(clock.now()) else None


# ---------------------------------------------------------------- a browser that was here before


def _remember(user: User, device: Device) -> None:
    """Mark the person's own browser; the mark hangs on the account's name in cookies and ends with it."""
    if device.is_private:
        after_this_request(functools.partial(_remember_browser, _mark(user.get_id(), settings().secret_keys[0])))


def _remember_browser(mark: str, answer: Response) -> Response:
    cookies.put(answer, cookies.KNOWN, mark)
    return answer


def _mark(name: str, key: str) -> str:
    return hmac.new(key.encode(), f"known {name}".encode(), sha256).hexdigest()


def is_known_browser(address: str) -> bool:
    """True for a browser that its owner signed in with before: strangers' wrong guesses elsewhere do not slow it."""
    # For an unknown address the same is worked out, about nobody.
    name, shown = queries.uniquifier_of(address) or "", cookies.read(cookies.KNOWN).encode()
    # Each key: a mark outlives a change of keys for as long as the old one stands in the list.
    return any(hmac.compare_digest(shown, _mark(name, key).encode()) for key in settings().secret_keys)
