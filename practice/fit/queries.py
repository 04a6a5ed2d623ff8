"""This file knows every read about decisions after a consultation: whose it is, what is known, and what other rooms
ask: `may_buy`, `has_ended`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from practice.accounts.models import User, hash_of
from practice.bookings import gates
from practice.bookings import queries as bookings
from practice.bookings.models import Appointment, Booking, Contest
from practice.bookings.money_back import Why
from practice.bookings.queries import own
from practice.bookings.sold import CAME_TO
from practice.bookings.states import BookingState
from practice.bookings.states import Outcome as Decided
from practice.bookings.terms import ONE_PER_PAIR
from practice.specialists.models import Specialist
from practice.specialists.states import ProfileState
from practice.store import sealed
from practice.store.db import UtcDateTime, db, is_called
from practice.values import clock
from practice.values.errors import NotFound

from . import policy, texts
from .models import FitChoice, FitPartner, FitRequest, FitText, Referral
from .policy import Known
from .states import ENDED, UNDECIDED, Choice, Outcome, Party, ReferralState, RequestState

LISTED_FOR = policy.LAPSES + timedelta(days=60)


@dataclass(frozen=True)
class Fit:
    """One consultation with everything that decides what may be done about it, as it was read."""

    booking: Booking
    choices: dict[Party, FitChoice]
    partner: FitPartner | None
    requests: tuple[FitRequest, ...]
    has_paid: bool
    settled_at: datetime | None

    @cached_property
    def known(self) -> Known:
        """The same as the rules see it."""
        booking = self.booking
        anew = [each.answered_at for each in self.requests if each.state == RequestState.AGREED]
        anew.append(self.partner.ended_at if self.partner is not None else None)
        return Known(
            is_over=is_over(booking),
            opened_at=policy.opened_at(booking.ends_at, self.settled_at, max(filter(None, anew), default=None)),
            answers={party: Choice(each.choice) for party, each in self.choices.items()},
            just_now=frozenset(party for party, each in self.choices.items() if _is_just_now(each)),
            is_couple=booking.with_partner and (self.partner is None or self.partner.ended_at is None),
            has_paid=self.has_paid,
            has_left=booking.specialist.state == ProfileState.CLOSED,
            asks_again=any(each.state == RequestState.OPEN for each in self.requests),
            declined_again=any(each.state == RequestState.DECLINED for each in self.requests),
        )

    @property
    def outcome(self) -> Outcome:
        """What the answers come to now."""
        return policy.outcome(self.known, clock.now())

    @property
    def open_request(self) -> FitRequest | None:
        """The client's wish to open it again, while it waits."""
        return next((each for each in self.requests if each.state == RequestState.OPEN), None)

    def choice_of(self, party: Party) -> Choice | None:
        """What this party chose; None for nothing yet."""
        return self.known.answers.get(party)


def _is_just_now(choice: FitChoice) -> bool:
    return clock.now() - choice.decided_at < policy.SECOND_THOUGHTS


def is_over(booking: Booking) -> bool:
    """Whether the talk has been: it took place, or its end has come and nobody said that it did not."""
    if booking.state == BookingState.COMPLETED:
        return True
    return booking.is_confirmed and clock.now() >= booking.ends_at


def fit_of(booking: Booking) -> Fit:
    """One consultation, read anew."""
    return fits_of([booking])[0]


def fits_of(consults: Sequence[Booking]) -> list[Fit]:
    """The same of several: as many questions for thirty as for one."""
    ids = [each.id for each in consults]
    choices: dict[int, dict[Party, FitChoice]] = {each: {} for each in ids}
    for choice in _rows(FitChoice, ids):
        choices[choice.booking_id][Party(choice.party)] = choice
    partners = {each.booking_id: each for each in _rows(FitPartner, ids)}
    requests: dict[int, list[FitRequest]] = {each: [] for each in ids}
    for request in _rows(FitRequest, ids):
        requests[request.booking_id].append(request)
    bought, settled = _bought(consults), _settled(ids)
    return [
        Fit(
            each,
            choices[each.id],
            partners.get(each.id),
            tuple(requests[each.id]),
            _went_on(choices[each.id], bought.get((each.person_key, each.specialist_id), ())),
            settled.get(each.id) or each.ended_at,
        )
        for each in consults
    ]


