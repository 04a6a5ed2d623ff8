"""This folder knows a Stripe of our own for demo and tests: the real package talks to it and cannot tell.

Its state lies in the database, so that all processes see one Stripe. It answers nobody but this product, and exists
only where no key is set.
"""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from practice.providers.stripe_gateway.client import Gateway

# What answers requests, each by what it registers.
ANSWERS = ("accounts", "checkout", "disputes", "happenings", "refunds", "transfers", "jobs")


def set_up(app: Flask) -> None:
    """Make the sandbox this application's Stripe; raises RuntimeError beside a key of Stripe's own."""
    from .deliveries import secret
    from .pages import bp
    from .transport import Way
    from .wire import KEY

    if app.config["PRACTICE"].payments != "sandbox":
        raise RuntimeError("the sandbox doesn't start beside a key of Stripe's own")
    for name in ANSWERS:
        import_module(f"practice.sandbox.{name}")
    app.register_blueprint(bp)
    with app.app_context():
        secrets = secret("event"), secret("v2.core.event")
    app.extensions["stripe_gateway"] = Gateway(KEY, *secrets, transport=Way(app))
