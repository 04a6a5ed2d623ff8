"""This file knows the demo's own pages: every letter that left, and every component; they exist in demo mode only."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from practice.http.access import public
from practice.http.pages import page
from practice.letters import mailer, outbox
from practice.values.errors import NotFound

from .samples import samples

bp = Blueprint("demo", __name__, url_prefix="/demo")
MOST = 60


@bp.get("/design")
@public
def design() -> Response:
    """Every component of the pages in one place, filled with invented values."""
    return page("demo/design.html", **samples())


@bp.get("/mailbox")
@public
def mailbox() -> Response:
    """The newest letters first; the first one is open."""
    return _page(None)


@bp.get("/mailbox/<code>")
@public
def letter(code: str) -> Response:
    """One letter: text, html, calendar part, headers."""
    return _page(code)


def _page(code: str | None) -> Response:
    address = request.args.get("to", "").strip()
    # What was reduced to the fact that it left has no words and no address any more.
    whole = [each for each in outbox.letters(limit=MOST * 5) if each.message]
    letters = [each for each in whole if address in ("", each.to_address)]
    opened = next((each for each in letters if code in (None, each.code)), None)
    if code is not None and opened is None:
        raise NotFound()
    return page(
        "demo/mailbox.html",
        letters=[(each, mailer.opened(each.message or b"")) for each in letters[:MOST]],
        letter=opened,
        parts=mailer.opened(opened.message or b"") if opened else None,
        source=(opened.message or b"").decode("utf-8", "replace") if opened else "",
        people=sorted({each.to_address for each in whole}),
        address=address,
        shown=request.args.get("part", "html"),
    )


@bp.get("/mailbox/<code>/html")
@public
def frame(code: str) -> Response:
    """The html part alone, in a sandbox: it may not run, load or send anything."""
    # Links open in the whole window, as they do in a mail program.
    html = mailer.opened(_bytes(code)).html.replace("<head>", '<head><base target="_top">', 1)
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-top-navigation-by-user-activation"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@bp.get("/mailbox/<code>.eml")
@public
def raw(code: str) -> Response:
    """The very bytes that left."""
    answer = Response(_bytes(code), mimetype="message/rfc822")
    answer.headers["Content-Disposition"] = f'attachment; filename="letter-{code}.eml"'
    return answer


def _bytes(code: str) -> bytes:
    message = outbox.letter(code).message
    if message is None:
        raise NotFound()
    return message
