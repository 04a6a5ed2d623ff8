"""This folder knows every change of an order, of settings and of payees' accounts, each as one transaction."""

from .beginning import Wanted, begin
from .happenings import began, ends, freeze, give_back, let_go, paid_by_hand, return_in_doubt, ripen
from .settings import close_concern, set_value
from .turning import park, turn

__all__ = [
    "Wanted",
    "began",
    "begin",
    "close_concern",
    "ends",
    "freeze",
    "give_back",
    "let_go",
    "paid_by_hand",
    "park",
    "return_in_doubt",
    "ripen",
    "set_value",
    "turn",
]
