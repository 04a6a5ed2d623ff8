"""This file knows what the log says in words about invoices; never who somebody is, nor how they are taxed."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "invoice.buyer_named": "Put their name on an invoice",
        "invoice.buyer_wiped": "Took back what they put on invoices",
        "tax.changed": "Changed their tax profile",
    }
)
log_kinds({"invoice": "Receipts and invoices", "tax": "Tax profiles"})
