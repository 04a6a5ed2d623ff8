"""This file knows what the log says in words about money; never how much it was, nor what for."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "money.concern_closed": "Looked at something about money",
        "money.agreed": "Agreed to something about money",
        "money.asked_again": "Had the card processor asked once more",
        "money.compared": "Had our books compared",
        "money.lapsed": "A proposal about money lapsed",
        "money.proposed": "Proposed something about money",
        "money.set": "Changed a setting of money",
        "money.withdrawn": "Took a proposal about money back",
        "order.begun": "Began an order",
        "order.dispute_lost": "A card’s bank decided against us",
        "order.dispute_won": "A card’s bank decided for us",
        "order.disputed": "A card’s bank asked for money back",
        "order.evidence_given": "Answered a card’s bank",
        "order.expired": "An order ended unpaid",
        "order.failed": "A payment failed",
        "order.paid": "An order was paid",
        "order.partially_refunded": "A part of an order went back",
        "order.processing": "A slow payment began",
        "order.refund_due": "Money is to go back",
        "order.refunded": "All of an order went back",
        "order.session_open": "A payment page was opened",
        "payee.account_asked": "Asked for a payout account",
        "payee.account_changed": "A payout account was looked at anew",
        "payee.account_closed": "A payout account was closed",
        "payout.asked": "A payout was asked for",
        "payout.failed": "A payout came back",
        "payout.in_payout": "A payout left",
        "payout.paid": "A payout arrived",
        "payout.refused": "A payout was refused",
    }
)
log_kinds({"money": "Settings of money", "order": "Orders", "payee": "Payees", "payout": "Payouts"})
