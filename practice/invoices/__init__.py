"""This room knows receipts, invoices and credit notes: numbered without gaps, never changed, and always what the ledger
says."""
