"""This file knows HTTP for every room: access marks, the reader's zone, filters, safe headers, and pages for errors."""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from babel.numbers import format_currency
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter import Limiter
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from . import assets, clock, clocks, cookies, error_pages, origins
from .config import Config, settings
from .crashpoints import crashpoint
from .errors import NotAllowed, NotFound
from .money import Money
from .scheduling import zone_names
from .text import initials

View = Callable[..., Any]
csrf = CSRFProtect()
limiter = Limiter(key_func=lambda: request.remote_addr or "nobody", in_memory_fallback_enabled=True)
bp = Blueprint("web", __name__)
HOST = re.compile(r"(?:\[(?P<address>[\da-fA-F:.]+)\]|(?P<name>[\w.-]+))(?::(?P<port>\d{0,5}))?", re.ASCII)

# ---------------------------------------------------------------- who may open a page


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


# ---------------------------------------------------------------- the reader


@bp.post("/zone")
@public
def set_zone() -> BaseResponse:
    """Remember the zone that the browser told, or that the reader chose."""
    zone = zone_names.present(request.form.get("zone"))
    answer: BaseResponse = redirect(local_path(request.form.get("next")) or "/")
    if zone is not None:
        cookies.put(answer, cookies.ZONE, zone)
    elif "told" not in request.form:
        # A browser may tell a zone that nobody knows; whoever looks at the page did nothing, and hears nothing.
        flash("We do not know that time zone. Please choose one from the list.")
    return answer


@bp.post("/theme")
@public
def set_theme() -> BaseResponse:
    """Remember light or dark, so that the chosen theme never flashes."""
    answer: BaseResponse = redirect(local_path(request.form.get("next")) or "/")
    theme = request.form.get("theme", "")
    if theme in ("light", "dark"):
        cookies.put(answer, cookies.THEME, theme)
    else:
        cookies.drop(answer, cookies.THEME)
    return answer


def local_path(target: str | None) -> str | None:
    """`target` if it is a path of ours that a GET answers, else None: never a redirect to anywhere else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 33 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:
        return None
    return target


# ---------------------------------------------------------------- words on the page


def money(amount: Money) -> str:
    """The one formatter of money: "€72.00", "¥9,000", "Free"."""
    if amount.is_free:
        return "Free"
    text: str = format_currency(amount.decimal, amount.currency, locale="en_IE", currency_digits=True)
    return text.replace("\u00a0", " ")


def initials_of(name: str) -> str:
    """Up to two letters that stand for a face: whole signs, as a reader sees them."""
    return "".join(initials(name or ""))


def flat(words: str) -> str:
    """A name, or words with names in them, where no markup can stand, as in an attribute: marks in its place."""
    if isinstance(words, Markup):
        return Markup(words.replace("<bdi>", "\u2068").replace("</bdi>", "\u2069"))  # noqa: S704 - it was escaped
    return str(words)


FILTERS = (*clocks.FILTERS, money, initials_of, flat)


def csrf_field() -> Markup:
    """The hidden token that every form of ours carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def link(endpoint: str, **values: Any) -> str:
    """A path inside the product; templates name endpoints and never write an address by hand."""
    return url_for(endpoint, **values)


def absolute_url(endpoint: str, **values: Any) -> str:
    """An address for mails and calendars: always under BASE_URL, whatever Host a request named."""
    adapter = current_app.url_map.bind(urlsplit(settings().base_url).netloc)
    return settings().base_url + adapter.build(endpoint, values)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A rendered page with its status."""
    return make_response(render_template(template, **context), status)


# ---------------------------------------------------------------- requests and answers


def _check_host() -> None:
    """The request names one of our hosts, with a port at most, wherever it names one (RFC 9112, 3.2)."""
    # Not `request.host`: where a request names none, that is the server's own name.
    if not (_is_ours(request.headers.get("Host", "")) and _is_ours_in(request.environ.get("RAW_URI", "/"))):
        g.refusal = "host"
        abort(400)


def _is_ours(host: str) -> bool:
    named = HOST.fullmatch(host)
    if named is None or int(named["port"] or 0) > 65_535:
        return False
    return (named["address"] or named["name"]).lower() in settings().hosts


def _is_ours_in(target: str) -> bool:
    """Requests to proxies name the host once more, in front of the path."""
    return target.startswith("/") or "://" not in target or _is_ours(re.split("[/?#]", target.partition("://")[2])[0])


def _check_site() -> None:
    """Browsers say when another site caused a write; that is never right here, whatever token it carries."""
    if request.method not in origins.READS and origins.is_foreign():
        g.refusal = "forged"
        abort(400)


def _check_words() -> None:
    """No name of ours holds a NUL, and PostgreSQL cannot even be asked about one; no form of ours is sent as JSON."""
    if "\x00" in request.path:
        abort(404)
    if request.is_json and request.method not in origins.READS:
        abort(415)


def page_nonce() -> str:
    """What a script of this one answer must carry to run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    nonce: str = g.nonce
    return nonce


