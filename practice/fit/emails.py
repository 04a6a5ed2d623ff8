"""This file knows every letter about decisions after a consultation: to whom, when, and with which facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from practice.accounts.models import User
from practice.bookings import invites
from practice.bookings.models import Booking
from practice.http.pages import absolute_url
from practice.letters import outbox, registry
from practice.letters.outbox import enqueue_mail
from practice.values import clock

from . import policy, queries, texts
from .models import FitChoice, FitRequest, Referral
from .queries import Fit
from .states import ENDED, NO, UNDECIDED, Choice, Outcome, Party

RESULTS = frozenset({"fit/result", "fit/suggestions"})

registry.has_versions("fit/result", "fit/update", by=lambda facts: str(facts["became"]))
registry.knows("fit", overdue=policy.OVERDUE, lapses=policy.LAPSES, alone=False)


def thing(booking: Booking) -> str:
    """What every letter of this room is about."""
    return f"fit:{booking.id}"


# ---------------------------------------------------------------- reminders


def decision_waiting(fit: Fit) -> None:
    """To the specialist, 20 hours after the end, once: the client was told that there is an answer by tomorrow."""
    by_at = fit.known.opened_at + policy.PROMISED
    facts = {"by_at": by_at.isoformat()}
    _to_specialist(fit.booking, "decision_waiting", facts, key=fit.known.opened_at.isoformat())


def overdue(fit: Fit) -> None:
    """To the client's side, after 72 hours: there is no answer yet, and they are free to talk to others."""
    key = "thinking" if fit.choice_of(Party.SPECIALIST) == Choice.NEED_TIME else "overdue"
    for person in _clients(fit):
        _to_client(fit.booking, person, "overdue", {"text": _text(fit, key)}, key=fit.known.opened_at.isoformat())


def lapsed(fit: Fit) -> None:
    """To whoever wanted to go on, after 14 days without an answer of the specialist."""
    for person in _clients(fit):
        facts = {"became": "lapsed", "text": _text(fit, "lapsed")}
        _to_client(fit.booking, person, "result", facts, key=f"lapsed:{fit.known.opened_at.isoformat()}")


def revisit(fit: Fit, choice: FitChoice) -> None:
    """To whoever needs time, on the day that they chose, once."""
    key = f"{choice.party}:{choice.revisit_on}"
    if choice.party == Party.SPECIALIST:
        _to_specialist(fit.booking, "still_waiting", {}, key=key)
        return
    person = fit.booking.client if choice.party == Party.CLIENT else fit.partner.user if fit.partner else None
    if person is not None:
        _to_client(fit.booking, person, "revisit", {}, key=key)


# ---------------------------------------------------------------- what it came to


def became(before: Outcome, fit: Fit, party: Party) -> None:
    """To everybody for whom it is news what an answer of `party` made of it; whoever knows it already gets nothing."""
    after = fit.outcome
    people = [fit.booking.specialist.user, *(person for person, _ in _couple(fit))]
    taken_back = [outbox.recall(person.id, thing(fit.booking)) for person in people]
    if after == before:
        return
    if after == Outcome.CONTINUE:
        _goes_on(fit)
    elif after in ENDED:
        _has_ended(fit, party)
    elif party == Party.SPECIALIST and before == Outcome.CONTINUE:
        _result(fit, "thinking", _text(fit, "thinking"))
    elif party == Party.SPECIALIST and before in ENDED and after in UNDECIDED and not any(taken_back):
        _result(fit, "opened_again", "")


def _goes_on(fit: Fit) -> None:
    _result(fit, "continue", _text(fit, "continue_as_two" if fit.known.is_couple else "continue"))
    _to_specialist(fit.booking, "update", {"became": "continue_as_two" if fit.known.is_couple else "continue"})


def _has_ended(fit: Fit, party: Party) -> None:
    """One no ends it. Who said no themselves knows, and is written to no more."""
    later = clock.now() + policy.SECOND_THOUGHTS
    if party == Party.SPECIALIST:
        if fit.outcome == Outcome.REFERRED:
            _suggestions(fit, later)
        elif fit.outcome == Outcome.ENDED_BY_SPECIALIST:
            _result(fit, "ended", _text(fit, _decline_of(fit)), later)
        return
    if fit.choice_of(Party.SPECIALIST) == Choice.YES:
        _to_specialist(fit.booking, "update", {"became": "not_continued"}, later=later)
    for person, theirs in _couple(fit):
        if theirs != party and fit.choice_of(theirs) not in NO:
            facts = {"became": "couple_ended", "text": _text(fit, "couple_ended"), "alone": theirs == Party.CLIENT}
            _to_client(fit.booking, person, "result", facts, later=later)


