"""This file knows from which site a request came, as far as browsers say it, and what follows for cookies."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from practice.config import settings

READS = ("GET", "HEAD", "OPTIONS")
OURS = ("same-origin", "none")


def is_foreign() -> bool:
    """True if the browser says that another site caused this request."""
    return _site() == "cross-site" or not _is_ours(_origin())


def is_ours() -> bool:
    """True unless another site may have caused it. Our own forms can come without a name ("null", by our own policy of
    referrers), and so can those of a frame that hides where it stands: then only the browser's word counts."""
    if _origin() == "null":
        return _site() in OURS
    return _is_ours(_origin()) and (_site() or "none") in OURS


def may_set_cookies(has_session: bool) -> bool:
    """False where a cookie of ours would replace one that the browser has and, for another site, did not send."""
    if request.method in READS:
        return not is_foreign() or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return not is_foreign() and (has_session or is_ours())


def _site() -> str:
    return request.headers.get("Sec-Fetch-Site", "")


def _origin() -> str:
    return request.headers.get("Origin", "")


def _is_ours(origin: str) -> bool:
    """Whether this origin is ours, or none is named."""
    if origin in ("", "null"):
        return True
    try:
        return urlsplit(origin).hostname in settings().hosts
    except ValueError:
        return False
