"""This file knows how often a door may be tried: per network address and per account, over all processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_limiter import RequestLimit
from flask_login import current_user

from practice.http.protection import limiter
from practice.values.networks import network

from . import access
from .addresses import folded, person_key

# Requests per address (a network) and per account, so that neither one guesser nor many can go on for long.
SIGN_IN_PER_ADDRESS = "40 per 15 minutes"
SIGN_IN_PER_ACCOUNT = "10 per 15 minutes"
CODE_PER_ACCOUNT = "6 per 15 minutes"
SIGN_UP_PER_ADDRESS = "20 per hour"
MAIL_PER_ADDRESS = "20 per hour"
MAIL_PER_ACCOUNT = "5 per hour"
PROVE_PER_ACCOUNT = "10 per 15 minutes"
LINKS_PER_ADDRESS = "60 per 15 minutes"
COPIES_PER_PERSON = "6 per hour"

View = Callable[..., Any]


def per_address(rule: str) -> Callable[[View], View]:
    """At most `rule` posts from one line, however many addresses it has."""
    return _limit(rule, _address)


def per_account(rule: str) -> Callable[[View], View]:
    """At most `rule` posts that name one mailbox, whoever sends them; its owner's own browser counts for itself."""
    return _limit(rule, _named_account)


def per_mailbox(rule: str) -> Callable[[View], View]:
    """At most `rule` letters to one mailbox, counted over all the forms that send some to whoever is named in them."""
    decorated: Callable[[View], View] = limiter.shared_limit(
        rule, scope="letters", key_func=_named_account, methods=["POST"], on_breach=_refuse
    )
    return decorated


def per_person(rule: str) -> Callable[[View], View]:
    """At most `rule` posts by whoever is signed in or half signed in, or from one line of all who are not."""
    return _limit(rule, _person)


def files_per_person(rule: str) -> Callable[[View], View]:
    """At most `rule` posts by one person, counted over all the forms that take a file and look into it."""
    decorated: Callable[[View], View] = limiter.shared_limit(
        rule, scope="files", key_func=_person, methods=["POST"], on_breach=_refuse
    )
    return decorated


def _limit(rule: str, key: Callable[[], str]) -> Callable[[View], View]:
    decorated: Callable[[View], View] = limiter.limit(rule, key_func=key, methods=["POST"], on_breach=_refuse)
    return decorated


def _named_account() -> str:
    address = folded(request.form.get("email", ""))
    if not address:
        # It names nobody; whoever types it is slowed alone.
        return f"nobody {_address()}"
    key = person_key(address)
    return f"known {key}" if access.is_known_browser(address) else f"account {key}"


def _person() -> str:
    half = access.half_in()
    person = current_user if current_user.is_authenticated else (half[0] if half else None)
    return f"person {person.code}" if person else _address()


def _address() -> str:
    return f"address {network(request.remote_addr)}"


def _refuse(limit: RequestLimit) -> Response:
    """The header that the error page copies; raising here would read as a broken store and lift the limit."""
    # The whole window is said, not what is left of it: it is never too short.
    return Response(status=429, headers={"Retry-After": str(limit.limit.get_expiry())})
