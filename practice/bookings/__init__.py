"""This room knows appointments and the places booked in them: who meets whom, when, and what became of it."""
