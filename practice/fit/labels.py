"""This file knows how decisions are put before a reader: steps, ways on, and what each side may see of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from practice.accounts.models import User
from practice.bookings import invites, labels, slot_picker, sold
from practice.bookings import queries as bookings
from practice.http.clocks import local, reader, zone_name
from practice.http.pages import link
from practice.specialists import queries as specialists
from practice.specialists.cancel_rules import for_client
from practice.specialists.models import Specialist
from practice.values import clock
from practice.values.counts import in_days, in_minutes
from practice.values.money import Money

from . import for_two, forms, policy, queries, texts
from .models import FitChoice, Referral
from .queries import Fit
from .states import NO, UNDECIDED, Choice, Outcome, Party, ReferralState

O = Outcome  # noqa: E741


def when(instant: datetime) -> str:
    """An instant with its zone, on the reader's clock."""
    return f"{local(instant)}, {zone_name(instant)}"


def kind_text(fit: Fit, key: str, said: dict[str, str]) -> str:
    """One of the kind texts as it stands now."""
    return texts.filled(said[key], fit.booking.specialist.called)


# ---------------------------------------------------------------- the client's side


def stage(fit: Fit, party: Party) -> str:
    """Which page of one address: `ask`, `waiting`, `continue`, `referral`, `ended`, or `early`."""
    found = fit.outcome
    if found in UNDECIDED:
        return "waiting" if policy.has_decided(fit.known, party) else "ask"
    if found == O.REFERRED and party == Party.CLIENT:
        return "referral"
    return {O.NOT_YET: "early", O.CONTINUE: "continue"}.get(found, "ended")


def title(fit: Fit, party: Party) -> str:
    """The page's one heading."""
    name, found = fit.booking.specialist.called, fit.outcome
    by_stage = {
        "early": f"Your answer comes after the talk with {name}",
        "ask": f"You met {name}. How did it feel?",
        "waiting": f"You’d like to carry on. Now it’s {_whose_turn(fit)} turn",
        "continue": f"You can go on with {name}",
        "referral": f"{name} suggests somebody who may help you more",
    }
    ended = {
        O.ENDED_BY_SPECIALIST: f"You and {name} don’t go on together",
        O.REFERRED: f"You and {name} don’t go on together",
        O.LAPSED: "This came to its end by itself",
        O.GONE: f"{name} doesn’t work here any more",
    }
    return by_stage.get(stage(fit, party)) or ended.get(found, "You’re not going on, and that’s fine")


def _whose_turn(fit: Fit) -> str:
    """Of a couple neither is told which of the others is still waited for: nobody answers because somebody else has."""
    return "the others’" if fit.known.is_couple else f"{fit.booking.specialist.called}’s"


def lede(fit: Fit, party: Party, said: dict[str, str], *, is_sold: bool = True) -> str:
    """What the platform says below it, in a kind text where somebody else decided; what stands above is not repeated:
    "" where nothing else is said. `is_sold`: there is a session to choose a time for."""
    return _below(fit, party, said, is_sold).removeprefix(f"{title(fit, party)}.").lstrip()


def _below(fit: Fit, party: Party, said: dict[str, str], is_sold: bool) -> str:
    found = fit.outcome
    if found == O.CONTINUE and fit.has_paid and party == Party.CLIENT:
        return "Everybody said yes, and you went on from there. Each session is booked by itself."
    if found == O.CONTINUE and not is_sold:
        return f"{fit.booking.specialist.called} has no session that can be booked here at the moment."
    if found == O.ENDED_BY_SPECIALIST:
        choice = fit.choices[Party.SPECIALIST]
        return kind_text(fit, choice.text_key or texts.FIRST_DECLINE, said)
    if found in (O.ENDED_BY_CLIENT, O.ENDED_MUTUALLY):
        is_own = fit.choice_of(party) in NO
        return kind_text(fit, "client_ended" if is_own else "couple_ended", said)
    keys = {
        O.CONTINUE: "continue_as_two" if fit.known.is_couple else "continue",
        O.REFERRED: "referred",
        O.LAPSED: "lapsed",
        O.GONE: "gone",
    }
    if found == O.REFERRED and party == Party.PARTNER:
        return kind_text(fit, texts.FIRST_DECLINE, said)
    if found in keys:
        return kind_text(fit, keys[found], said)
    return _while_open(fit, party, said)


def _while_open(fit: Fit, party: Party, said: dict[str, str]) -> str:
    name = fit.booking.specialist.called
    if fit.outcome == O.NOT_YET:
        return "There is nothing to decide before you have talked."
    if not policy.has_decided(fit.known, party):
        return f"No rush, and no answer is a good answer too. {name} never reads your reasons unless you tick so."
    if policy.is_overdue(fit.known, clock.now()):
        needs_time = fit.choice_of(Party.SPECIALIST) == Choice.NEED_TIME
        return kind_text(fit, "thinking" if needs_time else "overdue", said)
    return "Nothing is charged, and you can change your mind."


