"""This file knows where somebody is in a list of numbered pages, and the addresses of the way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from practice.values.counts import whole

from .pages import link

MOST_PAGES = 100_000


@dataclass(frozen=True)
class Paged:
    """One page of a list: which, of how many rows, at which address."""

    number: int
    total: int
    per_page: int
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * self.per_page

    @property
    def last(self) -> int:
        """The number of its last row."""
        return min(self.first + self.per_page, self.total)

    @property
    def is_needed(self) -> bool:
        """Whether there is another page."""
        return self.total > self.per_page

    @property
    def earlier(self) -> str:
        """Where the page before is, "" where there is none."""
        return self._at(self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        """Where the next page is, "" where there is none."""
        return self._at(self.number + 1) if self.last < self.total else ""

    def _at(self, number: int) -> str:
        return link(self.endpoint, **self.values, **({"page": number} if number > 1 else {}))


def asked_page() -> int:
    """Which page the address asks for, from one on; the first where it asks for none that could be."""
    return min(max(whole(request.args.get("page", "")[:9]) or 1, 1), MOST_PAGES)


def paged(total: int, per_page: int, endpoint: str, **values: Any) -> Paged:
    """The page of `total` rows that the address asks for, the last one where it asks for more than there are."""
    last = max(1, -(-total // per_page))
    return Paged(min(asked_page(), last), total, per_page, endpoint, values)
