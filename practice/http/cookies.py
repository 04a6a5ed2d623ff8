"""This file knows every cookie there is, what for and for how long: nothing else sets one, the privacy page lists them.

The session's own cookie is sealed, not only signed: a signature keeps nobody from reading what it holds.
"""

from __future__ import annotations

import hmac
import json
import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, request
from flask import Response as Answer
from flask.sessions import SecureCookieSessionInterface, SessionMixin, TaggedJSONSerializer
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from practice.config import Config, settings

from . import origins

A_YEAR = 31_536_000


@dataclass(frozen=True)
class Cookie:
    """One cookie: its bare name, and what people read about it."""

    name: str
    purpose: str
    lasts: str
    goes: str


SESSION = Cookie(
    "practice",
    "Keeps you signed in, and remembers what you began before you were",
    "Until you close the browser; 30 days where you ticked “Keep me signed in”",
    "Signing out empties it. “Leave this page” takes what you began out of it, and leaves you signed in",
)
ZONE = Cookie("zone", "Shows times on your clock before you sign in", "A year", "When you delete it")
THEME = Cookie("theme", "Remembers light or dark, if you chose one", "A year", "When you delete it")
KNOWN = Cookie(
    "known",
    "Lets you in from your own device also while somebody elsewhere tries passwords for your account. "
    "Set only where you ticked “Keep me signed in”; it holds a mark that nobody else can read",
    "A year",
    "“Leave this page” removes it, a new password makes it useless. Signing out does not",
)
COOKIES = (SESSION, ZONE, THEME, KNOWN)


def name_of(cookie: Cookie, config: Config | None = None) -> str:
    """Its name in a browser: `__Host-` binds it to this host and to https, which plain http (a laptop) cannot carry."""
    return f"__Host-{cookie.name}" if (config or settings()).is_secure else cookie.name


def read(cookie: Cookie) -> str:
    """What the browser that asks has in it, or ""."""
    return request.cookies.get(name_of(cookie), "")


def put(answer: Response, cookie: Cookie, value: str) -> None:
    """Let the browser keep `value` for a year; no script reads it."""
    answer.set_cookie(
        name_of(cookie), value, max_age=A_YEAR, secure=settings().is_secure, httponly=True, samesite="Lax", path="/"
    )


def drop(answer: Response, cookie: Cookie) -> None:
    """Let the browser forget it."""
    answer.delete_cookie(name_of(cookie), secure=settings().is_secure, httponly=True, samesite="Lax", path="/")


# ---------------------------------------------------------------- the session


class SealedSessions(SecureCookieSessionInterface):
    """Flask's session in a cookie that only we can read."""

    def get_signing_serializer(self, app: Flask) -> Any:
        """What turns a session into a cookie and back; None without a key."""
        if not app.secret_key:
            return None
        return Seal((str(app.secret_key), *map(str, app.config["SECRET_KEY_FALLBACKS"] or ())))

    def save_session(self, app: Flask, session: SessionMixin, response: Answer) -> None:
        """Set the session's cookie; what another site caused sets no cookie at all, and so takes nobody's place.

        This is the last that happens to an answer. Browsers keep our cookies back from other sites' writes: to us the
        person would be a stranger, and the stranger's cookie would sign them out.
        """
        if origins.may_set_cookies(bool(read(SESSION))):
            super().save_session(app, session, response)
        else:
            response.headers.remove("Set-Cookie")


@dataclass(frozen=True)
class Seal:
    """A session as a sealed text; the first key seals, each of them opens."""

    keys: tuple[str, ...]

    def dumps(self, values: dict[str, Any]) -> str:
        """The text for the cookie."""
        return _fernet(self.keys).encrypt(zlib.compress(TaggedJSONSerializer().dumps(values).encode())).decode()

    def loads(self, text: str, max_age: int | None = None) -> Any:
        """What was sealed less than `max_age` seconds ago; raises `BadSignature`."""
        try:
            return TaggedJSONSerializer().loads(zlib.decompress(_fernet(self.keys).decrypt(text, max_age)).decode())
        except (InvalidToken, ValueError, zlib.error, json.JSONDecodeError) as error:
            raise BadSignature("not sealed by us, or too old") from error


@lru_cache(maxsize=16)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    derived = (hmac.new(key.encode(), b"session cookie", sha256).digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])