def steps(fit: Fit, party: Party) -> list[dict[str, Any]]:
    """Where things are, as a timeline: nothing in it says what somebody else chose."""
    booking, opened, is_met = fit.booking, fit.known.opened_at, fit.outcome != O.NOT_YET
    found: list[dict[str, Any]] = [
        {
            "title": when(booking.starts_at),
            "at": booking.starts_at,
            "text": "You met for your free consultation." if is_met else "You meet for your free consultation.",
            "done": is_met,
        }
    ]
    if (own := fit.choices.get(party)) is not None:
        chosen = forms.CLIENTS[Choice(own.choice)]
        found.append(
            {"title": when(own.decided_at), "at": own.decided_at, "text": f"You chose “{chosen}”.", "done": True}
        )
    name = booking.specialist.called
    if _waits_for_specialist(fit, party):
        found += [_promised(opened + policy.PROMISED, name), _overdue(opened + policy.OVERDUE)]
    found += [{"title": _others_label(each, name), "text": _decided(fit, each)} for each in _others(fit, party)]
    closes = opened + policy.LAPSES
    ends = f"Without a yes from everyone it ends by itself after {in_days(policy.LAPSES)}. Nobody has to do anything."
    return [*found, {"title": when(closes), "text": ends}]


def _promised(at: datetime, name: str) -> dict[str, Any]:
    """By when the specialist is asked to answer; once that is over, not whether they have."""
    if at <= clock.now():
        return {"title": when(at), "at": at, "text": f"{name} was asked to answer by then.", "done": True}
    return {"title": f"By {when(at)}", "text": f"{name} is asked to answer by then."}


def _overdue(at: datetime) -> dict[str, Any]:
    if at <= clock.now():
        text = "If there was no answer by then, we told you so. You never have to chase anybody."
        return {"title": when(at), "at": at, "text": text, "done": True}
    text = "We tell you honestly, and show you who is free. You never have to chase anybody."
    return {"title": f"If there’s nothing by {when(at)}", "text": text}


def _waits_for_specialist(fit: Fit, party: Party) -> bool:
    """As far as this reader may know: before their own answer, and in a couple, it always looks so."""
    may_not_know = fit.known.is_couple or not policy.sees_others(fit.known, party)
    return may_not_know or policy.awaits_specialist(fit.known, clock.now())


def _others(fit: Fit, party: Party) -> list[Party]:
    """Whose answer this one is told of as "decided" or "not yet": of a couple's other half, after one's own."""
    if not fit.known.is_couple or not policy.sees_others(fit.known, party):
        return []
    return [Party.PARTNER if party == Party.CLIENT else Party.CLIENT]


def _others_label(party: Party, name: str) -> str:
    return f"{name}’s answer" if party == Party.SPECIALIST else "Your partner’s own answer"


def _decided(fit: Fit, party: Party) -> str:
    return "Decided." if policy.has_decided(fit.known, party) else "Not yet."


def others(specialist: Specialist, user: User) -> list[Any]:
    """A "no" never ends a page: colleagues whom `user` may book, with free times."""
    found = bookings.others_with_times(specialist, user, reader())
    return [(labels.person(each), slot_picker.time_choice(start)) for each, start in found]


def suggestions(referrals: Sequence[Referral]) -> list[dict[str, Any]]:
    """Who was suggested, with the next real time of each; without one they cannot be chosen now."""
    times = queries.next_times([each.to_specialist for each in referrals])
    return [_suggestion(each, times.get(each.to_specialist_id)) for each in referrals]


def _suggestion(referral: Referral, start: datetime | None) -> dict[str, Any]:
    person = labels.person(referral.to_specialist)
    name = referral.from_specialist.called
    interest = f" {name} and they share a practice, family or money." if referral.has_interest else ""
    free = f"Free consultation {when(start)}." if start else "No free time just now."
    return {
        "code": referral.code,
        "person": person,
        "label": f"{person['name']}, {person['title']}" if person["title"] else person["name"],
        "note": f"{free}{interest}",
        "is_open": start is not None and referral.state == ReferralState.OFFERED,
        "is_taken": referral.state == ReferralState.ACCEPTED,
        "book": _where_to_book(referral.to_specialist),
    }


def _where_to_book(specialist: Specialist) -> str:
    """Their profile, where a time is chosen."""
    return link("directory.show", slug=specialist.slug) if specialist.is_visible else ""


@dataclass(frozen=True)
class Card:
    """What a client's own page says about one talk of late: a title, a sentence, and where to go on."""

    title: str
    text: str
    url: str
    label: str


def in_ones_space(found: Sequence[tuple[Fit, Party]]) -> list[Card]:
    """What waits for this person, or is news to them; what has ended, or was paid for, is left in peace."""
    return [card for fit, party in found if (card := _card(fit, party)) is not None]