def _rows(model: Any, ids: Sequence[int]) -> Iterable[Any]:
    asked = select(model).where(model.booking_id.in_(ids)).order_by(model.id)
    return db.session.scalars(asked, execution_options={"populate_existing": True})


Pairs = dict[tuple[str | None, int], tuple[datetime, ...]]


def _bought(consults: Sequence[Booking]) -> Pairs:
    """Of each pair, when it booked something else than a free consultation that stands, or took place and was kept."""
    asked = select(Booking.person_key, Booking.specialist_id, Booking.confirmed_at).where(
        Booking.person_key.in_({each.person_key for each in consults}),
        Booking.specialist_id.in_({each.specialist_id for each in consults}),
        Booking.kind.not_in(ONE_PER_PAIR),
        Booking.state.in_(CAME_TO),
        func.coalesce(Booking.returned_why, "") != Why.NO_FIT,
    )
    found: Pairs = {}
    for person_key, specialist_id, at in db.session.execute(asked):
        if at is not None:
            found[person_key, specialist_id] = (*found.get((person_key, specialist_id), ()), at)
    return found


def _went_on(choices: dict[Party, FitChoice], bought: Iterable[datetime]) -> bool:
    """Whether something was booked on the strength of a yes of both: from then on answers stay as they are."""
    both = [choices.get(each) for each in (Party.CLIENT, Party.SPECIALIST)]
    said = [each.decided_at for each in both if each is not None and each.choice == Choice.YES]
    return len(said) == len(both) and any(at >= max(said) for at in bought)


def _settled(ids: Sequence[int]) -> dict[int, datetime]:
    """When staff decided about those that somebody had contested."""
    asked = select(Contest.booking_id, Contest.decided_at).where(
        Contest.booking_id.in_(ids), Contest.outcome != Decided.OPEN
    )
    return {row[0]: row[1] for row in db.session.execute(asked) if row[1] is not None}


# ---------------------------------------------------------------- whose it is

IS_CONSULT = and_(Booking.kind.in_(ONE_PER_PAIR), Booking.state.in_((BookingState.COMPLETED, BookingState.CONFIRMED)))
PARTNERS = select(FitPartner.booking_id).where(FitPartner.user_id == bindparam("user"), FitPartner.ended_at.is_(None))
OF_CLIENT_SIDE = or_(Booking.client_id == bindparam("user"), Booking.id.in_(PARTNERS))


def fit_for(user: User, code: str) -> tuple[Fit, Party]:
    """The consultation with `code` and who `user` is to it: its client or their partner; else `NotFound`."""
    asked = own.whole().where(Booking.code == code, IS_CONSULT, OF_CLIENT_SIDE)
    booking = db.session.scalars(asked, {"user": user.id}).unique().one_or_none()
    if booking is None:
        raise NotFound()
    return fit_of(booking), Party.CLIENT if booking.client_id == user.id else Party.PARTNER


def fit_in_practice(user: User, code: str) -> Fit:
    """The consultation with `code` if it is with the practice of `user`; else `NotFound`."""
    booking = bookings.booking_of_specialist(user, code)
    if booking.kind not in ONE_PER_PAIR or booking.state not in (BookingState.COMPLETED, BookingState.CONFIRMED):
        raise NotFound()
    return fit_of(booking)


def partner_link(token: str) -> FitPartner:
    """The invitation behind a link while it opens something; else `NotFound`."""
    asked = select(FitPartner).where(
        FitPartner.token_hash == hash_of(token), FitPartner.ended_at.is_(None), FitPartner.expires_at > clock.now()
    )
    if (found := db.session.scalar(asked)) is None:
        raise NotFound("This link opens nothing any more. Whoever gave it to you can make another.")
    return found


# ---------------------------------------------------------------- the questions of other rooms


