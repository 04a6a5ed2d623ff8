"""This file knows on which terms each kind of offer is booked: one value for each kind, and every rule reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from practice.accounts.consents import CONSULT_SCOPE, GROUP_AGREEMENT, SESSION_AGREEMENT
from practice.specialists.cancel_rules import PRESETS, CancelRule, Preset, Step, for_client
from practice.specialists.states import OfferKind
from practice.values.counts import in_days, in_minutes, number, times

from . import limits, sentences
from .sentences import Sentences


class Refusal(StrEnum):
    """Why something cannot be booked. Which of them a kind of offer knows, and in which order, say its terms."""

    PRICE = "price"
    SIGN_IN = "sign_in"
    EMAIL = "email"
    ADULT = "adult"
    OWN_PROFILE = "own_profile"
    NOT_BOOKABLE = "not_bookable"
    CONSULT_FIRST = "consult_first"
    PAUSED_CLIENT = "paused_client"
    PAIR_AHEAD = "pair_ahead"
    PAIR_USED = "pair_used"
    TOO_OFTEN = "too_often"
    TOO_MANY_OPEN = "too_many_open"
    TOO_MANY_STARTED = "too_many_started"
    PLACE = "place"


R = Refusal
_SENTENCES = {
    R.PRICE: "This cannot be paid here at the moment, so nothing is booked. The free consultation can be booked.",
    R.SIGN_IN: "Sign in or create an account to book. What you chose is kept.",
    R.EMAIL: "Please confirm your email first. What you chose is kept.",
    R.ADULT: "Accounts here are for adults, from 18 on.",
    R.OWN_PROFILE: "This is your own profile, so there is nobody else to talk to here.",
    R.CONSULT_FIRST: (
        "This begins with a free consultation: it can be booked once you have talked, and both of you have said yes."
    ),
    R.TOO_OFTEN: (
        f"You have booked or moved with this specialist {times(limits.MOST_CHANGES_A_DAY)} within "
        f"{in_days(limits.A_DAY, one='a')}, and they hear of each. A day later you can go on."
    ),
    R.PLACE: "This specialist is not permitted to work with people in the place you named.",
}
_SENTENCES_OF_CONSULTS = {
    R.NOT_BOOKABLE: "Free consultations with this specialist cannot be booked at the moment.",
    R.PAUSED_CLIENT: "Free consultations are paused for you for a while, because several were missed.",
    R.PAIR_AHEAD: "You have a free consultation with this specialist booked already.",
    R.PAIR_USED: "Your one free consultation with this specialist is used.",
    R.TOO_MANY_OPEN: (
        f"You have {number(limits.MOST_OPEN)} free consultations ahead of you. "
        "After one has happened, you can book another."
    ),
    R.TOO_MANY_STARTED: (
        f"You have booked {number(limits.MOST_STARTED)} free consultations in the last "
        f"{in_days(limits.STARTED_WINDOW)}. The next one is possible later."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is agreed when an offer of one kind is booked.

    It is `called` so in a sentence, `brief` on a badge, `short` on a button, and has its `paint` in calendars; what
    is said of its price, and of what counts, it `says`. `refused_for` stands in the order in which people are told. A
    time is kept for `hold`, for visitors of whom nobody has confirmed an address for `unknown_hold`; once everything
    is agreed to it is `reserved` for so long, which it is paid in.
    What was agreed about cancelling is the `cancel_rule`: the kind's own, or what its booking was sold under.
    `one_per_pair`: it uses up the one of a client and a specialist. `shares_a_time`: the appointment is there before
    anybody books, and has several places.
    """

    kind: OfferKind
    called: str
    brief: str
    short: str
    paint: str
    refused_for: tuple[Refusal, ...]
    sentences_of_its_own: Mapping[Refusal, str]
    hold: timedelta
    reserved: timedelta
    unknown_hold: timedelta
    undo: timedelta
    undo_before_start: timedelta
    moves: int
    consent: str
    one_per_pair: bool
    shares_a_time: bool
    rests_after_strikes: bool
    cancel_rule: CancelRule

    @property
    def late(self) -> timedelta:
        """Within that of the start a cancellation has a price: the pair's consultation, or a part of what was paid."""
        return self.cancel_rule.free_for

    @property
    def says(self) -> Sentences:
        """What is said of its price, and of what counts."""
        return sentences.OF_CONSULTS if self.one_per_pair else sentences.of_sessions(for_client(self.cancel_rule))

    @property
    def says_of_kind(self) -> Sentences:
        """The same where no booking is at hand, and nothing may be said of the rule that it was sold under."""
        return sentences.OF_CONSULTS if self.one_per_pair else sentences.of_sessions("")

    @property
    def sentences(self) -> dict[Refusal, str]:
        """Every refusal of these terms in words."""
        return {each: self.sentences_of_its_own.get(each) or _SENTENCES[each] for each in self.refused_for}

    @property
    def moved_enough(self) -> str:
        """What is said to somebody who has moved it as often as they may."""
        ways_on = "Cancelling and booking again is possible in good time."
        if not self.moves:
            return f"A {self.called} keeps its time. {ways_on}"
        return f"A {self.called} can be moved {times(self.moves)}. {ways_on}"

    @property
    def undone_too_late(self) -> str:
        """What is said to somebody who would take it back as if it had never been, and comes too late."""
        return f"The {in_minutes(self.undo)} to take it back are over. You can still cancel it."


