"""This file knows which states orders, payments, refunds, transfers and payouts have, and which moves between them;
and where proposals stand."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    """Where an order stands; it follows from its checkout, its payment, what went back and its dispute."""

    CREATED = "created"
    SESSION_OPEN = "session_open"
    PROCESSING = "processing"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUND_DUE = "refund_due"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


O = OrderState  # noqa: E741
# Money can be there at once, and a card's bank can be asked about it whatever has gone back by then.
_MONEY_COMES = frozenset({O.PAID, O.REFUND_DUE, O.DISPUTED})
_UNPAID = frozenset({O.PROCESSING, O.EXPIRED, O.FAILED}) | _MONEY_COMES
_GOES_BACK = frozenset({O.REFUND_DUE, O.PARTIALLY_REFUNDED, O.REFUNDED})
_DECIDED = frozenset({O.DISPUTE_WON, O.DISPUTE_LOST})
ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    O.CREATED: _UNPAID | {O.SESSION_OPEN},
    O.SESSION_OPEN: _UNPAID,
    O.PROCESSING: frozenset({O.FAILED}) | _MONEY_COMES,
    # Paid in the last second, or on a page that was still open: taken again, or given back.
    O.EXPIRED: frozenset({O.PROCESSING, O.FAILED}) | _MONEY_COMES,
    O.FAILED: _MONEY_COMES,
    O.PAID: _GOES_BACK | {O.DISPUTED} | _DECIDED,
    O.REFUND_DUE: _GOES_BACK - {O.REFUND_DUE} | {O.DISPUTED} | _DECIDED,
    O.PARTIALLY_REFUNDED: _GOES_BACK - {O.PARTIALLY_REFUNDED} | {O.DISPUTED} | _DECIDED,
    # A refund can fail days after it was said to be through.
    O.REFUNDED: frozenset({O.REFUND_DUE, O.DISPUTED}) | _DECIDED,
    O.DISPUTED: _DECIDED | _GOES_BACK,
    # A bank may ask again, about what it left us or for another reason.
    O.DISPUTE_WON: _GOES_BACK | {O.DISPUTED, O.DISPUTE_LOST},
    O.DISPUTE_LOST: frozenset({O.DISPUTED}),
}


class CheckoutState(StrEnum):
    """Where the payment page of an order stands, as far as we know."""

    ASKED = "asked"
    OPEN = "open"
    ENDING = "ending"
    ENDED = "ended"
    REFUSED = "refused"
    COMPLETE = "complete"


C = CheckoutState
CHECKOUT_MOVES: dict[CheckoutState, frozenset[CheckoutState]] = {
    C.ASKED: frozenset({C.OPEN, C.ENDING, C.ENDED, C.REFUSED, C.COMPLETE}),
    C.OPEN: frozenset({C.ENDING, C.ENDED, C.COMPLETE}),
    C.ENDING: frozenset({C.ENDED, C.COMPLETE}),
    C.REFUSED: frozenset({C.COMPLETE}),
    C.ENDED: frozenset({C.COMPLETE}),
}


class Seat(StrEnum):
    """What a line has of what was bought. A hold ends at the card processor before it ends here."""

    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"
    GIVEN_UP = "given_up"


SEAT_MOVES: dict[Seat, frozenset[Seat]] = {
    Seat.HELD: frozenset({Seat.TAKEN, Seat.RELEASED, Seat.GIVEN_UP}),
    Seat.RELEASED: frozenset({Seat.TAKEN}),
    Seat.TAKEN: frozenset({Seat.GIVEN_UP}),
}


class PaymentState(StrEnum):
    """Where the money of a client stands. In doubt: it came, and is not what was asked for."""

    AWAITED = "awaited"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


P = PaymentState
PAYMENT_MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    P.AWAITED: frozenset({P.PROCESSING, P.PAID, P.FAILED, P.IN_DOUBT}),
    P.PROCESSING: frozenset({P.PAID, P.FAILED, P.IN_DOUBT}),
    P.FAILED: frozenset({P.PAID, P.IN_DOUBT}),
}
WITH_US = frozenset({P.PAID, P.IN_DOUBT})


class RefundState(StrEnum):
    """Where one refund stands. Refused: it never left, so another may. Failed: to be paid by hand; manual: it was."""

    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    FAILED = "failed"
    MANUAL = "manual"


R = RefundState
REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    R.REQUESTED: frozenset({R.SENT, R.SUCCEEDED, R.REFUSED, R.FAILED}),
    R.SENT: frozenset({R.SUCCEEDED, R.FAILED}),
    R.SUCCEEDED: frozenset({R.FAILED}),
    R.REFUSED: frozenset({R.SENT, R.SUCCEEDED}),
    R.FAILED: frozenset({R.MANUAL}),
}
GONE = frozenset({R.SENT, R.SUCCEEDED, R.MANUAL})


class TransferState(StrEnum):
    """Where the money of one line's payee stands."""

    NONE = "none"
    DUE = "due"
    BLOCKED = "blocked"
    SENT = "sent"
    REVERSAL_DUE = "reversal_due"
    PARTLY_REVERSED = "partly_reversed"
    REVERSED = "reversed"
    DEBT = "debt"


