"""This file knows how a dispute stands in a sentence or two, for the pages beside its own."""

from __future__ import annotations

from practice.bookings import complaints
from practice.bookings.complaints import Complaint
from practice.bookings.models import Booking
from practice.bookings.who_may import Side
from practice.http.clocks import local, zone_name
from practice.http.pages import link

from . import labels, queries
from .models import Dispute
from .states import DisputeState

S = DisputeState
PAGES = {Side.CLIENT: "disputes.show", Side.SPECIALIST: "disputes.practice_show"}
TITLES = {
    Side.CLIENT: "You said that something was wrong",
    Side.SPECIALIST: "Your client said that something was wrong",
}


@complaints.says
def about(booking: Booking, side: Side) -> Complaint | None:
    """What the page of a session says of it; None where nobody said that something was wrong."""
    dispute = queries.dispute_about(booking)
    return None if dispute is None else of(dispute, side)


def of(dispute: Dispute, side: Side) -> Complaint:
    """The same of a dispute that was read."""
    label = "See what was decided" if queries.last_in_force(dispute) else "See how it stands"
    url = link(PAGES[side], code=dispute.booking.code)
    return Complaint(TITLES[side], _stands(dispute, side), label, url)


def _stands(dispute: Dispute, side: Side) -> str:
    if dispute.state == S.CLOSED:
        found = labels.paid(dispute.booking)
        return f"{labels.ending(dispute)} {found['returned']} of {found['price']} went back, or is on its way."
    if queries.is_at_bank(dispute.booking):
        return "The card’s bank was asked for this money too. What it decides comes first."
    if dispute.state == S.AWAITING_REPLY:
        return _asks(dispute, side)
    if dispute.state == S.DECIDED:
        return _decided(dispute)
    return "A person looks at both sides, and writes to you both."


def _asks(dispute: Dispute, side: Side) -> str:
    until, called = _until(dispute), dispute.booking.specialist.called
    if side == Side.SPECIALIST:
        return f"Please say how it was for you by {until}. After that a person looks at it without your answer."
    return f"{called} can answer until {until}. Then a person looks at it, with an answer or without."


def _decided(dispute: Dispute) -> str:
    found = labels.rulings(dispute)[-1]
    goes = "is to be back on the card in all" if found["before"] else "goes back to the card"
    back = f"{found['back']} of {found['price']} {goes}" if found["returns"] else "nothing goes back"
    return (
        f"It is decided: {back}. Until {_until(dispute)}, another person can be asked to look; until then, or until "
        "nobody wants to ask, the money stays where it is."
    )


def _until(dispute: Dispute) -> str:
    assert dispute.due_at is not None, "it waits for somebody"
    return f"{local(dispute.due_at)}, {zone_name(dispute.due_at)}"
