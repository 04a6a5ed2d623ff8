"""This file knows every letter that bookings send: to whom and with which facts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from practice.accounts.models import User
from practice.http import clocks
from practice.http.formats import amount
from practice.letters import outbox, registry
from practice.letters.outbox import enqueue_mail
from practice.payments.policy.effects import Letter
from practice.values import clock

from . import entries, invites, letter_facts, letter_versions, policy, queries, sold, suggesting
from .invites import Method, brought_along
from .limits import ANSWER_WINDOW, CONTEST_WINDOW
from .models import CHOSE_AGAIN, SIDES, WITHDREW, Booking, CalendarFeed, Contest, Proposal
from .money_back import Why
from .policy import undo_until
from .states import BookingState, Outcome, ProposalState
from .was import Was

# Letters that bring the calendar entry, and those that say nothing true any more once the appointment has changed.
WITH_ENTRY = frozenset({"bookings/booked", "bookings/moved", "bookings/entry_here", "bookings/entry_gone"})
OUTDATED = WITH_ENTRY | {
    *("bookings/cancelled", "bookings/called_off", "bookings/proposal", "bookings/not_reconfirmed"),
    *("bookings/asked", "bookings/asked_in_vain"),
    *("bookings/reminder_day", "bookings/reminder_hour"),
}

# What payments ask this room to write (`money_letters.py`).
OF_PAYMENTS = {
    Letter.RECEIPT: "receipt",
    Letter.SEAT_LOST: "seat_lost",
    Letter.BEGAN_UNPAID: "began_unpaid",
    Letter.HOLD_ENDED: "hold_ended",
    Letter.PAYMENT_FAILED: "payment_failed",
    Letter.PAYMENT_IN_DOUBT: "payment_in_doubt",
    Letter.REFUND: "refund",
    Letter.REFUND_FAILED: "refund_failed",
    Letter.BANK_AGAINST_US: "bank_gave_back",
}
# The same where its client has what it was for by another payment.
OF_MORE_PAYMENTS = {
    Letter.SEAT_LOST: "paid_again",
    Letter.BEGAN_UNPAID: "paid_before",
    Letter.HOLD_ENDED: "paid_before",
    Letter.PAYMENT_FAILED: "paid_before",
}

registry.opens("bookings", entry_gone="you give up a mailbox, or invitations, to take appointments out of its calendar")
registry.warns("bookings", feed_opened="a calendar address with details is opened")
registry.has_versions(
    *("bookings/booked", "bookings/reminder_day", "bookings/called_off", "bookings/mark_stays"),
    by=letter_versions.by_side,
)
registry.has_versions("bookings/moved", by=letter_versions.what_changed)
registry.has_versions("bookings/cancelled", by=letter_versions.how_cancelled)
registry.has_versions("bookings/tech_failure", by=letter_versions.how_it_failed)
registry.has_versions("bookings/mark_changed", by=letter_versions.what_follows)
registry.was_called("bookings", contest_refused="mark_stays", contest_upheld="mark_changed")


def feed_opened(owner: User, feed: CalendarFeed) -> None:
    """To the owner: from now on a secret address shows their appointments to whoever has it."""
    enqueue_mail(f"feed:{feed.id}:opened", "bookings/feed_opened", owner, {"done_at": feed.created_at.isoformat()})


def booked(booking: Booking) -> None:
    """To both sides: it stands, with the invitation; to the specialist once it cannot be taken back any more."""
    entries.take_all(booking)
    with clocks.at_hand([booking.person(side) for side in SIDES]):
        for side in SIDES:
            _write(booking, side, "bookings/booked", f"{booking.thing}:booked", method="REQUEST", is_first=True)


def moved(booking: Booking, was: Was) -> None:
    """To both sides: the old and the new time, and length, with the same calendar entry raised by one. Whoever was not
    told of the old time yet hears of the new one only."""
    minutes = booking.appointment.offer.minutes
    changed = {"before_at": was.starts_at.isoformat(), "back": "" if was.back is None else amount(was.back)}
    if was.lasted != timedelta(minutes=minutes):
        changed |= {"minutes": str(minutes), "lasted": str(was.minutes)}
    for side in SIDES:
        is_news = outbox.recall(booking.person(side).id, booking.thing)
        name, facts = ("booked", {}) if is_news else ("moved", changed)
        key = f"{booking.thing}:{name}:{booking.ics_sequence}"
        _write(booking, side, f"bookings/{name}", key, facts, method="REQUEST")


def cancelled(booking: Booking, *, by: User | None, noted: bool = False, returned: bool = False) -> None:
    """To both sides: it does not happen, and the calendar entry goes; staff's own words where it was neither side.

    The specialist also reads whether that was `noted` on their side; both, whether all that was paid has `returned`.
    Whoever was not told that it stands need not hear that it does not, unless they did this themselves.
    """
    until = booking.choice_until.isoformat() if booking.choice_until else None
    by_side = "nobody" if by is None else ("client" if by.id == booking.client_id else "specialist")
    facts = {"by": by_side, "state": str(booking.state), "noted": noted, "choose_until_at": until}
    facts["money_returned"] = returned
    facts["notice_at"] = clock.now().isoformat() if booking.moves[-1].reason == WITHDREW else None
    is_ours = by is not None and by.id not in (booking.client_id, booking.specialist.user_id)
    template = "bookings/called_off" if is_ours else "bookings/cancelled"
    for side in SIDES:
        person = booking.person(side)
        if outbox.recall(person.id, booking.thing) and (by is None or by.id != person.id):
            invites.take_out_unheard(booking, side)
        else:
            facts |= suggesting.others_for(booking, side, by_side)
            _write(booking, side, template, _key_of_end(booking), facts, method="CANCEL")


def _key_of_end(booking: Booking) -> str:
    """Once for each state that it ended in; of what was paid and stood again, once for each time."""
    key = f"{booking.thing}:{booking.state}"
    again = 0 if booking.price_amount is None else sum(move.reason == CHOSE_AGAIN for move in booking.moves)
    return f"{key}:{again}" if again else key


def entry_follows(booking: Booking, side: str) -> None:
    """Somebody's mail goes elsewhere now, or brings no entries any more: out of the old calendar, into the new one.

    Under the same UID, each file with a number of its own, so that a calendar behind both mailboxes ends right.
    """
    booking.raise_sequences(side)
    if not entries.wants_entry(booking.person(side)):
        brought_along(booking, side, "REQUEST")
        return
    key = f"{booking.thing}:entry_here:{booking.entry(side).ics_sequence}"
    _write(booking, side, "bookings/entry_here", key, method="REQUEST")
    if side == "client" and (proposal := booking.open_proposal) is not None:
        proposed(booking, proposal, again=str(booking.ics_sequence))


def stands(booking: Booking) -> None:
    """To the client: the specialist takes nobody new for now, and this appointment is theirs to keep or to cancel."""
    _client(booking, "bookings/stands", f"{booking.thing}:stands:{clock.now().isoformat()}")


def proposed(booking: Booking, proposal: Proposal, *, again: str = "") -> None:
    """To the client: the specialist asks for another time and offers some; `again` tells repetitions apart."""
    facts = {"starts_list_at": list(proposal.starts), "lapses_at": proposal.lapses_at.isoformat()}
    key = f"{booking.thing}:proposal:{proposal.id}:{again}".rstrip(":")
    _client(booking, "bookings/proposal", key, facts, replaces={"bookings/proposal"})


def asked(booking: Booking, wanted: Proposal) -> None:
    """To the specialist: the client asks for another time, and until when an answer can be given."""
    facts = {"starts_list_at": list(wanted.starts), "lapses_at": wanted.lapses_at.isoformat()}
    _write(
        booking,
        "specialist",
        "bookings/asked",
        f"{booking.thing}:asked:{wanted.id}",
        facts,
        replaces={"bookings/asked"},
    )


def stands_as_asked(wanted: Proposal) -> None:
    """To the client, who asked for another time: none was agreed to, or nobody answered, and it stands as it was."""
    facts = {"answered": wanted.state == ProposalState.DECLINED}
    _client(wanted.booking, "bookings/asked_in_vain", f"{wanted.booking.thing}:asked:{wanted.id}:{wanted.state}", facts)


def key_of_time(booking: Booking, what: str) -> str:
    """What is written once about the present time of a booking: its event's key."""
    return f"{booking.thing}:{what}:{booking.starts_at.isoformat()}"


