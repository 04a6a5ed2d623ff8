"""This file knows how an error becomes a page: kind words, ways on, a reference to quote, and never a trace."""

from __future__ import annotations

import secrets
import tempfile
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from practice.store.db import unavailable
from practice.values.errors import Problem, TooMany, Unavailable

from . import typed
from .bodies import NO_ROOM

DRAWN = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def set_up(app: Flask) -> None:
    """Every kind of error has one answer."""
    app.jinja_env.globals["form_page"] = form_page
    # Python looks for this folder by writing into it: done first on a full disk, there would seem to be none.
    tempfile.gettempdir()
    for error, answer in (
        (Problem, on_problem),
        (CSRFError, on_csrf),
        (HTTPException, on_http),
        (OperationalError, on_database),
        (PoolTimeout, on_database),
        (OSError, on_system),
        (Exception, on_crash),
    ):
        app.register_error_handler(error, answer)


def reference() -> str:
    """A short id that a person can quote and an operator can find in the log."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4)
    mark: str = g.reference
    return mark


def page_again() -> str:
    """The address to try again: the one asked for, or the nearest above it that opens: a form’s own takes only POST."""
    known: dict[str, str] = g.setdefault("pages_above", {})  # each part of a page asks
    if request.path not in known:
        known[request.path] = page_above(request.path)
    return known[request.path]


def page_above(path: str) -> str:
    """`path` if a page stands there, else the nearest above it where one does."""
    doors = current_app.create_url_adapter(request)
    while doors is not None and path.count("/") > 1 and not _is_page(doors, path):
        path = path.rpartition("/")[0]
    return path


def _is_page(doors: MapAdapter, path: str) -> bool:
    """Whether a GET opens it; not so where a form has this very address, and a page would take its end for a name."""
    if not doors.test(path, "GET"):
        return False
    try:
        page = doors.match(path, "GET", return_rule=True)[0]
    except RequestRedirect:
        return True  # a page under its other address
    form = doors.match(path, "POST", return_rule=True)[0] if doors.test(path, "POST") else page
    return len(form.arguments) >= len(page.arguments)


def form_page() -> str:
    """The address of the page that a refused form stands on again; never one that holds a token.

    Empty for a page that was asked for, and for an error's: that one is no page of the navigation.
    """
    return "" if request.method in ("GET", "HEAD") or "reference" in g else _without_token()


def _without_token() -> str:
    return "" if "token" in (request.view_args or {}) else page_again()


def _error_page(status: int, message: str, **facts: Any) -> Response:
    name = status if status in DRAWN else (500 if status >= 500 else 400)
    if g.get("refusal") == "host" or request.headers.get("X-Fragment"):
        return make_response(message or "This address is not served here.", status)
    if request.method not in ("GET", "HEAD"):
        # Where choosing a theme or a zone leads back to: the form's own address takes only POST.
        facts |= {"here": _without_token() or "/", "typed": typed.refused()}
    page = render_template(f"errors/{name}.html", message=message, reference=reference(), again=page_again(), **facts)
    return make_response(page, status)


def on_problem(problem: Problem) -> Response:
    """An error that carries its own status and sentence."""
    answer = _error_page(problem.status, problem.whole, problem=problem)
    if isinstance(problem, TooMany):
        answer.headers["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, Unavailable) and problem.passes:
        answer.headers["Retry-After"] = "5"
    elif isinstance(problem, Unavailable):
        current_app.logger.error("%s, reference %s", problem.code, reference())
    return answer


def on_http(error: HTTPException) -> BaseResponse:
    """The framework's own errors in the same clothes."""
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.response is not None and error.response.mimetype == "text/plain":
        return error.get_response()  # written for a program, which reads no pages
    answer = _error_page(error.code, "")
    for name in ("Allow", "Retry-After"):
        if value := error.get_response().headers.get(name):
            answer.headers[name] = value
    return answer


def on_csrf(_error: CSRFError) -> Response:
    """A form that is too old, or was not ours."""
    g.refusal = "forged"
    if current_user.is_authenticated:
        why = "the page was open for a long time, or your browser has forgotten its cookie"
    else:
        why = "you are signed out here, perhaps in another tab, or the page was open for a long time"
    return _error_page(400, f"We could not be sure that the click was yours: {why}. Nothing has been changed.")


def on_database(error: OperationalError) -> Response:
    """The database did not answer in time: say so, keep the form, try later."""
    current_app.logger.warning("database unavailable: %s", type(getattr(error, "orig", error)).__name__)
    answer = unavailable(error)
    # The page itself must not ask the database who is reading.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    g.pop("reader_clock", None)
    return on_problem(answer)


def on_system(error: OSError) -> Response:
    """A full disk passes, and nobody can mend it in the code; anything else that the system refuses is a fault."""
    if error.errno not in NO_ROOM:
        return on_crash(error)
    current_app.logger.error("no room on the disk")
    return on_problem(Unavailable("We have no room for this just now. Please send it again later."))


def on_crash(_error: Exception) -> Response:
    """A fault of ours: logged with its trace and a reference, shown without either's contents."""
    current_app.logger.exception("unhandled error, reference %s", reference())
    return _error_page(500, "")
