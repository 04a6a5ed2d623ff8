"""This file knows how an answer of staff can begin: what is said often, to be changed before it goes."""

from __future__ import annotations

from typing import NamedTuple


class QuickText(NamedTuple):
    """What colleagues call it, and the words."""

    label: str
    words: str


QUICK_TEXTS = {
    "reserved": QuickText(
        "Reserved, not charged",
        "You paid once. The other amount is a try that was not finished: your bank reserves the money and lets it go"
        " again within a few days. If it still stands there after that, answer here and we ask the card partner with"
        " you.",
    ),
    "refund": QuickText(
        "Refund on its way",
        "The money is on its way back to the card that you paid with. Banks take some days to show it. Your"
        " payments page says how much it is.",
    ),
    "change_time": QuickText(
        "Moving a booking",
        "You can move it yourself on the page of the booking, as long as it is not too close. If no time there fits,"
        " tell us two or three that would.",
    ),
    "sign_in": QuickText(
        "Signing in",
        "You can choose a new password with “Forgot your password?” on the sign-in page. If the letter does not"
        " reach you, look in your spam folder, then tell us here.",
    ),
    "body": QuickText(
        "Complaint received",
        "Thank you for telling us. A person looks into it, and this stays open until you have an answer. You can also"
        " turn to their professional body at any time, with us or without us.",
    ),
    "more": QuickText("We need to know more", "To look into this we need to know a little more: "),
}