@gates.opens
def may_buy(client: User, specialist: Specialist) -> bool:
    """Whether offers that begin with a consultation are open to this client: both sides said yes, and it still stands.

    Of several talks of the pair the newest with a result counts. Offers that can be booked directly do not ask.
    """
    return _came_to(client, specialist) == Outcome.CONTINUE


@gates.ends
def has_ended(client: User, specialist: Specialist) -> bool:
    """Whether it has ended, whoever ended it: also of what was begun while it was open nothing more is confirmed."""
    return _came_to(client, specialist) in ENDED


def _came_to(client: User, specialist: Specialist) -> Outcome | None:
    whose = or_(Booking.person_key == client.person_key, Booking.client_id == client.id)
    asked = own.with_both_sides().where(whose, Booking.specialist_id == specialist.id, IS_CONSULT)
    newest_first = db.session.scalars(asked.order_by(Appointment.starts_at.desc())).all()
    found = (fit.outcome for fit in fits_of(newest_first)) if newest_first else ()
    return next((each for each in found if each in (*ENDED, Outcome.GONE, Outcome.CONTINUE)), None)


# ---------------------------------------------------------------- lists


def _ended_since(since: datetime) -> Select[Booking]:
    """Consultations that are over since then, and not called off; the oldest first."""
    return (
        own.with_both_sides()
        .where(IS_CONSULT, Appointment.ends_at <= clock.now(), Appointment.ends_at > since)
        .order_by(Appointment.ends_at, Booking.id)
    )


_LATELY = (
    IS_CONSULT,
    Appointment.ends_at <= bindparam("now", type_=UtcDateTime()),
    Appointment.ends_at > bindparam("since", type_=UtcDateTime()),
)
# Whether a client's own page has anything to ask the rest about.
HAS_ANY = (
    exists()
    .where(Appointment.id == Booking.appointment_id, *_LATELY)
    .where(or_(Booking.client_id == bindparam("user"), Booking.id.in_(PARTNERS)))
)


def lately(now: datetime) -> dict[str, datetime]:
    """With what `HAS_ANY` looks back."""
    return {"now": now, "since": now - LISTED_FOR}


def of_client(user: User) -> list[tuple[Fit, Party]]:
    """What this person, as client or partner, talked about lately, newest first."""
    asked = _ended_since(clock.now() - LISTED_FOR).where(OF_CLIENT_SIDE)
    found = list(db.session.scalars(asked, {"user": user.id}))
    sides = [Party.CLIENT if each.client_id == user.id else Party.PARTNER for each in found]
    return list(reversed(list(zip(fits_of(found), sides, strict=True)))) if found else []


def of_practice(specialist_id: int) -> list[Fit]:
    """The same for a specialist, oldest first."""
    found = db.session.scalars(
        _ended_since(clock.now() - LISTED_FOR).where(Booking.specialist_id == specialist_id)
    ).all()
    return fits_of(found) if found else []


def lately_ended() -> list[Fit]:
    """Everything that a sweep may have to remind somebody of."""
    longest = policy.LAPSES + policy.SETTLED_LATE + policy.STILL_NEWS
    found = db.session.scalars(_ended_since(clock.now() - longest)).all()
    return fits_of(found) if found else []


def settled_lately() -> list[Fit]:
    """The same for what began anew after its end: opened again, gone on with alone, or decided by staff."""
    since = clock.now() - policy.LAPSES - policy.STILL_NEWS
    again = select(FitRequest.booking_id).where(FitRequest.state == RequestState.AGREED, FitRequest.answered_at > since)
    alone = select(FitPartner.booking_id).where(FitPartner.ended_at > since)
    decided = select(Contest.booking_id).where(Contest.decided_at > since)
    anew = or_(*(Booking.id.in_(each) for each in (again, alone, decided)))
    asked = own.with_both_sides().where(IS_CONSULT, anew)
    found = db.session.scalars(asked.order_by(Booking.id)).all()
    return fits_of(found) if found else []


def to_revisit(until: datetime) -> Sequence[FitChoice]:
    """Answers of people who need time, with a day to come back that has begun somewhere by then."""
    asked = (
        select(FitChoice)
        .where(FitChoice.choice == Choice.NEED_TIME, FitChoice.revisit_on <= until.date() + timedelta(days=1))
        .order_by(FitChoice.id)
    )
    return db.session.scalars(asked).all()


