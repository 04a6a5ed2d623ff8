"""This file knows which kinds of receipts, invoices and credit notes there are, and how a payee can be taxed."""

from __future__ import annotations

from enum import StrEnum


class InvoiceKind(StrEnum):
    """What was issued, and by whom: a receipt and what is about the commission by the platform, all else by a payee."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    COMMISSION = "commission"
    COMMISSION_CREDIT = "commission_credit"


K = InvoiceKind
BY_PLATFORM = frozenset({K.RECEIPT, K.COMMISSION, K.COMMISSION_CREDIT})
OF_COMMISSION = frozenset({K.COMMISSION, K.COMMISSION_CREDIT})
# What corrects another one, and which kind that is.
CORRECTS = {K.CREDIT_NOTE: K.INVOICE, K.COMMISSION_CREDIT: K.COMMISSION}


class TaxStatus(StrEnum):
    """How a payee is taxed."""

    REGISTERED = "registered"
    EXEMPT = "exempt"
    SMALL = "small"
