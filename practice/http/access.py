"""This file knows who may open a page: every view wears exactly one of these marks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask_login import current_user

from practice.config import settings
from practice.values.errors import NotAllowed, NotFound

View = Callable[..., Any]


def public(view: View) -> View:
    """Anyone, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def _mark(access: str, check: Callable[[], Any]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = check()
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return mark


def _signed_in() -> Any:
    return None if current_user.is_authenticated else current_app.login_manager.unauthorized()  # type: ignore[attr-defined]


def _specialist() -> Any:
    if (gate := _signed_in()) is not None:
        return gate
    if current_user.specialist is None:
        raise NotAllowed("This page belongs to a practice. You can apply to open one.", apply=True)
    return None


def _staff() -> Any:
    if (gate := _signed_in()) is not None:
        return gate
    if not current_user.is_staff:
        raise NotFound()
    # Staff read other people's matters: a password alone is not enough, except where everything is invented.
    if not current_user.has_two_step and not settings().is_demo:
        flash("Set up two-step sign-in first. Staff pages need it.")
        return redirect(url_for("accounts.security"))
    return None


client = _mark("client", _signed_in)
specialist = _mark("specialist", _specialist)
staff = _mark("staff", _staff)