# ---------------------------------------------------------------- suggestions


def referrals_of(booking: Booking) -> Sequence[Referral]:
    """Everybody who was suggested after this talk, in the order in which they were."""
    asked = (
        select(Referral)
        .options(joinedload(Referral.to_specialist).joinedload(Specialist.user), joinedload(Referral.from_specialist))
        .where(Referral.booking_id == booking.id)
        .order_by(Referral.id)
    )
    return db.session.scalars(asked, execution_options={"populate_existing": True}).all()


def handover_of(booking: Booking) -> Referral | None:
    """What the client of a suggested consultation agreed to send along to this specialist."""
    if not booking.is_referred:
        return None
    asked = (
        select(Referral)
        .options(joinedload(Referral.from_specialist))
        .where(
            Referral.client_id == booking.client_id,
            Referral.to_specialist_id == booking.specialist_id,
            Referral.state == ReferralState.ACCEPTED,
        )
        .order_by(Referral.answered_at.desc())
        .limit(1)
    )
    return db.session.scalar(asked)


def open_draft(referrals: Iterable[Referral]) -> str | sealed.Unread:
    """What the specialist would pass on, of suggestions that are still open; "" where none is."""
    return next((sealed.shown(each, "draft") for each in referrals if each.state == ReferralState.OFFERED), "")


def next_times(people: Iterable[Specialist]) -> dict[int, datetime]:
    """The next real free time of the free consultation of each who can be booked now, by id."""
    return bookings.next_consults([each for each in people if each.is_published])


def colleagues(specialist: Specialist, name: str = "", limit: int = 6) -> list[tuple[Specialist, datetime]]:
    """Published, accepting colleagues with a free time: who share a topic, or whose name holds what was looked for."""
    if not name.strip():
        return bookings.colleagues_with_times(specialist, limit)
    asked = (
        select(Specialist)
        .where(
            Specialist.state == ProfileState.PUBLISHED,
            Specialist.id != specialist.id,
            is_called(Specialist.name, Specialist.name_folded, name.strip()),
        )
        .order_by(Specialist.id)
        .limit(limit)
    )
    found = db.session.scalars(asked).all()
    times = next_times(found)
    return [(each, times[each.id]) for each in found if each.id in times]


def colleagues_named(specialist: Specialist, slugs: Iterable[str]) -> list[tuple[Specialist, datetime]]:
    """Of these, who can really be suggested now."""
    wanted = list(slugs)[: policy.MOST_SUGGESTED + 1]
    asked = select(Specialist).where(Specialist.slug.in_(wanted), Specialist.id != specialist.id)
    found = db.session.scalars(asked.order_by(Specialist.id)).all()
    times = next_times(found)
    return [(each, times[each.id]) for each in found if each.id in times]


# ---------------------------------------------------------------- kind texts


def text_of(key: str) -> str:
    """What a kind text says now; `NotFound` for one that there is not."""
    if key not in texts.BY_KEY:
        raise NotFound()
    return texts_now()[key]


def texts_now() -> dict[str, str]:
    """All of them."""
    said = {each.key: each.default for each in texts.ALL}
    newest = db.session.execute(select(FitText.key, FitText.text).order_by(FitText.id))
    return said | {row[0]: row[1] for row in newest if row[0] in said}


def text_history(key: str) -> Sequence[FitText]:
    """What staff made of it, newest first."""
    asked = select(FitText).options(joinedload(FitText.by)).where(FitText.key == key).order_by(FitText.id.desc())
    return db.session.scalars(asked).all()


@gates.says_what_is_next
def waits_for_client(booking: Booking) -> bool:
    """Whether its client is to be asked how they would like to go on: nothing has ended it, and they have not said."""
    return waits_for_answer(fit_of(booking), Party.CLIENT)


def waits_for_answer(fit: Fit, party: Party) -> bool:
    """Whether `party` is the one who is waited for."""
    return not fit.has_paid and not policy.has_decided(fit.known, party) and fit.outcome in UNDECIDED