def _card(fit: Fit, party: Party) -> Card | None:
    name, url = fit.booking.specialist.called, link("fit.show", code=fit.booking.code)
    if queries.waits_for_answer(fit, party):
        text = f"No rush. {name} sees your reasons only if you share them, and no answer is a good answer too."
        return Card(f"You met {name}. How did it feel?", text, url, "Say how you’d like to go on")
    if fit.outcome == O.CONTINUE and (along := for_two.read_by(fit, party)):
        return Card(f"A session with {name}", along, url, "See what comes next")
    if fit.outcome == O.CONTINUE and not fit.has_paid:
        who = f"The two of you and {name}" if fit.known.is_couple else f"You and {name}"
        return Card(f"{who} said yes", "Saying yes books and charges nothing.", url, "See what comes next")
    is_recent = clock.now() < fit.known.opened_at + policy.LAPSES
    if fit.outcome == O.REFERRED and party == Party.CLIENT and is_recent:
        return Card(f"{name} suggests somebody", "Nothing is sent before you agree.", url, "See who")
    return None


# ---------------------------------------------------------------- the specialist's side

NOTHING_SOLD = "They find no session of yours that can be booked yet."


def is_sold(practice: Specialist) -> bool:
    """Whether there is a session of theirs that somebody can pay for now."""
    return any(sold.is_sold(each) for each in specialists.sessions(practice))


def in_practice(fit: Fit, said: dict[str, str], *, is_sold: bool = True) -> str:
    """What the specialist reads on top: never more of the client than "decided" or "did not continue"; `is_sold`: what
    they offer can be paid for."""
    found, who = fit.outcome, invites.initials(fit.booking)
    if found in (O.ENDED_BY_CLIENT, O.ENDED_MUTUALLY):
        return kind_text(fit, "not_continued", said)
    sentences = {
        O.NOT_YET: "There is nothing to decide before you have talked.",
        O.CONTINUE: f"{_all_of(fit, who)} said yes" + _went_on(fit, is_sold),
        O.LAPSED: f"{in_days(policy.LAPSES).capitalize()} have passed without a yes of both, so it came to its end.",
        O.GONE: "Your practice is closed, so there is nothing to decide any more.",
    }
    return sentences.get(found) or f"Only you see this page. {who} never reads your reasons."


def _went_on(fit: Fit, is_sold: bool) -> str:
    if fit.has_paid:
        return ", and they went on from there. Each session is booked by itself."
    return ". " + ("They choose a first time when they are ready." if is_sold else NOTHING_SOLD)


def _all_of(fit: Fit, who: str) -> str:
    return f"You, {who} and their partner" if fit.known.is_couple else f"You and {who} both"


def of_client_side(fit: Fit) -> str:
    """ "Decided" or "not yet", once the specialist has answered themselves."""
    if not policy.sees_others(fit.known, Party.SPECIALIST):
        return "You see “decided” or “not yet” here once you have answered yourself."
    clients = [each for each in policy.parties(fit.known) if each != Party.SPECIALIST]
    return "Decided." if all(policy.has_decided(fit.known, each) for each in clients) else "Not yet."


def with_shared_reasons(fit: Fit) -> list[FitChoice]:
    """Answers of the client's side whose writer chose to share why; read with what came of it, never before the
    specialist's own answer."""
    has_ended = fit.outcome in (O.ENDED_BY_CLIENT, O.ENDED_MUTUALLY)
    if not (has_ended or policy.sees_others(fit.known, Party.SPECIALIST)):
        return []
    theirs = [fit.choices[each] for each in policy.parties(fit.known) if each in fit.choices]
    return [each for each in theirs if each.shares_reason and each.reason_sealed]


def once_stored(fit: Fit, party: Party) -> str:
    """What somebody reads once their answer is stored: for how long they can change it."""
    if fit.choice_of(party) in NO and party != Party.SPECIALIST:
        later = " Later you can ask to open it again." if party == Party.CLIENT else ""
        return f"Your answer is kept. You can change it for {in_minutes(policy.SECOND_THOUGHTS)}.{later}"
    return "Your answer is kept. You can change it as long as nothing has ended it and nothing is booked."


def declines(fit: Fit, said: dict[str, str]) -> list[tuple[str, str]]:
    """The kind texts that a specialist may choose from."""
    return [(key, kind_text(fit, key, said)) for key in texts.DECLINES]


def people_to_suggest(found: Sequence[tuple[Specialist, datetime]]) -> list[tuple[str, str]]:
    """Colleagues as choices: who, and their next real free time."""
    return [(each.slug, _to_suggest(each, start)) for each, start in found]


def _to_suggest(each: Specialist, start: datetime) -> str:
    title = f", {each.granted_title}" if each.granted_title else ""
    return f"{each.name}{title}. Free consultation {when(start)}"


@dataclass(frozen=True)
class OnSale:
    """A session that this person can buy, at their price, and until when it can be cancelled free of charge."""

    minutes: int
    price: Money
    rule: str


def offers(practice: Specialist, client: User) -> list[OnSale]:
    """What both saying yes opens, the shortest first; nothing where payments don't reach the specialist."""
    own = specialists.own_prices(practice, client)
    return [
        OnSale(each.minutes, own.get(each.id, each.price), for_client(sold.for_sale(each, client).rule))
        for each in specialists.sessions(practice)
        if sold.is_sold(each)
    ]
