"""This file knows the files that never change: addresses carry their content, and browsers keep them for a year."""

from __future__ import annotations

from flask import Response, current_app, request

from . import assets
from .access import public
from .blueprint import bp


@bp.get("/static/app.<tag>.css")
@public
def stylesheet(tag: str) -> Response:
    """All styles as one file, kept by browsers for a year: its address changes with its content."""
    current, sheet = assets.bundle_css()
    return forever(Response(sheet, mimetype="text/css"), tag == current)


@bp.get("/static/app.<tag>.js")
@public
def script(tag: str) -> Response:
    """All behaviour as one file, kept in the same way."""
    current, source = assets.bundle_js()
    return forever(Response(source, mimetype="text/javascript"), tag == current)


@bp.get("/sw.js")
@public
def service_worker() -> Response:
    """The offline helper; it must live at the root to serve the whole site, and be re-read at each visit."""
    answer = current_app.send_static_file("js/sw.js")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


def forever(answer: Response, current: bool) -> Response:
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return answer


def keep_static(answer: Response) -> Response:
    """Pictures and fonts whose address names their version are kept as well."""
    return forever(answer, "v" in request.args) if request.endpoint == "static" else answer
