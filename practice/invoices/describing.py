"""This file knows who can say more about what was sold than its neutral label: the room that sold it, when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from practice.payments.models import OrderLine


@dataclass(frozen=True)
class Description:
    """What a client may have said on a detailed invoice; nothing that tells what it was about. `zone` is the one in
    which it took place."""

    profession: str
    starts_at: datetime
    zone: str


Describe = Callable[[str], Description | None]
_rooms: dict[str, Describe] = {}


def describes(kind: str, describe: Describe) -> None:
    """Register who knows things of a kind by their code; a second time takes the place of the first."""
    _rooms[kind] = describe


def description_of(line: OrderLine) -> Description | None:
    """What is known of what was sold; None where nobody knows more."""
    describe = _rooms.get(line.subject_kind)
    return describe(line.subject_code) if describe is not None else None
