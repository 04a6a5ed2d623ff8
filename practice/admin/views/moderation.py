"""This file knows the staff's desk for cases: what waits, what is usual, and what each of them is not given."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import moderation_forms as forms
from practice.config import settings
from practice.http import clocks
from practice.http.access import staff
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.moderation import actions, labels, policy, queries
from practice.safety import queries as safety
from practice.safety import staffed
from practice.specialists import queries as specialists
from practice.values import clock
from practice.values.errors import NotFound

from .blueprint import bp

QUEUES = {"waiting": queries.waiting, "appeals": queries.appeals, "decided": queries.decided}


@bp.get("/moderation")
@staff
def moderation() -> Response:
    """What waits for a person: the most urgent first, then the oldest; appeals; what was decided."""
    show = request.args.get("show", "waiting")
    if show not in QUEUES:
        raise NotFound("There is no such queue.")
    counts = queries.counts(current_user)
    here = paged(counts[show], queries.A_PAGE, "admin.moderation", show=show)
    cases = QUEUES[show](current_user, here.first)
    return page("admin/moderation.html", show=show, cases=cases, counts=counts, paged=here, **_beside())


def _beside() -> dict[str, Any]:
    """What stands around every queue."""
    return {
        "lines": queries.lines(),
        "stale": len(safety.to_check()),
        "care": care(),
        "hours": hours(),
        "labels": labels,
        "left": queries.left_to(current_user),
        "form": _care_form(),
    }


def _care_form() -> forms.CareForm:
    known = {"skips_heavy": queries.skips_heavy(current_user), "topics": queries.cares_for(current_user)}
    return forms.CareForm(formdata=None, data=known).offer(specialists.topics())


def hours() -> dict[str, object]:
    """When people of the staff are there, as pages say it."""
    now, zone = clock.now(), settings().zone
    return {"here": staffed.is_staffed(now, zone), "back_at": staffed.back_at(now, zone), "zone": zone}


def care() -> dict[str, int | bool]:
    """How much of what weighs somebody has read today, and what they are not given: for them alone."""
    begins = policy.day_begins(clock.now(), clocks.of(current_user).home)
    heavy = queries.heavy_since(current_user, begins)
    return {"heavy": heavy, "break_due": heavy >= policy.HEAVY_A_DAY, "unseen": queries.unseen(current_user)}


@bp.post("/moderation/care")
@staff
def moderation_care() -> Response:
    """Not to be given what weighs, or again; nobody is asked why."""
    form = forms.CareForm().offer(specialists.topics())
    chosen = {choice.value for choice in form.topics.choices} & set(form.topics.data or ())
    actions.care_for(current_user, skips_heavy=bool(form.skips_heavy.data), topics=chosen)
    flash("Saved. Only you read this.")
    answer: Response = redirect(link("admin.moderation"), 303)
    return answer
