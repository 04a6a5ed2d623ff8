"""This file knows the words of the desk of money: events, what lies before staff, what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from practice.http.clocks import local, there, zone_name
from practice.http.formats import amount
from practice.ledger.events import Event
from practice.payments import fulfilment
from practice.payments.desk_models import MoneyProposal
from practice.payments.kinds import OpKind, ProposalKind, Reason, SettingKey
from practice.payments.models import Concern as MoneyConcern
from practice.payments.models import OrderLine
from practice.payments.policy.effects import Concern
from practice.payments.policy.purchase import payees_of
from practice.payments.states import OrderState, PayoutState, ProposalState, RefundState
from practice.values.money import Money

EVENTS: dict[str, str] = {
    Event.CHARGED: "The client paid",
    Event.FEE: "The card processor’s fee",
    Event.FEE_RETURNED: "A fee came back",
    Event.EARNED: "Earned",
    Event.UNEARNED: "Not earned any more",
    Event.RELEASED: "Due to the specialist",
    Event.TRANSFERRED: "Sent to the specialist",
    Event.REVERSED: "Taken back from the specialist",
    Event.SET_OFF: "Settled with what was owed",
    Event.PAYOUT_SENT: "A payout left",
    Event.PAYOUT_PAID: "A payout arrived",
    Event.PAYOUT_FAILED: "A payout came back",
    Event.PAYOUT_RETURNED: "A bank sent a payout back",
    Event.REFUNDED: "Went back to the client",
    Event.REFUND_FAILED: "A refund did not arrive",
    Event.REFUNDED_BY_HAND: "Paid to the client by hand",
    Event.DISPUTE_OPENED: "A bank took it until it decides",
    Event.DISPUTE_WON: "The bank gave it back",
    Event.DISPUTE_LOST: "The bank keeps it",
    Event.LOSS: "Our loss",
    Event.LOSS_RECOVERED: "A loss came back",
}
OPERATIONS: dict[str, str] = {
    OpKind.OPEN_CHECKOUT: "Open a payment page",
    OpKind.END_CHECKOUT: "End the payment page",
    OpKind.REFUND: "Give money back",
    OpKind.TRANSFER: "Send to the specialist",
    OpKind.REVERSAL: "Take back from the specialist",
    OpKind.OPEN_ACCOUNT: "Open a payout account",
    OpKind.PAYOUTS_BY_HAND: "Let us say when it pays out",
    OpKind.PAYOUT: "Pay out",
}
ORDERS: dict[str, tuple[str, str]] = {
    OrderState.CREATED: ("", "Begun"),
    OrderState.SESSION_OPEN: ("", "May be paid now"),
    OrderState.PROCESSING: ("warn", "A slow payment"),
    OrderState.PAID: ("confirmed", "Paid"),
    OrderState.EXPIRED: ("", "Ended unpaid"),
    OrderState.FAILED: ("", "Payment failed"),
    OrderState.REFUND_DUE: ("warn", "Money is to go back"),
    OrderState.PARTIALLY_REFUNDED: ("", "A part went back"),
    OrderState.REFUNDED: ("", "All went back"),
    OrderState.DISPUTED: ("danger", "A bank asks for it"),
    OrderState.DISPUTE_WON: ("confirmed", "Decided for us"),
    OrderState.DISPUTE_LOST: ("danger", "Decided against us"),
}
REFUNDS: dict[str, str] = {
    RefundState.REQUESTED: "Asked for",
    RefundState.SENT: "On its way",
    RefundState.SUCCEEDED: "Arrived",
    RefundState.REFUSED: "Refused, and waits",
    RefundState.FAILED: "Did not arrive, to be paid by hand",
    RefundState.MANUAL: "Paid by hand",
}
PAYOUTS: dict[str, str] = {
    PayoutState.PENDING: "Asked for",
    PayoutState.IN_PAYOUT: "On their way",
    PayoutState.FAILED: "Came back, and on the balance again",
}
PROPOSALS: dict[str, str] = {
    ProposalKind.REFUND: "More back than the rule says",
    ProposalKind.IN_DOUBT: "All of what came in doubt back",
    ProposalKind.BY_HAND: "A refund that failed was paid by hand",
}
DECIDED: dict[str, tuple[str, str]] = {
    ProposalState.PROPOSED: ("warn", "Needs a second yes"),
    ProposalState.AGREED: ("confirmed", "Done"),
    ProposalState.WITHDRAWN: ("", "Not done"),
    ProposalState.LAPSED: ("", "Lapsed"),
}
REASONS: dict[str, str] = {
    Reason.NOT_AS_AGREED: "The session was not as agreed",
    Reason.BETWEEN_THEM: "Both sides agreed on it",
    Reason.OUR_MISTAKE: "Our own mistake",
    Reason.THE_LAW: "The law asks for it",
    Reason.KINDNESS: "Out of kindness",
    Reason.OTHER: "Another reason",
}
SETTINGS: dict[str, tuple[str, str]] = {
    SettingKey.COMMISSION: ("Commission", "Our share of each paid session. An order keeps the one it was made under."),
    SettingKey.TWO_FOR_REFUND: ("Refunds need two from", "What one of the staff gives back alone stays below this."),
    SettingKey.PAYOUT_LEAST: ("Paid out at least", "What is less stays on the specialist’s balance until next week."),
}
# What lies before staff, and what to do about it.
CONCERNS: dict[str, tuple[str, str]] = {
    Concern.WRONG_MODE: (
        "Test money for a real order, or the other way round",
        "Nothing was booked. Look at which keys are set.",
    ),
    Concern.WRONG_AMOUNT: (
        "Another amount came than was due",
        "Not confirmed; the client reads that we are looking. Ask again, or give all of it back.",
    ),
    Concern.WRONG_CURRENCY: (
        "It came in another currency",
        "Not confirmed; the client reads that we are looking. Ask again, or give all of it back.",
    ),
    Concern.WRONG_CHECKOUT: (
        "A payment page asked for another amount",
        "It was ended and nobody was sent there. Look at the currency settings of the account.",
    ),
    Concern.CHECKOUT_REFUSED: (
        "The card processor opened no payment page",
        "The client read that nothing was charged. Look at the account’s settings.",
    ),
    Concern.PAID_TWICE: (
        "Somebody was charged a second time",
        "Give the second charge back in the card processor’s dashboard; it is booked once we hear of it.",
    ),
    Concern.CONFIRMED_LATE: ("Paid after the hold was over", "The time was still free and is booked. Nothing to do."),
    Concern.REFUND_FAILED: (
        "A refund did not arrive",
        "Ask the client for another way, pay it from our bank, then have it noted by two.",
    ),
    Concern.REFUND_REFUSED: (
        "The card processor refused a refund",
        "Ask again once the cause is gone; else pay it from our bank and have it noted by two.",
    ),
    Concern.REFUND_OUTSIDE: (
        "Somebody gave money back past us",
        "It is booked, and counts as promised. Ask who pressed it in the dashboard.",
    ),
    Concern.DISPUTE: (
        "A card’s bank asks about a payment",
        "While it has the money, nothing of it is paid out or given back. Prepare the answer.",
    ),
    Concern.DEBT: (
        "A specialist owes us",
        "It is taken from what they earn next, never from their bank. Nothing to do but to know.",
    ),
    Concern.UNKNOWN_ORDER: ("A message about no order of ours", "Look the id up in the card processor’s dashboard."),
    Concern.UNKNOWN_AMOUNT: (
        "An amount that we cannot read",
        "A currency that we do not deal in, or a fraction. Look it up in the dashboard.",
    ),
    Concern.STUCK: (
        "The card processor has been told in vain",
        "It is tried again each hour. Put right what it names, or ask again now.",
    ),
    Concern.PAYOUT_REFUSED: (
        "A payout was refused",
        "The money is on the specialist’s balance and goes with the next run. Look at their account.",
    ),
    Concern.CURRENCIES_APART: (
        "What was earned cannot be sent on in its currency",
        "It waits. Give the payment back, or settle it with the specialist outside; compare STRIPE_SETTLES_IN.",
    ),
    Concern.REVERSED_OUTSIDE: (
        "Somebody took a transfer back past us",
        "It is not booked, and the specialist misses it. Ask who pressed it in the dashboard, and send it again there.",
    ),
    Concern.PAYOUT_OUTSIDE: (
        "A payout left that we did not ask for",
        "It is not booked. Switch the account’s payouts to “manual” in the dashboard, and note what left.",
    ),
}


def written(key: SettingKey, value: int, currency: str = "") -> str:
    """A value as people read it: "12%", "€200, or about as much", "5000 JPY"."""
    if key == SettingKey.COMMISSION:
        return f"{value / 100:g}%"
    if currency:
        return f"{value} {currency}"
    return f"€{value:,}, or about as much" if key == SettingKey.TWO_FOR_REFUND else f"{value} of each currency"


def begins(proposal: MoneyProposal, zone: str) -> str:
    """From when what is proposed of a setting is to hold: a day that was named is one of that zone's."""
    if proposal.from_at is None:
        return "from the second yes on"
    if proposal.state == ProposalState.PROPOSED:
        return f"from {there(proposal.from_at, zone)}, or from the second yes if that comes later"
    return f"from {there(max(proposal.from_at, proposal.decided_at or proposal.from_at), zone)}"