CONSULT = Terms(
    kind=OfferKind.CONSULT,
    called="free consultation",
    brief="Free consultation",
    short="consultation",
    paint="free",
    refused_for=(
        *(R.PRICE, R.SIGN_IN, R.EMAIL, R.ADULT, R.OWN_PROFILE, R.NOT_BOOKABLE, R.PAUSED_CLIENT),
        *(R.PAIR_AHEAD, R.PAIR_USED, R.TOO_OFTEN, R.TOO_MANY_OPEN, R.TOO_MANY_STARTED, R.PLACE),
    ),
    sentences_of_its_own=_SENTENCES_OF_CONSULTS,
    hold=limits.HOLD,
    reserved=limits.HOLD,
    unknown_hold=limits.UNKNOWN_HOLD,
    undo=limits.UNDO,
    undo_before_start=limits.UNDO_BEFORE_START,
    moves=limits.MOVES,
    consent=CONSULT_SCOPE,
    one_per_pair=True,
    shares_a_time=False,
    rests_after_strikes=True,
    # Late, it uses up the pair's one; there is no price of which something could be kept.
    cancel_rule=CancelRule((Step(limits.LATE, 100), Step(0 * limits.HOUR, 100))),
)
INDIVIDUAL = Terms(
    kind=OfferKind.INDIVIDUAL,
    called="session",
    brief="Session",
    short="session",
    paint="session",
    refused_for=(
        *(R.PRICE, R.SIGN_IN, R.EMAIL, R.ADULT, R.OWN_PROFILE, R.NOT_BOOKABLE, R.CONSULT_FIRST),
        *(R.TOO_OFTEN, R.PLACE),
    ),
    sentences_of_its_own={
        R.NOT_BOOKABLE: "Sessions with this specialist cannot be booked at the moment.",
        R.TOO_OFTEN: (
            f"You have moved sessions with this specialist, or given up what you had just bought, "
            f"{times(limits.MOST_CHANGES_A_DAY)} within {in_days(limits.A_DAY, one='a')}, and they hear of each. "
            "A day later you can go on."
        ),
    },
    hold=limits.TO_PAY,
    reserved=limits.HOLD_TO_PAY,
    unknown_hold=limits.UNKNOWN_HOLD,
    undo=limits.UNDO,
    undo_before_start=limits.UNDO_BEFORE_START,
    moves=limits.MOVES,
    consent=SESSION_AGREEMENT,
    one_per_pair=False,
    shares_a_time=False,
    rests_after_strikes=False,
    cancel_rule=PRESETS[Preset.STANDARD],
)
# A session to which several come, and which keeps its time, whoever comes.
GROUP = replace(
    INDIVIDUAL,
    kind=OfferKind.GROUP,
    called="group session",
    brief="Group session",
    short="group session",
    paint="group",
    sentences_of_its_own={R.NOT_BOOKABLE: "Places in this group cannot be booked at the moment."},
    moves=0,
    consent=GROUP_AGREEMENT,
    shares_a_time=True,
)

ALL = (CONSULT, INDIVIDUAL, GROUP)
_BY_KIND = {each.kind: each for each in ALL}
# No time is kept for anybody beyond this.
LONGEST_HOLD = max(each.reserved for each in ALL)


def of(kind: str, sold_under: CancelRule | None = None) -> Terms:
    """The terms of a kind of offer; raises ValueError for a kind that there is not. `sold_under` is the rule that
    a booking keeps from its sale, in place of the kind's own."""
    terms = _BY_KIND[OfferKind(kind)]
    return terms if sold_under is None else replace(terms, cancel_rule=sold_under)


@lru_cache(maxsize=64)
def as_sold(kind: str, stored: str | None) -> Terms:
    """The same for a booking, which keeps its rule written out; None for what is free."""
    return of(kind, CancelRule.read(stored) if stored else None)


def kinds(which: Callable[[Terms], bool]) -> tuple[OfferKind, ...]:
    """The kinds of offers whose terms say so, for questions to the database."""
    return tuple(each.kind for each in ALL if which(each))


ONE_PER_PAIR = kinds(lambda each: each.one_per_pair)
