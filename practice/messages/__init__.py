"""This folder knows private messages: one thread for a client and a specialist, sealed, and what follows silence."""