def reminder_day(booking: Booking) -> None:
    """To both sides, a day before; the client has three equal answers."""
    key = key_of_time(booking, "day")
    released = queries.released_at(booking)
    facts = {"released_at": released.isoformat() if released else None}
    for side in SIDES:
        _write(booking, side, "bookings/reminder_day", key, facts, not_after=booking.starts_at)


def reminder_hour(booking: Booking) -> None:
    """An hour before, to whoever did not switch it off."""
    key = key_of_time(booking, "hour")
    late = {"bookings/reminder_day"}
    for side in SIDES:
        if booking.person(side).reminders:
            _write(booking, side, "bookings/reminder_hour", key, not_after=booking.starts_at, replaces=late)


def not_reconfirmed(booking: Booking) -> None:
    """To the specialist, four hours before: nobody said "I'll be there"."""
    key = key_of_time(booking, "unconfirmed")
    _write(booking, "specialist", "bookings/not_reconfirmed", key, not_after=booking.starts_at)


def given_back(booking: Booking) -> None:
    """To the specialist: their client has money back, for a reason that is nobody's press of theirs."""
    why = booking.returned_why
    facts = {"no_fit": why == Why.NO_FIT, "withdrew": why == Why.WITHDRAWN, "broke": why == Why.TECHNICAL}
    _write(booking, "specialist", "bookings/given_back", f"{booking.thing}:given_back:{booking.ics_sequence}", facts)


