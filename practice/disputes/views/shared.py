"""This file knows what the pages of both sides of a dispute have."""

from __future__ import annotations

from typing import Any

from practice.bookings.who_may import Side
from practice.disputes import forms, labels, policy, queries
from practice.disputes.models import Dispute
from practice.values import clock


def of_either(dispute: Dispute, side: Side) -> dict[str, Any]:
    """How it stands, and what this side may do."""
    known, now = queries.known_of(dispute), clock.now()
    may_appeal = policy.may_appeal(known, side, now)
    return {
        "dispute": dispute,
        "booking": dispute.booking,
        "reason": labels.reason(dispute),
        "wish": labels.wish(dispute),
        "state": labels.state(dispute, at_bank=known.at_bank, reader=side),
        "ending": labels.ending(dispute),
        "rulings": labels.rulings(dispute),
        "statements": labels.statements(dispute, side),
        "joins": labels.joins(dispute.booking, side),
        "paid": labels.paid(dispute.booking),
        "at_bank": known.at_bank,
        "may_say": policy.may_say(known, side),
        "may_appeal": may_appeal,
        "others_until": None if may_appeal else policy.others_until(known, now),
        "may_accept": policy.may_accept(known, side),
        "say_form": forms.SayForm(formdata=None),
        "appeal_form": forms.AppealForm(formdata=None),
    }
