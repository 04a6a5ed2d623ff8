"""This file knows what booking can be refused for, in sentences, with the facts a page needs to offer ways on."""

from __future__ import annotations

from practice.values.errors import Conflict, Problem

from .terms import CONSULT, Refusal, Terms


class NotThisTime(Conflict):
    """This start cannot be had by this person; another one can."""

    way_on = "Please choose again."


class ExpressNeeded(NotThisTime):
    """It would be held within the days in which its client could withdraw, and they have not asked for that."""

    code = "express_needed"

    def __init__(self) -> None:
        super().__init__("Tick that you would like it within the days in which you can withdraw, or take a later time.")


class SlotTaken(NotThisTime):
    """Somebody was faster."""

    code = "slot_taken"

    def __init__(self, message: str = "That time has just been taken.", **facts: object) -> None:
        super().__init__(message, **facts)


class PaidByThem(SlotTaken):
    """Nobody has it but they themselves, by an order that they have begun to pay."""

    way_on = "Go on with that payment, let it go, or choose another time."

    def __init__(self) -> None:
        super().__init__("You are paying for that time already.")


class SlotClosed(NotThisTime):
    """The time cannot be booked any more, or never could: too soon, outside hours, a limit is reached."""

    code = "slot_closed"

    def __init__(self, message: str = "That time can no longer be booked.", **facts: object) -> None:
        super().__init__(message, **facts)


class PracticeClosed(SlotClosed):
    """No time of this specialist can be had, so choosing another would not help."""

    way_on = "What is booked can be kept or cancelled."

    def __init__(self, message: str = "This practice takes no appointments at the moment.") -> None:
        super().__init__(message)


class OwnOverlap(NotThisTime):
    """The client has something else at that time, as a client or in a practice of their own."""

    code = "own_overlap"

    def __init__(self) -> None:
        super().__init__("You have something else at that time.")


class MustGiveBack(Conflict):
    """What was kept for somebody cannot be confirmed any more, so whatever was paid for it is given back whole.

    `refusal` says why.
    """

    code = "must_give_back"
    way_on = ""

    def __init__(self, refusal: Problem) -> None:
        super().__init__(f"{refusal.message} Whatever was paid for it is given back.")
        self.refusal = refusal


TAKEN_BACK = "What this form booked was taken back or cancelled since, so nothing is booked now."
# Whoever reads it may share a device with the other one, whose booking is nobody's business.
SENT_BEFORE = "This form was used before, so nothing is booked now."


class SpentForm(Conflict):
    """This very form has booked before, and what it booked was taken back since, or is not this person's."""

    code = "spent_form"
    way_on = ""

    def __init__(self, message: str = TAKEN_BACK) -> None:
        super().__init__(message)


class NotEligible(Conflict):
    """The terms of the offer stand in the way; `refusal` says which rule."""

    code = "not_eligible"
    way_on = ""

    def __init__(self, refusal: Refusal, terms: Terms = CONSULT) -> None:
        super().__init__(terms.sentences[refusal])
        self.refusal = refusal


class OfferChanged(Conflict):
    """What was filled in named an older version of the offer; its price or length is another now."""

    code = "offer_changed"
    way_on = ""


class TooOften(Conflict):
    """Somebody else was written to about this pair as often as one day allows."""

    code = "too_often"
    way_on = ""


class TooLate(Conflict):
    """The moment for that has passed, or has not come yet."""

    code = "too_late"


DEADLINE_PASSED = "A deadline has passed while this page was open, so less would come back than it said."
NO_AMOUNT_SHOWN = "Please look at what comes back first."


class LessComesBack(Conflict):
    """Less would come back than the page had said, or it had said nothing of an amount, so nothing is done."""

    code = "less_comes_back"
    way_on = ""

    def __init__(self, message: str = DEADLINE_PASSED) -> None:
        super().__init__(message)


class BookedBefore(Conflict):
    """This very form was answered already, and other words stand in it now; `booking` is the code of what it got."""

    code = "booked_before"
    way_on = ""

    def __init__(self, booking: str) -> None:
        super().__init__("You have booked this already, with the words you sent first.")
        self.booking = booking
