"""This folder knows every change of an order, of settings and of payees' accounts, each as one transaction."""

from .answering import answer_bank
from .beginning import Wanted, begin
from .concerns import ask_again, close_concern
from .happenings import began, ends, give_back, let_go, paid_by_hand, return_in_doubt, ripen, set_frozen
from .proposing import (
    Change,
    Return,
    agree,
    lapse,
    propose_paid_by_hand,
    propose_refund,
    propose_return_in_doubt,
    propose_setting,
    withdraw,
)
from .turning import park, park_once, turn

__all__ = [
    "Change",
    "Return",
    "Wanted",
    "agree",
    "answer_bank",
    "ask_again",
    "began",
    "begin",
    "close_concern",
    "ends",
    "give_back",
    "lapse",
    "let_go",
    "paid_by_hand",
    "park",
    "park_once",
    "propose_paid_by_hand",
    "propose_refund",
    "propose_return_in_doubt",
    "propose_setting",
    "return_in_doubt",
    "ripen",
    "set_frozen",
    "turn",
    "withdraw",
]
