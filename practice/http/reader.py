"""This file knows the reader: the zone and theme they chose, and what every page is told about them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice.config import settings
from practice.scheduling import zone_names
from practice.values import clock, text

from . import clocks, cookies
from .access import public
from .blueprint import bp
from .headers import page_nonce
from .pages import link, local_path


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


def for_templates() -> dict[str, Any]:
    return {
        "nonce": page_nonce(),
        "me": current_user,
        **settings().names,
        "is_demo": settings().is_demo,
        "payments": settings().payments,
        "viewer_zone": clocks.viewer_zone(),
        "zone_is_known": clocks.zone_is_known(),
        "theme": theme if (theme := cookies.read(cookies.THEME)) in ("light", "dark") else None,
        "exit_url": settings().exit_url or "/left",
        "now": clock.now(),
        "here": here(),
    }


def change_zone(back: str | None = None) -> str:
    """Where the reader changes the zone of their clock: a practice beside its hours, since those are meant in it."""
    if not current_user.is_authenticated:
        return link("home.zone", next=back or here())
    if current_user.specialist is not None:
        return link("availability.edit", _anchor="zone")
    return link("accounts.settings", _anchor="your-zone")


def here() -> str:
    """The address to come back to after choosing a zone or a theme; one that holds a token is told to no other page.

    Nor is one that no page of ours has: it holds characters that cannot be shown.
    """
    if "token" in (request.view_args or {}) or text.fault(request.full_path):
        return "/"
    return request.full_path.rstrip("?")