def change(proposal: MoneyProposal, now: int, zone: str) -> tuple[str, str, str]:
    """What a proposal would change of a setting: what holds now, what is to hold, and from when."""
    key = SettingKey(proposal.about.partition(":")[2])
    holds = written(key, now, proposal.currency)
    return holds, written(key, proposal.value, proposal.currency), begins(proposal, zone)


def what(proposal: MoneyProposal) -> str:
    """What is wanted, with how much of it: "€250.00: More back than the rule says", "Commission: 11%"."""
    if proposal.kind != ProposalKind.SETTING:
        return f"{amount(proposal.money)}: {PROPOSALS[proposal.kind]}"
    key = SettingKey(proposal.about.partition(":")[2])
    return f"{SETTINGS[key][0]}: {written(key, proposal.value, proposal.currency)}"


def whose(proposal: MoneyProposal) -> str:
    """Between whom it is and of what, with the day of the payment; "" for what is about no order."""
    order = proposal.order
    if order is None:
        return ""
    lines = order.lines if proposal.line_at is None else [order.lines[proposal.line_at]]
    what_for = ", ".join(f"{each.label} with {each.payee.display_name}" for each in lines)
    when = f", paid on {local(order.paid_at)}, {zone_name(order.paid_at)}" if order.paid_at else ""
    client = order.buyer.display_name if order.buyer else "A client who has gone"
    sum_ = sum(each.price for each in lines)
    return f"{client}: {what_for}, {amount(Money(sum_, order.currency))}{when}."


