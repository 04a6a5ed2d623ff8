"""This file knows what each pot is called by people: on the desk of money, and in the sentences of a check."""

from __future__ import annotations

from .chart import Pot

POTS: dict[str, str] = {
    Pot.CLIENT: "Paid by clients",
    Pot.UNEARNED: "Nobody’s yet, or on its way back",
    Pot.PENDING: "Owed to specialists, waiting",
    Pot.AVAILABLE: "Owed to specialists, due",
    Pot.DEBT: "Owed by specialists",
    Pot.COMMISSION: "Our commission",
    Pot.OWN: "Ours for what we paid by hand",
    Pot.ADVANCED: "Advanced while banks decide",
    Pot.LOSSES: "Our losses",
    Pot.PROVIDER_FEES: "Our card fees",
    Pot.TRANSFERRED: "On specialists’ balances",
    Pot.IN_PAYOUT: "On its way to banks",
    Pot.PAID_OUT: "At specialists’ banks",
    Pot.PROVIDER: "Kept by the card processor",
    Pot.DISPUTED: "Taken by banks that decide",
    Pot.CHARGED_BACK: "Lost to banks",
}
