"""This file knows the headers that every answer carries."""

from __future__ import annotations

import secrets

from flask import Response, g, session

from practice.config import settings
from practice.store.crashpoints import crashpoint

# The card processor's own pages: where cards are asked for, and where payees say who they are.
PAYMENT_PAGES = ("https://checkout.stripe.com", "https://connect.stripe.com")


def page_nonce() -> str:
    """What a script of this one answer must carry to run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    nonce: str = g.nonce
    return nonce


def form_targets() -> str:
    """Where a form of ours may lead in the end: some browsers count the way on to the payment page, too."""
    return "'self'" if settings().payments in ("off", "sandbox") else f"'self' {' '.join(PAYMENT_PAGES)}"


def protect(answer: Response) -> Response:
    crashpoint("answer.before")
    for name, value in {
        "Content-Security-Policy": (
            f"default-src 'self'; script-src 'self' 'nonce-{page_nonce()}'; style-src 'self'; img-src 'self' data:; "
            f"object-src 'none'; base-uri 'none'; form-action {form_targets()}; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer" if "_user_id" in session else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), interest-cohort=()",
        "X-Frame-Options": "DENY",
    }.items():
        answer.headers.setdefault(name, value)
    # What a page shows here is health data: it stays in no cache unless a view says that it may.
    if "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    if settings().is_secure:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return answer