def withdrawn(booking: Booking) -> None:
    """To the client: their notice of withdrawal from what was held arrived, and what comes back."""
    _client(booking, "bookings/withdrawn", f"{booking.thing}:withdrawn", {"notice_at": clock.now().isoformat()})


def missed_by_client(booking: Booking) -> None:
    """To the client: no blame, and a way to another time."""
    _client(booking, "bookings/missed_by_client", f"{booking.thing}:client_missed")


def missed_by_specialist(booking: Booking) -> None:
    """To the client: our apology and what they can do now."""
    _client(booking, "bookings/missed_by_specialist", f"{booking.thing}:specialist_missed")


def noted_as_missed(booking: Booking) -> None:
    """To the specialist: their client said that they were not there, and until when they may say otherwise."""
    facts = {"until_at": (clock.now() + CONTEST_WINDOW).isoformat()}
    _write(booking, "specialist", "bookings/noted_as_missed", f"{booking.thing}:specialist_missed", facts)


def technical(booking: Booking) -> None:
    """To both: the call broke, and whether it may be repeated."""
    facts = {"may_repeat": not policy.counts(booking)}
    _both(booking, "bookings/tech_failure", f"{booking.thing}:tech_failure", facts)


def asked_whether_it_broke(booking: Booking, *, by: User) -> None:
    """To whoever did not say that the call of a paid session broke: was it so, and until when they may say otherwise.
    To whoever did: that they are asked."""
    said_by = "client" if by.id == booking.client_id else "specialist"
    facts = {"said_by": said_by, "until_at": (clock.now() + CONTEST_WINDOW).isoformat()}
    _both(booking, "bookings/tech_failure", f"{booking.thing}:tech_failure", facts)


