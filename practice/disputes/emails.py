"""This file knows every letter about a dispute: to whom, when, with which facts. Of what the other side wrote it
carries nothing, and of what staff wrote only what both read."""

from __future__ import annotations

from typing import Any

from practice.bookings import invites
from practice.bookings.models import Booking
from practice.http.formats import amount
from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.values import clock
from practice.values.money import Money

from . import policy
from .models import Dispute, Ruling, SafetyCase
from .states import Ending

SIDES = ("client", "specialist")
registry.has_versions("disputes/closed", by=lambda facts: str(facts["became"]))
registry.has_versions("disputes/in_mediation", by=lambda facts: "answered" if facts["answered"] else "unanswered")
registry.has_versions("disputes/decided", by=lambda facts: "part" if facts["returns"] else "nothing")
registry.has_versions("disputes/appealed", by=lambda facts: "own" if facts["is_own"] else "other")
registry.knows("disputes", reply_within=policy.REPLY_WITHIN, appeal_within=policy.APPEAL_WITHIN)


def opened(dispute: Dispute) -> None:
    """To the client: we have it, and what comes next. To the specialist: say how it was, by when."""
    until = {"until_at": _until(dispute), "number": dispute.number}
    _write(dispute, "client", "opened", until)
    _write(dispute, "specialist", "asks", until)


def in_mediation(dispute: Dispute, *, answered: bool) -> None:
    """To the client, and after silence to the specialist too: a person looks at it now."""
    for side in ("client",) if answered else SIDES:
        _write(dispute, side, "in_mediation", {"answered": answered})


def decided(dispute: Dispute, ruling: Ruling, back: Money) -> None:
    """To both sides: how much is yet to come back, why, and until when another person can be asked."""
    facts = {"until_at": _until(dispute), "reason": ruling.reason, "back": amount(back), "returns": not back.is_free}
    for side in SIDES:
        _write(dispute, side, "decided", facts)


def appealed(dispute: Dispute) -> None:
    """To both sides: somebody else looks at it."""
    for side in SIDES:
        _write(dispute, side, "appealed", {"is_own": side == dispute.appealed_by})


def closed(dispute: Dispute, back: Money, reason: str = "") -> None:
    """To both sides: that it is over, and how; `back`: of its price, in all; `reason` where a second one decided."""
    ending = Ending(dispute.ending or "")
    became = "nothing" if ending == Ending.DECIDED and back.is_free else str(ending)
    facts = {"became": became, "back": amount(back), "reason": reason}
    for side in SIDES:
        if not (ending == Ending.WITHDRAWN and side == "client"):
            _write(dispute, side, "closed", facts)


def reported(case: SafetyCase) -> None:
    """To the client: the safety team has it."""
    _of_case(case, "reported", {})


def answered(case: SafetyCase) -> None:
    """To the client: what came of it."""
    _of_case(case, "answered", {"answer": case.answer})


# ---------------------------------------------------------------- one letter


def _write(dispute: Dispute, side: str, letter: str, facts: dict[str, Any]) -> None:
    booking = dispute.booking
    person = booking.client if side == "client" else booking.specialist.user
    if person is not None and person.active:
        key = f"{dispute.thing}:{letter}:{clock.now().isoformat()}"
        enqueue_mail(key, f"disputes/{letter}", person, _facts(booking, side) | facts)


def _of_case(case: SafetyCase, letter: str, facts: dict[str, Any]) -> None:
    if case.client is not None and case.client.active:
        enqueue_mail(
            f"{case.thing}:{letter}", f"disputes/{letter}", case.client, _facts(case.booking, "client") | facts
        )


def _facts(booking: Booking, side: str) -> dict[str, Any]:
    """The session as one side may know it: no topic, no title, no surname."""
    page = "disputes.show" if side == "client" else "disputes.practice_show"
    return {
        "side": side,
        "url": absolute_url(page, code=booking.code),
        "starts_at": booking.starts_at.isoformat(),
        "other_name": booking.specialist.called if side == "client" else invites.initials(booking),
    }


def _until(dispute: Dispute) -> str:
    return dispute.due_at.isoformat() if dispute.due_at is not None else ""