T = TransferState
_TAKEN_BACK = frozenset({T.REVERSAL_DUE, T.PARTLY_REVERSED, T.REVERSED, T.DEBT})
TRANSFER_MOVES: dict[TransferState, frozenset[TransferState]] = {
    T.NONE: frozenset({T.DUE, T.BLOCKED}),
    T.DUE: frozenset({T.NONE, T.BLOCKED, T.SENT, T.REVERSAL_DUE}),
    T.BLOCKED: frozenset({T.NONE, T.DUE}),
    T.SENT: frozenset({T.REVERSAL_DUE}),
    T.REVERSAL_DUE: _TAKEN_BACK - {T.REVERSAL_DUE},
    T.PARTLY_REVERSED: frozenset({T.REVERSAL_DUE}),
    T.DEBT: frozenset({T.REVERSAL_DUE}),
}


class DisputeState(StrEnum):
    """Where one dispute of a card holder's bank stands, and an order's as a whole. Inquiry: the bank only asks and has
    taken nothing, and a refund ends it; closed: that is over. Open: it has taken the money until it decides."""

    NONE = "none"
    INQUIRY = "inquiry"
    CLOSED = "closed"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


D = DisputeState
DISPUTE_MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    D.NONE: frozenset({D.INQUIRY, D.CLOSED, D.OPEN, D.WON, D.LOST}),
    D.INQUIRY: frozenset({D.CLOSED, D.OPEN, D.WON, D.LOST}),
    # It may still become one that takes the money.
    D.CLOSED: frozenset({D.OPEN, D.WON, D.LOST}),
    D.OPEN: frozenset({D.WON, D.LOST}),
}
ASKED_BACK = frozenset({D.OPEN})
WITH_A_BANK = frozenset({D.INQUIRY, D.OPEN})
TAKES = frozenset({D.OPEN, D.WON, D.LOST})  # what was taken for good, given back, or still lies with the bank
# Of several the one that decides where their order stands.
FIRST_OF = (D.OPEN, D.LOST, D.WON, D.INQUIRY, D.CLOSED, D.NONE)


class PayoutState(StrEnum):
    """Where one payout to a payee's bank stands."""

    PENDING = "pending"
    IN_PAYOUT = "in_payout"
    PAID = "paid"
    FAILED = "failed"


Y = PayoutState
PAYOUT_MOVES: dict[PayoutState, frozenset[PayoutState]] = {
    # Refused, it has never left.
    Y.PENDING: frozenset({Y.IN_PAYOUT, Y.FAILED}),
    Y.IN_PAYOUT: frozenset({Y.PAID, Y.FAILED}),
    # A bank may send back what had arrived.
    Y.PAID: frozenset({Y.FAILED}),
}


class ProposalState(StrEnum):
    """Where something stands that one of the staff wants and another has to agree to."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
