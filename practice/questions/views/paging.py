"""This file knows where somebody is in a list of questions or answers, and the ways on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from practice.http.pages import link
from practice.values.counts import whole

LAST = 10_000


def page_number(args: Mapping[str, str]) -> int:
    """The page that an address names, 1 where it names none."""
    return min(max(whole(args.get("page", "")) or 1, 1), LAST)


def ways(endpoint: str, number: int, shown: int, total: int, per_page: int) -> dict[str, Any]:
    """What `pager` needs; nothing where all stands on one page."""
    first = (number - 1) * per_page + 1
    return {
        "first": first,
        "last": first + shown - 1,
        "total": total,
        "earlier": link(endpoint, page=number - 1) if number > 1 else None,
        "later": link(endpoint, page=number + 1) if first + shown - 1 < total else None,
        "needed": total > per_page,
    }
