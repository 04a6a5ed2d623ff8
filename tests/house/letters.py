"""This file knows an example of every letter in each of its versions: the facts as the rooms write them down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from practice.letters.mailer import Draft
from practice.providers.calendar_ics import Invite

from . import talk_letters
from .letter_facts import DONE, LATER, SIDES, STARTS, WORDS, Facts


@dataclass(frozen=True)
class Sample:
    """One letter that could be in the outbox."""

    kind: str
    facts: Facts
    name: str

    def draft(self, **changes: Any) -> Draft:
        """The same as whoever builds it has it; `changes` are other facts."""
        facts = self.facts | changes
        return Draft("ben@people.example", self.kind, facts, "Europe/Paris", "<m-1.abc@common-ground.example>")


def samples() -> Iterator[Sample]:
    """Every letter of every room, each version once at least."""
    rooms = (
        ("accounts", ACCOUNTS),
        ("specialists", SPECIALISTS),
        ("bookings", _bookings()),
        ("fit", list(_fit())),
        ("payments", PAYMENTS),
        ("disputes", list(_disputes())),
        *talk_letters.ROOMS,
    )
    for room, letters in rooms:
        for kind, facts, *rest in letters:
            yield Sample(f"{room}/{kind}", facts, "-".join([room, kind, *rest]))
    yield Sample("home/test", {}, "home-test")


def example(kind: str) -> Facts:
    """What a letter of this kind knows, in the first of its versions."""
    return next(each.facts for each in samples() if each.kind == kind)


EARNINGS = "https://common-ground.example/practice/earnings"
PAYOUTS = "https://common-ground.example/practice/payouts"
ACCOUNT_STAGES = ("ready", "stopped", "missing", "checking", "refused", "closed")
GIVEN = {"returned": "€30.00", "paid": "€70.00", "yours": "€35.20", "url": EARNINGS}
PAYMENTS: list[tuple[Any, ...]] = [
    *(("bank", {"became": it, "paid": "€72.00", "url": EARNINGS}, it) for it in ("asks", "for_us", "against_us")),
    *(("account", {"became": became, "url": PAYOUTS}, became) for became in ACCOUNT_STAGES),
    ("transfer_blocked", {"url": PAYOUTS}),
    *(
        (
            "commission_changes",
            {"share": share, "before": "12%", "from_at": DONE, "url": "https://common-ground.example/practice/offers"},
            version,
        )
        for version, share in (("changes", "11%"), ("stays", "12%"))
    ),
    *(("given_back", GIVEN | {"follows": more}, more) for more in ("", "€72.00")),
    ("payout_sent", {"paid": "€253.44", "url": PAYOUTS}),
    ("payout_failed", {"paid": "€253.44", "url": PAYOUTS}),
]
ACCOUNTS: list[tuple[Any, ...]] = [
    ("confirm", {"token": "the-token"}),
    ("known_address", {}),
    ("welcome", {}),
    ("reset", {"token": "the-token"}),
    ("password_changed", {"done_at": DONE}),
    ("new_device", {"device": "Firefox on Linux", "done_at": DONE}),
    ("two_step_changed", {"what": "two_step_on", "done_at": DONE}, "on"),
    ("two_step_changed", {"what": "two_step_off", "done_at": DONE}, "off"),
    ("two_step_changed", {"what": "recovery_code_used", "done_at": DONE}, "used"),
    ("two_step_changed", {"what": "recovery_codes_renewed", "done_at": DONE}, "renewed"),
    ("two_step_asked", {"token": "the-token", "done_at": DONE, "due_at": LATER}),
    ("two_step_back", {"token": "the-token"}),
    ("locked", {"reason": WORDS, "done_at": DONE}),
    ("unlocked", {}),
    ("change_email", {"token": "the-token"}),
    ("email_changed", {"token": "the-token", "done_at": DONE}),
    ("email_taken_back", {"done_at": DONE}),
    ("data_request", {"what": "asked", "due_at": LATER, "number": "c-1"}, "asked"),
    ("data_request", {"what": "kept", "done_at": DONE}, "kept"),
    ("data_request", {"what": "copied", "done_at": DONE}, "copied"),
    ("erased", {"done_at": DONE, "number": "c-1"}),
]
MARA = {"name": "Mara Ellison"}
LOWER: Facts = {
    "name": "Ben",
    "with": "Anna",
    "slug": "anna-k",
    "minutes": 50,
    "price": "€72.00",
    "lower": "€40.00",
}
SPECIALISTS: list[tuple[Any, ...]] = [
    ("received", {**MARA, "due": "Thursday 4 March"}),
    ("more_needed", {**MARA, "words": WORDS}),
    ("more_needed", {**MARA, "words": ""}, "silent"),
    ("approved", {**MARA, "words": WORDS, "title": "Coach", "topics_left_out": 2}),
    ("approved", {**MARA, "words": "", "title": "Coach", "topics_left_out": 0}, "silent"),
    ("refused", {**MARA, "words": WORDS}),
    ("unpublished", {**MARA, "expired_on": "1 March 2027"}),
    ("unpublished", {**MARA, "expired_on": ""}, "undated"),
    ("document_expiry", {**MARA, "paper": "Insurance", "expires_on": "20 March 2027"}),
    ("profile_decided", {**MARA, "accepted": True, "words": ""}, "accepted"),
    ("profile_decided", {**MARA, "accepted": False, "words": WORDS}, "refused"),
    ("suspended", {**MARA, "words": WORDS, "called_off": True, "look_again": "1 June 2027"}, "called_off"),
    ("suspended", {**MARA, "words": WORDS, "called_off": False, "look_again": "1 June 2027"}, "stands"),
    ("reinstated", {**MARA, "is_public": True}, "public"),
    ("reinstated", {**MARA, "is_public": False}, "hidden"),
    ("closed", MARA),
    ("lower_price_given", LOWER),
    ("lower_price_ended", LOWER),
    ("closed_by_us", {**MARA, "words": WORDS}),
]


def invite(method: str) -> Facts:
    """A calendar part as a row keeps it."""
    made = Invite(
        uid="u-1@common-ground.example",
        sequence=0,
        stamped_at=STARTS - timedelta(days=3),
        created_at=STARTS - timedelta(days=3),
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=30),
        summary="Appointment",
        description="Details and cancellation:",
        location="Online",
        url="http://localhost/bookings/b-1",
        organizer_name="Common Ground",
        organizer_mailbox="appointments+r0ute@common-ground.example",
        attendee_mailbox="ben@people.example",
        method=method,
    )
    return {"invite": made.to_json(), "route": "r0ute"}


def _appointment(side: str) -> Facts:
    is_client = side == "client"
    return {
        "side": side,
        "url": "http://localhost/bookings/b-1" if is_client else "http://localhost/practice/bookings/b-1",
        "starts_at": STARTS.isoformat(),
        "ends_at": (STARTS + timedelta(minutes=30)).isoformat(),
        "undo_until_at": "2027-03-01T08:15:00+00:00",
        "other_name": "Anna" if is_client else "B. K.",
        "other_zone": "Europe/Vienna" if is_client else "America/New_York",
        "format": "video",
        "code": "b-1",
        "slug": "anna-kern",
        "kind": "consult",
        "late_lasts": 7200.0,
        "most_moves": 2,
        "moves_left": 1,
        "returns": False,
    } | dict.fromkeys(("price", "left", "yours", "comes_back", "why"), "")


def _bookings() -> Iterator[tuple[Any, ...]]:
    ben, anna = _appointment("client"), _appointment("specialist")
    yield "feed_opened", {"done_at": DONE}
    yield "entry_gone", invite("CANCEL")
    yield "entry_gone", invite("CANCEL") | {"entry_at": LATER}, "theirs"
    yield "entry_here", ben | invite("REQUEST"), "client"
    yield "entry_here", anna | invite("REQUEST"), "specialist"
    yield "stands", ben
    yield "proposal", ben | {"starts_list_at": [DONE, LATER], "lapses_at": "2027-03-03T08:00:00+00:00"}
    yield "asked", anna | {"starts_list_at": [DONE, LATER], "lapses_at": "2027-03-03T08:00:00+00:00"}
    yield from (("asked_in_vain", ben | {"answered": answered}, f"{answered}") for answered in (True, False))
    yield "reminder_day", ben | {"released_at": None}, "client"
    yield "reminder_day", ben | {"released_at": "2027-03-04T07:30:00+00:00"}, "at_stake"
    yield "reminder_day", anna | {"released_at": None}, "specialist"
    yield "not_reconfirmed", anna
    yield "missed_by_client", ben
    yield "missed_by_specialist", ben
    yield "noted_as_missed", anna | {"until_at": "2027-03-07T12:00:00+00:00"}
    yield "ended", ben
    for rested, rests in ((False, False), (True, False), (True, True)):
        yield "strike_waived", anna | {"rested": rested, "rests": rests}, f"{rested}", f"{rests}"
    for side, about in (("client", ben), ("specialist", anna)):
        yield from ((kind, *rest[:-1], side, rest[-1]) for kind, *rest in _of_both(about))
    yield from _cancelled(ben, anna)
    yield from _contests(ben, anna)
    yield from _sold(ben, anna)
    yield from _of_payments()


def _of_both(about: Facts) -> Iterator[tuple[Any, ...]]:
    for meets in ("video", "phone", "chat", "in_person"):
        yield "booked", about | {"format": meets} | invite("REQUEST"), meets
    yield "booked", about, "no_invite"
    yield "moved", about | {"before_at": LATER} | invite("REQUEST"), "invite"
    yield "moved", about | {"before_at": LATER}, "no_invite"
    yield "called_off", about | invite("CANCEL") | {"by": "specialist", "state": "cancelled_by_specialist"}, "invite"
    yield "called_off", about | {"by": "specialist", "state": "cancelled_by_specialist"}, "no_invite"
    yield "reminder_hour", about, ""
    yield "tech_failure", about | {"may_repeat": True}, "repeat"
    yield "tech_failure", about | {"may_repeat": False}, "counts"
    yield "contested", about, ""


def _cancelled(ben: Facts, anna: Facts) -> Iterator[tuple[Any, ...]]:
    ways = [
        ("client", "undone"), ("nobody", "released"), ("specialist", "cancelled_by_specialist"),
        ("client", "cancelled_by_specialist"), ("client", "late_released"), ("client", "cancelled_by_client"),
    ]  # fmt: skip
    for (by, state), about in product(ways, (ben, anna)):
        yield "cancelled", about | invite("CANCEL") | {"by": by, "state": state}, about["side"], by, state
    yield "cancelled", ben | {"by": "client", "state": "cancelled_by_client"}, "no_invite"
    others = {"others": ["Berta Quell", "Kai Lund"], "others_list_at": [LATER, LATER]}
    yield "cancelled", ben | others | {"by": "specialist", "state": "cancelled_by_specialist"}, "others"
    returned = {"by": "nobody", "state": "released", "money_returned": True, "price": "€72.00", "comes_back": "€72.00"}
    for about in (ben, anna):
        yield "cancelled", about | returned | {"returns": True, "yours": "€0.00"}, about["side"], "money_returned"
    for by in ("specialist", "client"):
        noted = {"by": by, "state": "cancelled_by_specialist", "noted": True}
        yield "cancelled", anna | invite("CANCEL") | noted, "noted", by


def _contests(ben: Facts, anna: Facts) -> Iterator[tuple[Any, ...]]:
    until = {"until_at": "2027-03-03T08:00:00+00:00"}
    yield "contest_asks", ben | until | {"state": "specialist_missed"}, "client"
    yield "contest_asks", anna | until | {"state": "client_missed"}, "specialist"
    for about, asked_by in product((ben, anna), SIDES):
        for kind, state, counts, strike in DECIDED[asked_by]:
            facts = {"asked_by": asked_by, "state": state, "counts": counts, "strike": strike, "reason": WORDS}
            yield kind, about | facts, about["side"], asked_by, state, str(counts), strike
    for about in (ben, anna):
        silent = about | {"asked_by": "client", "state": "client_missed", "counts": True, "strike": "", "reason": ""}
        yield from ((kind, silent, about["side"], "silent") for kind in ("mark_stays", "mark_changed"))


def _sold(ben: Facts, anna: Facts) -> Iterator[tuple[Any, ...]]:
    """What has a price says what comes back of it, and nothing about free consultations."""
    whole = {"price": "€72.00", "comes_back": "€72.00", "returns": True, "why": "It was cancelled in good time."}
    whole["yours"] = "€0.00"
    nothing = whole | {"yours": "€63.36", "comes_back": "€0.00", "returns": False, "why": "It was too late, as agreed."}
    kinds: list[tuple[str, Facts]] = [
        ("cancelled", {"by": "client", "state": "cancelled_by_client"}),
        ("called_off", {"by": "specialist", "state": "cancelled_by_specialist"}),
        ("tech_failure", {"may_repeat": True}),
        ("booked", {}),
    ]
    for money, about in product((whole, nothing), (ben, anna)):
        yield from ((kind, about | money | facts, "sold", about["side"], money["comes_back"]) for kind, facts in kinds)
    decided = {"asked_by": "client", "state": "completed", "counts": False, "strike": "", "reason": WORDS}
    proposed = {"starts_list_at": [DONE, LATER], "lapses_at": "2027-03-03T08:00:00+00:00"}
    for about in (ben, anna):
        yield "mark_changed", about | whole | decided, "sold", about["side"]
        yield "mark_changed", about | whole | decided | {"had_come_back": True}, "sold", about["side"], "had_come_back"
    yield "mark_stays", ben | nothing | decided, "sold"
    yield "tech_failure", ben | whole | {"may_repeat": False}, "sold", "again"
    for about, said_by in product((ben, anna), SIDES):
        asks = about | nothing | {"said_by": said_by, "until_at": LATER}
        yield "tech_failure", asks, about["side"], "said_by", said_by
    for about in (ben, anna):
        yield "contest_asks", about | nothing | {"until_at": LATER, "broke": True}, about["side"], "broke"
    yield "contest_asks", anna | nothing | {"until_at": LATER, "took_place": True}, "took_place"
    yield "given_back", anna | whole | {"no_fit": False, "broke": True}, "broke"
    yield "cancelled", anna | whole | {"by": "client", "state": "cancelled_by_specialist"}, "sold", "none_suited"
    for kind in ("missed_by_client", "missed_by_specialist", "ended", "stands", "withdrawn"):
        yield kind, ben | whole | {"notice_at": DONE}, "sold"
    yield "proposal", ben | whole | proposed, "sold"
    chooses = {"by": "specialist", "state": "cancelled_by_specialist", "choose_until_at": LATER}
    for about in (ben, anna):
        yield "cancelled", about | nothing | chooses, "sold", about["side"], "chooses"
    for why in ("no_fit", "withdrew", ""):
        facts = {"no_fit": why == "no_fit", "withdrew": why == "withdrew"}
        yield "given_back", anna | whole | facts, "sold", why
    waits = {"notice_at": DONE, "state": "cancelled_by_client", "waits": "€38.00", "at_once": "€34.00"}
    yield "cancelled", ben | whole | waits | {"by": "client"}, "notice"
    yield from _with_deadlines(ben | nothing)
    for about, back in product((ben, anna), ("", "€27.00")):
        changed = {"before_at": LATER, "minutes": "80", "lasted": "50", "back": back}
        yield "moved", about | nothing | changed, "length", about["side"], str(bool(back))
        alone = changed | {"before_at": about["starts_at"]}
        yield "moved", about | nothing | alone, "length_alone", about["side"], str(bool(back))
    yield "noted_as_missed", anna | whole | {"until_at": LATER}, "sold"


def _with_deadlines(ben: Facts) -> Iterator[tuple[Any, ...]]:
    """What was sold says until when what comes back, and until when the law lets its client withdraw."""
    told = ben | {"until_list_at": [DONE, LATER], "backs": ["€72.00", "nothing"]}
    agreed = {"bought_at": DONE, "agreement_version": "2026-12"}
    for until in (None, LATER):
        yield "booked", told | agreed | {"withdrawn_until_at": until}, "sold", f"withdraws_{until}"
    for kind, facts in (
        ("moved", {"before_at": LATER}),
        ("reminder_day", {"released_at": None}),
        ("stands", {"price": "€72.00"}),
    ):
        yield kind, told | facts, "sold", "deadlines"
    yield "ended", ben | {"fits_until_at": LATER}, "sold", "fits"


OF_A_DIFFERENCE = ("receipt", "payment_in_doubt", "seat_lost", "hold_ended", "payment_failed", "began_unpaid")


def _of_payments() -> Iterator[tuple[Any, ...]]:
    facts = {
        "paid": "€72.00",
        "total": "€72.00",
        "minutes": 50,
        "order": "o-1",
        "url": "http://localhost/bookings/b-1",
        "invoices_url": "http://localhost/me/payments?of=b-1",
        "starts_at": STARTS.isoformat(),
        "other_name": "Anna",
        "slug": "anna-kern",
        "offer": "f-1",
        "is_public": True,
    }
    yield from ((kind, facts) for kind in ("receipt", "payment_in_doubt", "refund", "refund_failed", "bank_gave_back"))
    yield "refund", facts | {"by_staff": True}, "by_staff"
    for kind in ("seat_lost", "began_unpaid", "hold_ended", "payment_failed"):
        yield kind, facts | {"nearest_list_at": [DONE, LATER]}
    yield "seat_lost", facts | {"nearest_list_at": [], "is_public": False}, "closed"
    for kind in ("paid_again", "paid_before"):
        yield kind, facts | {"nearest_list_at": []}
    kept = {"kept_until_at": LATER, "url": "http://localhost/checkout/o-2/return"}
    yield "seat_lost", facts | {"nearest_list_at": [DONE], "is_public": True} | kept, "kept"
    for stands_at, kind in product((None, STARTS.isoformat()), OF_A_DIFFERENCE):
        of_times = {} if kind in ("receipt", "payment_in_doubt") else {"nearest_list_at": []}
        yield kind, facts | of_times | {"longer": True, "stands_at": stands_at}, "longer", str(bool(stands_at))


def _fit() -> Iterator[tuple[Any, ...]]:
    names = ("side", "url", "starts_at", "other_name")
    ben, anna = ({name: _appointment(side)[name] for name in names} for side in SIDES)
    kind = {"text": "Anna believes somebody else can help you better."}
    yield "decision_waiting", anna | {"by_at": LATER}
    yield "overdue", ben | kind
    yield "suggestions", ben | kind
    yield "asked_again", anna
    yield "asked_anew", anna
    yield "revisit", ben
    yield "still_waiting", anna
    for how in ("continue", "ended", "couple_ended", "lapsed", "thinking", "opened_again", "not_opened"):
        yield "result", ben | kind | {"became": how}, how
    for how in ("continue", "continue_as_two", "not_continued", "accepted", "none_taken"):
        yield "update", anna | {"became": how}, how


def _disputes() -> Iterator[tuple[Any, ...]]:
    names = ("side", "url", "starts_at", "other_name")
    ben, anna = ({name: _appointment(side)[name] for name in names} for side in SIDES)
    back = {"back": "€36.00", "returns": True}
    nothing = {"back": "€0.00", "returns": False}
    until = {"until_at": LATER, "number": "D-2027-0041"}
    yield "opened", ben | until
    yield "asks", anna | until
    yield "in_mediation", ben | {"answered": True}, "answered"
    yield "in_mediation", anna | {"answered": False}, "silent"
    yield "decided", ben | back | {"until_at": LATER, "reason": WORDS}, "part"
    yield "decided", anna | nothing | {"until_at": LATER, "reason": WORDS}, "nothing"
    yield "appealed", ben | {"is_own": True}, "own"
    yield "appealed", anna | {"is_own": False}, "other"
    yield "reported", ben
    yield "answered", ben | {"answer": WORDS}
    yield "closed", ben | {"back": "€36.00", "became": "decided", "reason": WORDS}, "appealed"
    yield "closed", anna | {"back": "€0.00", "became": "nothing", "reason": ""}, "nothing"
    for ending in ("withdrawn", "given", "returned", "by_bank"):
        yield "closed", anna | {"back": "€36.00", "became": ending, "reason": ""}, ending


# By whoever asked: what staff can decide, whether it counts for the pair then, and what becomes of a strike.
DECIDED: dict[str, list[tuple[Any, ...]]] = {
    "client": [
        ("mark_stays", "client_missed", True, ""),
        ("mark_stays", "client_missed", False, ""),
        ("mark_changed", "completed", True, ""),
        ("mark_changed", "tech_failure", False, ""),
        ("mark_changed", "specialist_missed", False, "noted"),
    ],
    "specialist": [
        ("mark_stays", "specialist_missed", False, ""),
        ("mark_changed", "completed", True, "taken back"),
        ("mark_changed", "tech_failure", False, "taken back"),
        ("mark_changed", "client_missed", True, "taken back"),
    ],
}
