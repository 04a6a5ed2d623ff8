"""This folder knows what is stored and how it stays true: transactions, the audit log, sealed text, keys, periods."""
