"""This file knows how everything is plugged together: `create_app()` is the one place."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask

from practice import http, sandbox
from practice.accounts import set_up as set_up_accounts
from practice.config import Config, from_environment
from practice.http import bodies, cookies, near_misses
from practice.operations import monitoring
from practice.providers.stripe_gateway.client import Gateway
from practice.store import db

MEBIBYTE = 1024 * 1024
PARTS = (
    "store",
    "letters",
    "accounts",
    "safety",
    "ledger",
    "payments",
    "invoices",
    "specialists",
    "availability",
    "bookings",
    "fit",
    "disputes",
    "moderation",
    "messages",
    "contact",
    "questions",
    "admin",
    "operations",
)
BRINGS = ("jobs", "records", "checks", "log_lines", "invoicing", "subjects")


def create_app(config: Config | None = None) -> Flask:
    """The product as a WSGI application; raises `BadConfig` when the environment makes no sense."""
    config = config or from_environment()
    app = Flask("practice", template_folder="../templates", static_folder="static")
    app.request_class = bodies.Body
    app.config.update(_flask_settings(config))
    app.config.update(config.overrides)
    app.config["PRACTICE"] = config
    app.session_interface = cookies.SealedSessions()
    db.set_up(app)
    bodies.set_up(app)
    http.set_up(app)
    near_misses.set_up(app)
    monitoring.set_up(app)
    set_up_accounts(app)
    _open_rooms(app, config)
    _payments(app, config)
    app.jinja_env.globals.update(limits=_limits())
    _commands(app)
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(config.secret_keys[1:]),
        "TESTING": config.mode == "test",
        "MAX_CONTENT_LENGTH": 8 * MEBIBYTE,
        "MAX_FORM_MEMORY_SIZE": MEBIBYTE,
        "MAX_FORM_PARTS": 1000,
        "SESSION_COOKIE_NAME": cookies.name_of(cookies.SESSION, config),
        "SESSION_COOKIE_SECURE": config.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
        # The cookie is renewed when its use is noted, not signed anew for every answer.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": 48 * 3600,
        # Signed with the last of these and taken with each: a form that was opened before a new key goes through.
        "WTF_CSRF_SECRET_KEY": list(reversed(config.secret_keys)),
        # Pages of signed-in people send no Referer, so this check could only refuse honest forms.
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": config.redis_url or "memory://",
        # A Redis that hangs costs a second; then each process counts for itself until it answers again.
        "RATELIMIT_STORAGE_OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1} if config.redis_url else {},
        "RATELIMIT_HEADERS_ENABLED": False,
        "RATELIMIT_ENABLED": config.mode != "test",
        # Tests ask for the numbers themselves.
        "REFUSALS_WRITTEN_EVERY": float("inf") if config.mode == "test" else 5.0,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _open_rooms(app: Flask, config: Config) -> None:
    from practice.accounts.views import bp as accounts
    from practice.admin.views import bp as admin
    from practice.availability.queries import travel_of
    from practice.availability.views import bp as availability
    from practice.bookings.views import bp as bookings
    from practice.contact.views import bp as contact
    from practice.demo.mailbox import bp as demo
    from practice.directory.views import bp as directory
    from practice.disputes.views import bp as disputes
    from practice.fit.views import bp as fit
    from practice.home.views import bp as home
    from practice.invoices.views import bp as invoices
    from practice.messages.views import bp as messages
    from practice.moderation.views import bp as moderation
    from practice.payments.views import bp as payments
    from practice.questions.views import bp as questions
    from practice.safety.views import bp as safety
    from practice.specialists.views import bp as specialists

    app.extensions["travel_of"] = travel_of
    register()
    talk = (moderation, messages, contact, questions)
    above = (specialists, bookings, fit, disputes, *talk, directory, availability, home, admin)
    for room in (accounts, safety, payments, invoices, *above):
        app.register_blueprint(room)
    if config.is_demo:
        app.register_blueprint(demo)


def _payments(app: Flask, config: Config) -> None:
    """The way to Stripe: over the network with the keys that are set, else into the sandbox; none in production."""
    if config.payments == "sandbox":
        sandbox.set_up(app)
    elif config.payments != "off":
        app.extensions["stripe_gateway"] = Gateway(
            config.stripe_secret_key, config.stripe_webhook_secret, config.stripe_thin_webhook_secret
        )


def _limits() -> dict[str, dict[str, Any]]:
    """What templates write of limits and periods, from where the rules have it: `limits.accounts.RESET_WITHIN`."""
    from practice.accounts import policy as accounts
    from practice.admin import queries as admin
    from practice.availability import policy as availability
    from practice.bookings import limits as bookings
    from practice.bookings import terms
    from practice.contact import policy as contact
    from practice.disputes import policy as disputes
    from practice.fit import policy as fit
    from practice.invoices import policy as invoices
    from practice.messages import policy as messages
    from practice.moderation import policy as moderation
    from practice.payments.policy import payouts as payments
    from practice.questions import policy as questions
    from practice.safety import policy as safety
    from practice.specialists import policy as specialists
    from practice.store import retention as kept

    rooms = {
        "accounts": accounts,
        "admin": admin,
        "availability": availability,
        "bookings": bookings,
        "contact": contact,
        "disputes": disputes,
        "fit": fit,
        "invoices": invoices,
        "messages": messages,
        "moderation": moderation,
        "payments": payments,
        "questions": questions,
        "safety": safety,
        "specialists": specialists,
        "terms": terms,
        "kept": kept,
    }
    return {name: {key: value for key, value in vars(room).items() if key.isupper()} for name, room in rooms.items()}


def register() -> None:
    """Let each part bring what is known by being imported: sweeps, records of people, checks, lines of the log."""
    for part in PARTS:
        for name in BRINGS:
            if find_spec(f"practice.{part}.{name}"):
                import_module(f"practice.{part}.{name}")


def _commands(app: Flask) -> None:
    from practice.operations import cli

    cli.set_up(app)