def _headers(answer: Response) -> Response:
    crashpoint("answer.before")
    for name, value in {
        "Content-Security-Policy": (
            f"default-src 'self'; script-src 'self' 'nonce-{page_nonce()}'; style-src 'self'; img-src 'self' data:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer" if "_user_id" in session else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), interest-cohort=()",
        "X-Frame-Options": "DENY",
    }.items():
        answer.headers.setdefault(name, value)
    if request.endpoint == "static":
        _forever(answer, "v" in request.args)
    # What a page shows here is health data: it stays in no cache unless a view says that it may.
    if "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    if settings().is_secure:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return answer


# ---------------------------------------------------------------- files that never change


@bp.get("/static/app.<tag>.css")
@public
def stylesheet(tag: str) -> Response:
    """All styles as one file, kept by browsers for a year: its address changes with its content."""
    current, sheet = assets.bundle_css()
    return _forever(Response(sheet, mimetype="text/css"), tag == current)


@bp.get("/static/js-<tag>/<path:name>")
@public
def script(tag: str, name: str) -> Response:
    """One script module; the hash in its folder's address is over all of them, because they import each other."""
    return _forever(current_app.send_static_file(f"js/{name}"), tag == assets.script_tag())


@bp.get("/sw.js")
@public
def service_worker() -> Response:
    """The offline helper; it must live at the root to serve the whole site, and be re-read at each visit."""
    answer = current_app.send_static_file("js/sw.js")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


def _forever(answer: Response, current: bool) -> Response:
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return answer


def _words() -> dict[str, Any]:
    return {
        "nonce": page_nonce(),
        "me": current_user,
        **settings().names,
        "is_demo": settings().is_demo,
        "viewer_zone": clocks.viewer_zone(),
        "zone_is_known": clocks.zone_is_known(),
        "theme": theme if (theme := cookies.read(cookies.THEME)) in ("light", "dark") else None,
        "exit_url": settings().exit_url or "/left",
        "now": clock.now(),
        "here": _here(),
    }


def change_zone(back: str | None = None) -> str:
    """Where the reader changes the zone of their clock: a practice beside its hours, since those are meant in it."""
    if not current_user.is_authenticated:
        return link("home.zone", next=back or _here())
    if current_user.specialist is not None:
        return link("availability.edit", _anchor="zone")
    return link("accounts.settings", _anchor="your-zone")


def _here() -> str:
    """The address to come back to after choosing a zone or a theme; one that holds a token is told to no other page."""
    return "/" if "token" in (request.view_args or {}) else request.full_path.rstrip("?")


def set_up(app: Flask) -> None:
    """Plug headers, filters, marks and error pages into `app`."""
    config: Config = app.config["PRACTICE"]
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=0)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    app.register_blueprint(bp)
    app.before_request(_check_host)
    app.before_request(_check_site)
    app.before_request(_check_words)
    app.after_request(_headers)
    app.context_processor(_words)
    for words in FILTERS:
        app.add_template_filter(words)
    app.jinja_env.globals.update(
        csrf_field=csrf_field,
        link=link,
        asset=assets.asset_url,
        css_url=assets.css_url,
        modules=assets.module_urls,
        zone_choices=clocks.zone_choices,
        change_zone=change_zone,
        older_zones=clocks.older_zones,
        escape=escape,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    error_pages.set_up(app)
