"""This folder knows the pages of admin: each file a group of them, all on one blueprint."""

from . import (
    accounts,
    bookings,
    cases,
    chargebacks,
    contact,
    desk,
    disputes,
    kind_texts,
    moderation,
    moderation_case,
    money,
    money_settings,
    numbers,
    orders,
    refunds,
    silence,
    suspensions,
)
from .blueprint import bp

__all__ = [
    "accounts",
    "bookings",
    "bp",
    "cases",
    "chargebacks",
    "contact",
    "desk",
    "disputes",
    "kind_texts",
    "moderation",
    "moderation_case",
    "money",
    "money_settings",
    "numbers",
    "orders",
    "refunds",
    "silence",
    "suspensions",
]
