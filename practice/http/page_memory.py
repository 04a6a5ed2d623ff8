"""This file knows how a finished public page is given again to the next stranger, with a token of their own."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import make_response, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.store.memory import Memory
from practice.values import clock

from . import cookies
from .clocks import reader, zone_is_known
from .gaps import gap
from .headers import page_nonce
from .protection import form_token

MOST_REMEMBERED = 500
# What a page shows beside its own matter (numbers in the footer) may be this old, in seconds.
OLDEST = 10
TOKEN, NONCE = map(gap, ("token", "nonce"))
_pages: Memory[Hashable, tuple[float, str]] = Memory(MOST_REMEMBERED)


def for_strangers(matter: Hashable, render: Callable[[], Response]) -> Response:
    """The page that `render` makes, or the same page made a moment ago for somebody else who asked for the same.

    `matter` is everything the page says that can change. Signed-in people and those with a message waiting get a page
    of their own, always.
    """
    if current_user.is_authenticated or session.get("_flashes"):
        return render()
    key = (matter, request.full_path, reader(), zone_is_known(), cookies.read(cookies.THEME))
    kept = _pages.get(key)
    now = clock.now().timestamp()
    if kept is None or not kept[0] <= now < kept[0] + OLDEST:
        answer = render()
        _keep(key, now, answer.get_data(as_text=True))
        return answer
    return make_response(kept[1].replace(TOKEN, form_token()).replace(NONCE, page_nonce()))


def _keep(key: Hashable, now: float, html: str) -> None:
    """Everything that belonged to one browser is taken out before the page is kept."""
    bare = html.replace(form_token(), TOKEN).replace(page_nonce(), NONCE)
    _pages.keep(key, (now, bare))


def forget() -> None:
    """Let every kept page go."""
    _pages.clear()