def taken(proposal: MoneyProposal) -> str:
    """What a refund that waits takes from the specialist and from our share, and what had gone back before; "" for
    what takes nothing from anybody."""
    order = proposal.order
    if order is None or proposal.line_at is None or proposal.kind != ProposalKind.REFUND:
        return ""
    line, currency = order.lines[proposal.line_at], order.currency
    kept, stays = line.price - line.back, line.price - proposal.value
    theirs = payees_of(kept, line.rate, currency) - payees_of(stays, line.rate, currency)
    parts = [Money(each, currency) for each in (theirs, kept - stays - theirs, line.back)]
    from_them, from_us, before = map(amount, parts)
    gone = f" {before} of it went back before." if line.back else ""
    return f"{from_them} of it is taken from {line.payee.display_name}, {from_us} from our share.{gone}"


def besides(line: OrderLine, back: int) -> str:
    """What else goes back by itself, once so much of a line is back in all; "" for nothing."""
    return _besides(fulfilment.follows([(line, back)])[line.id, back])


def besides_of(proposals: Sequence[MoneyProposal]) -> dict[int, str]:
    """The same by the id of what waits for a second person."""
    wanted = {
        each.id: (each.order.lines[each.line_at], each.value)
        for each in proposals
        if each.state == ProposalState.PROPOSED and each.order and each.line_at is not None
    }
    follows = fulfilment.follows(list(wanted.values()))
    return {which: _besides(follows[line.id, back]) for which, (line, back) in wanted.items()}


def _besides(some: Money) -> str:
    if some.is_free:
        return ""
    return f"With it {amount(some)} more goes back by itself: whatever else is left of what was paid for the same."


def differ(sums: Sequence[Mapping[str, Any]]) -> bool:
    """Whether in some currency the two say something else."""
    return any(each["ours"] != each["theirs"] for each in sums)


def difference(sums: Sequence[Mapping[str, Any]]) -> str:
    """How a comparison came out: "EUR, JPY" where both say the same, else by how much."""
    if not differ(sums):
        return ", ".join(each["currency"] for each in sums)
    apart = [(each["theirs"] - each["ours"], each["currency"]) for each in sums if each["ours"] != each["theirs"]]
    return ", ".join(
        f"{amount(Money(abs(by), currency))} {'more' if by > 0 else 'less'} there" for by, currency in apart
    )


def about(concern: MoneyConcern) -> str:
    """What lies before staff, with how much it is: "€58.00: Another amount came than was due"."""
    what_it_is = CONCERNS[concern.kind][0]
    if concern.order is None or not concern.amount:
        return what_it_is
    return f"{amount(Money(concern.amount, concern.order.paid_in or concern.order.currency))}: {what_it_is}"