def ended(booking: Booking) -> None:
    """To the client: what comes next is theirs to choose, and nothing is a good answer.

    Of sessions only after the first with no conversation before, while they can say that it did not fit.
    """
    until = sold.fits_until(booking)
    may_say_so = until is not None and clock.now() <= until
    if booking.terms.one_per_pair or may_say_so:
        facts = {"fits_until_at": until.isoformat() if until else None}
        _client(booking, "bookings/ended", f"{booking.thing}:ended", facts)


def contested(booking: Booking, contest: Contest) -> None:
    """To whoever contested: we have it, and a person will look. To the other side: say how it was, if you like."""
    sides = ("client", "specialist") if contest.by_id == booking.client_id else ("specialist", "client")
    _write(booking, sides[0], "bookings/contested", f"{booking.thing}:contested")
    facts = {"until_at": (contest.opened_at + ANSWER_WINDOW).isoformat(), "broke": sold.awaits_word(booking)}
    facts["took_place"] = booking.state == BookingState.COMPLETED
    _write(booking, sides[1], "bookings/contest_asks", f"{booking.thing}:contest_asks", facts)


def contest_decided(booking: Booking, contest: Contest, *, strike: str) -> None:
    """To both sides: who had asked, what staff decided, and what follows for the one who reads.

    `strike` is what became of the specialist's: "noted", "taken back", or "" for nothing.
    """
    template = "bookings/mark_stays" if contest.outcome == Outcome.UPHELD else "bookings/mark_changed"
    facts = {
        "asked_by": "client" if contest.by_id == booking.client_id else "specialist",
        "state": str(booking.state),
        "counts": policy.counts(booking),
        "strike": strike,
        "reason": contest.reason,
        "had_come_back": booking.returned_why == Why.RETURNED,
    }
    _both(booking, template, f"{booking.thing}:contest:{contest.id}", facts)


def strike_waived(booking: Booking, *, rested: bool, rests: bool) -> None:
    """To the specialist: what was noted is taken back, and whether free consultations rested before and still do."""
    key = f"{booking.thing}:strike:{clock.now().isoformat()}"
    _write(booking, "specialist", "bookings/strike_waived", key, {"rested": rested, "rests": rests})


# ---------------------------------------------------------------- one letter


def _both(booking: Booking, template: str, key: str, facts: dict[str, Any]) -> None:
    for side in SIDES:
        _write(booking, side, template, key, facts)


def _client(
    booking: Booking, template: str, key: str, facts: dict[str, Any] | None = None, replaces: Collection[str] = ()
) -> None:
    _write(booking, "client", template, key, facts, replaces=replaces)


def _write(
    booking: Booking,
    side: str,
    template: str,
    key: str,
    facts: dict[str, Any] | None = None,
    *,
    method: Method | None = None,
    not_after: datetime | None = None,
    replaces: Collection[str] = (),
    is_first: bool = False,
) -> None:
    context = letter_facts.of(booking, side, template) | (facts or {})
    not_before = None
    if method is not None:
        context |= brought_along(booking, side, method)
        replaces = set() if is_first else WITH_ENTRY if template == "bookings/entry_here" else OUTDATED
        # What takes an entry out of a calendar is replaced by nothing that does not speak to that calendar as well.
        replaces -= set() if "invite" in context else {"bookings/entry_gone"}
        not_before = None if not is_first and _answers_them(booking, side) else _heard_from(booking, side)
    person = booking.person(side)
    enqueue_mail(key, template, person, context, not_before=not_before, not_after=not_after, replaces=replaces)


def _answers_them(booking: Booking, side: str) -> bool:
    """Whether they have done something about it themselves, such as to offer other times: they wait to hear of it."""
    return side == "specialist" and any(each.by_id == booking.specialist.user_id for each in booking.moves)


def _heard_from(booking: Booking, side: str) -> datetime | None:
    """When the specialist hears: not while the client can take the booking back as if it had never been."""
    if side == "client" or not booking.is_confirmed or booking.confirmed_at is None:
        return None
    return undo_until(booking.terms, booking.confirmed_at, booking.starts_at)
