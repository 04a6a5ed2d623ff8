"""This file knows where somebody is in a long list of the moderation room, and the addresses of the way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from practice.http.pages import link
from practice.values.counts import whole

from .queries import A_PAGE

MOST_PAGES = 10_000


def asked_page(args: Mapping[str, str]) -> int:
    """Which page an address asks for, from one on; the first where it asks for none that could be."""
    found = whole(args.get("page", ""))
    return found if found is not None and 1 <= found <= MOST_PAGES else 1


@dataclass(frozen=True)
class Paged:
    """One page of a list: which, of how many rows, at which address."""

    number: int
    total: int
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * A_PAGE

    @property
    def last(self) -> int:
        """The number of its last row."""
        return min(self.first + A_PAGE, self.total)

    @property
    def is_needed(self) -> bool:
        """Whether there is another page."""
        return self.total > A_PAGE or self.number > 1

    @property
    def earlier(self) -> str:
        """Where the page before is, "" where there is none."""
        return self._at(self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        """Where the next page is, "" where there is none."""
        return self._at(self.number + 1) if self.last < self.total else ""

    def _at(self, number: int) -> str:
        return link(self.endpoint, **self.values, page=str(number))
