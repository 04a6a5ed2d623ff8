"""This file knows how disputes are put before a reader: states, endings, who was there when, what each side reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from practice.bookings import sold
from practice.bookings.models import Booking
from practice.bookings.who_may import Side
from practice.http.clocks import day, local
from practice.http.formats import amount
from practice.payments.states import DisputeState as BankState
from practice.store import sealed
from practice.values.money import Money

from . import queries
from .actions.deciding import part_of
from .forms import REASONS, WISHES
from .models import Dispute, Ruling
from .states import DisputeState, Ending, Reason, Wish

STATES = {
    DisputeState.AWAITING_REPLY: "The specialist is asked",
    DisputeState.IN_MEDIATION: "A person looks at it",
    DisputeState.DECIDED: "Decided",
    DisputeState.APPEALED: "Another person looks at it",
    DisputeState.CLOSED: "Closed",
}
# The same for the specialist, of whom the client says it.
SAYS = {
    Reason.NOT_THERE: "Your client says that it didn’t take place.",
    Reason.LATE_OR_SHORT: "Your client says that it started late or ended early.",
    Reason.TECHNICAL: "Your client says that the call didn’t work.",
    Reason.CONDUCT: "Your client says that something was wrong with how they were treated.",
    Reason.OTHER: "Your client says that something else was wrong.",
}
ENDINGS = {
    Ending.DECIDED: "It ended as it was decided.",
    Ending.WITHDRAWN: "It was taken back.",
    Ending.GIVEN: "The specialist gave all of it back.",
    Ending.RETURNED: "All of it had gone back already.",
    Ending.BY_BANK: "The card’s bank decided, and took the money back.",
}
BANK_STATES = {
    BankState.INQUIRY: "Asked about",
    BankState.CLOSED: "No more asked about",
    BankState.OPEN: "Asked for",
    BankState.WON: "Decided for us",
    BankState.LOST: "Decided for the card holder",
}
# What a card holder told their bank, as the card processor calls it.
BANK_REASONS = {
    "credit_not_processed": "Expects money back that did not come",
    "duplicate": "Says it was paid more than once",
    "fraudulent": "Says it was not them",
    "general": "Gave no particular reason",
    "product_not_received": "Says it did not take place",
    "product_unacceptable": "Says it was not as described",
    "subscription_canceled": "Says it had been cancelled",
    "unrecognized": "Does not recognise the payment",
}
NO_RECORD = "No record of it"


@dataclass(frozen=True)
class Written:
    """One statement as a reader has it: whose, when, and the words, or that they are not for this reader."""

    whose: str
    at: datetime
    text: Any


def promise(booking: Booking) -> str:
    """Who reads words about conduct: one sentence, the same on all pages and in the letter."""
    who = "Only our safety team reads it, and the staff who decide about money if you ask for some back."
    return f"{who} {booking.specialist.called} is never shown it."


def reason(dispute: Dispute) -> str:
    """What the client chose."""
    return REASONS[Reason(dispute.reason)]


def wish(dispute: Dispute) -> str:
    """What would put it right, for the client."""
    return WISHES[Wish(dispute.wish)]


def statements(dispute: Dispute, reader: Side) -> list[Written]:
    """What both wrote, the oldest first. Words about conduct are not the specialist's to read."""
    hides = reader == Side.SPECIALIST and not dispute.shows_client
    names = {"client": _client(reader), "specialist": _specialist(dispute, reader)}
    return [
        Written(names[each.side], each.at, sealed.shown(each, "words"))
        for each in dispute.statements
        if each.words_sealed is not None and not (hides and each.side == "client")
    ]


def _client(reader: Side) -> str:
    return "You" if reader == Side.CLIENT else "Your client" if reader == Side.SPECIALIST else "Client"


def _specialist(dispute: Dispute, reader: Side) -> str:
    if reader == Side.SPECIALIST:
        return "You"
    return dispute.booking.specialist.called if reader == Side.CLIENT else dispute.booking.specialist.name


def joins(booking: Booking, reader: Side) -> list[tuple[str, str]]:
    """When each side opened the call, as far as there is a record; on the reader's clock, as the session itself."""
    client = _client(reader)
    specialist = "You" if reader == Side.SPECIALIST else booking.specialist.called
    joined = ((client, booking.joined_client_at), (specialist, booking.joined_specialist_at))
    return [(whose, _when(at, booking.starts_at)) for whose, at in joined]


def _when(at: datetime | None, starts_at: datetime) -> str:
    if at is None:
        return NO_RECORD
    return local(at, pattern="HH:mm") if day(at) == day(starts_at) else local(at)


def ruling(dispute: Dispute, found: Ruling) -> dict[str, Any]:
    """A decision with its sums: what of the price is to be back in all, and what had come before it."""
    price, back = queries.price_of(dispute.booking), part_of(dispute, found.percent)
    came = queries.back_of_price(dispute.booking)
    # Once the money has followed, more than that came before; what came by it cannot be told from it any more.
    before = came if dispute.state != DisputeState.CLOSED or came > back else Money(0, price.currency)
    return {
        "percent": found.percent,
        "back": amount(back),
        "price": amount(price),
        "returns": not back.is_free,
        "before": "" if before.is_free else amount(before),
        "due": amount(back - before) if back > before else "",
        "reason": sealed.shown(found, "reason"),
        "by": found.by.display_name,
        "second": found.second.display_name if found.second is not None else "",
        "on": day(found.made_at),
        "is_appeal": found.is_appeal,
    }


def rulings(dispute: Dispute) -> list[dict[str, Any]]:
    """What was decided and holds, or held until another person decided."""
    found = (queries.in_force(dispute, is_appeal=each) for each in (False, True))
    return [ruling(dispute, each) for each in found if each is not None]


def for_specialist(dispute: Dispute) -> str:
    """What the client chose, as a sentence for their specialist."""
    return SAYS[Reason(dispute.reason)]


def state(dispute: Dispute, *, at_bank: bool, reader: Side = Side.STAFF) -> str:
    """Where it stands; that the card's bank comes first, where it was asked."""
    if at_bank and dispute.state != DisputeState.CLOSED:
        return "Waits for the card’s bank"
    if reader == Side.SPECIALIST and dispute.awaits_reply:
        return "You are asked"
    return STATES[DisputeState(dispute.state)]


def ending(dispute: Dispute) -> str:
    """How it ended; empty while it is open."""
    return ENDINGS[Ending(dispute.ending)] if dispute.ending else ""


def paid(booking: Booking) -> dict[str, str]:
    """Its price, what of that has come back so far, and what came back that was paid beyond it, "" for nothing."""
    kept, returned = sold.left_and_returned(booking)
    price, of_price = queries.price_of(booking), queries.back_of_price(booking)
    beyond = "" if returned == of_price else amount(returned - of_price)
    return {"price": amount(price), "returned": amount(of_price), "kept": amount(kept), "beyond": beyond}
