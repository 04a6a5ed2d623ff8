"""This folder knows disputes: a client says that something was wrong with a session, the specialist answers, staff
decide; what is about conduct goes to a safety case of its own; and what a card holder's bank is shown."""
