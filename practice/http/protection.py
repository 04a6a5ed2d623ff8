"""This file knows the two guards that rooms name: the token in every form, and limits on how often one may ask.

A browser's token stays the same while its session does. Packed answers tell by their length what repeats in them, so a
token leaves masked anew with each answer: a random text, and the token added to it.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, urlsafe_b64encode
from typing import Any

from flask import g, request
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect, _FlaskFormCSRF, generate_csrf

# Stands before the token of a page that was made while nobody was signed in, and in none of its letters.
NOBODY = "~"


def form_token() -> str:
    """The token for the forms of this answer."""
    if "form_token" not in g:
        # As far as it is known already: a page that says what is broken asks the database nothing.
        reader = g.get("_login_user")
        is_nobody = reader is not None and not reader.is_authenticated
        g.form_token = masked(f"{NOBODY if is_nobody else ''}{generate_csrf()}")
    token: str = g.form_token
    return token


def masked(token: str) -> str:
    """A token as no other answer shows it."""
    mask = secrets.token_bytes(len(token))
    return urlsafe_b64encode(mask + _added(mask, token.encode())).decode()


def unmasked(shown: str | None) -> str | None:
    """The token that a form sent; one that is not masked (the page is older than the masks) as it came."""
    if not shown or "." in shown:
        return shown
    try:
        both = b64decode(shown, altchars=b"-_", validate=True)
        return _added(both[: len(both) // 2], both[len(both) // 2 :]).decode()
    except ValueError:
        return shown


def _added(mask: bytes, text: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mask, text, strict=True))


class FormTokens(_FlaskFormCSRF):
    """The token as a field of forms; it was compared by the time a form is read."""

    def generate_csrf_token(self, _field: Any) -> str:
        """The token for this answer."""
        return form_token()


class Tokens(CSRFProtect):
    """Every form that changes something is compared with its session before a view sees it."""

    def _get_csrf_token(self) -> str | None:
        token = unmasked(super()._get_csrf_token()) or ""
        g.is_nobodys_page = token.startswith(NOBODY)
        return token.removeprefix(NOBODY) or None


def is_nobodys_page() -> bool:
    """Whether the form that was sent stood on a page that was made while nobody was signed in."""
    return bool(g.get("is_nobodys_page"))


csrf = Tokens()
limiter = Limiter(key_func=lambda: request.remote_addr or "nobody", in_memory_fallback_enabled=True)