def _suggestions(fit: Fit, later: datetime) -> None:
    for person, theirs in _couple(fit):
        if theirs == Party.CLIENT:
            _to_client(fit.booking, person, "suggestions", {"text": _text(fit, "referred")}, later=later)
        else:
            facts = {"became": "ended", "text": _text(fit, texts.FIRST_DECLINE)}
            _to_client(fit.booking, person, "result", facts, later=later)


def _decline_of(fit: Fit) -> str:
    choice = fit.choices.get(Party.SPECIALIST)
    return choice.text_key if choice is not None and choice.text_key in texts.DECLINES else texts.FIRST_DECLINE


def _result(fit: Fit, how: str, text: str, later: datetime | None = None) -> None:
    for person in _clients(fit):
        _to_client(fit.booking, person, "result", {"became": how, "text": text}, later=later)


# ---------------------------------------------------------------- wishes and suggestions


def asked_again(fit: Fit, request: FitRequest) -> None:
    """To the specialist: the client would like to open it again."""
    _to_specialist(fit.booking, "asked_again", {}, key=str(request.id))


def opened_again(fit: Fit) -> None:
    """To the client's side: it is open again, and everybody answers anew."""
    _result(fit, "opened_again", "")


def not_opened(fit: Fit) -> None:
    """To the client: it stays as it is."""
    if fit.booking.client is not None:
        _to_client(fit.booking, fit.booking.client, "result", {"became": "not_opened", "text": ""})


def asked_anew(fit: Fit) -> None:
    """To the specialist: the client would go on alone, so the question is another one."""
    _to_specialist(fit.booking, "asked_anew", {})


def suggestion_answered(referral: Referral, *, accepted: bool) -> None:
    """To whoever suggested: it was taken up, or not, and nothing else. Who has answered is not told of it any more."""
    if referral.booking.client_id is not None:
        outbox.recall(referral.booking.client_id, thing(referral.booking))
    how = "accepted" if accepted else "none_taken"
    _to_specialist(referral.booking, "update", {"became": how}, key=f"{how}:{referral.id}")


# ---------------------------------------------------------------- one letter


def _couple(fit: Fit) -> list[tuple[User, Party]]:
    """Everybody on the client's side who has an account, and which of them they are."""
    found = [(fit.booking.client, Party.CLIENT)]
    if fit.known.is_couple and fit.partner is not None:
        found.append((fit.partner.user, Party.PARTNER))
    return [(person, party) for person, party in found if person is not None and person.active]


def _clients(fit: Fit) -> list[User]:
    """Those of them who have not said no: a "no" of one's own switches off every letter about it."""
    return [person for person, party in _couple(fit) if fit.choice_of(party) not in NO]


def _text(fit: Fit, key: str) -> str:
    return texts.filled(queries.text_of(key), fit.booking.specialist.called)


def _now() -> str:
    return clock.now().isoformat()


def _to_specialist(
    booking: Booking, letter: str, facts: dict[str, Any], *, key: str = "", later: datetime | None = None
) -> None:
    context = _facts(booking, "specialist") | facts
    event = f"{thing(booking)}:{letter}:{key or _now()}"
    enqueue_mail(event, f"fit/{letter}", booking.specialist.user, context, not_before=later)


def _to_client(
    booking: Booking, person: User, letter: str, facts: dict[str, Any], *, key: str = "", later: datetime | None = None
) -> None:
    """`key` tells letters of one kind about one talk apart; without one, each is news of its own."""
    context, event = _facts(booking, "client") | facts, f"{thing(booking)}:{letter}:{key or _now()}"
    replaces = {*RESULTS, "fit/overdue"} if f"fit/{letter}" in RESULTS else set()
    enqueue_mail(event, f"fit/{letter}", person, context, not_before=later, replaces=replaces)


def _facts(booking: Booking, side: str) -> dict[str, Any]:
    """The talk as one side may know it: no topic, no title, no surname, and never what the other side wrote."""
    for_client = side == "client"
    return {
        "side": side,
        "url": absolute_url("fit.show" if for_client else "fit.practice_show", code=booking.code),
        "starts_at": booking.starts_at.isoformat(),
        "other_name": booking.specialist.called if for_client else invites.initials(booking),
    }
