"""This file knows one paid booking as a value, all that can happen to it next, and what must never come of that.

It asks the rules that pages and actions ask (`who_may`, `policy`, `money_back`, the table of moves), and does what the
actions do with their answers; what of it is wrong is said by rules of its own, written down a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from practice.bookings import limits, money_back, policy, terms, who_may
from practice.bookings.known import Contested, Known, Side
from practice.bookings.money_back import Paid, Sold, Turn
from practice.bookings.states import CANCELLED, GIVES_BACK, MOVES, BookingState
from practice.specialists.cancel_rules import PRESETS, Preset
from practice.specialists.states import OfferKind
from practice.values.money import Money

S = BookingState
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RULE = PRESETS[Preset.STANDARD]
TERMS = terms.of(OfferKind.INDIVIDUAL, RULE)
PRICE, LASTS = 7201, 50 * MINUTE  # half of it is no whole number of cents
HALF = 3601
BOUGHT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
MINE, FREE, OTHERS = "mine", "free", "others"
# Of what is over, these alone come to stand again, and how.
STANDS_AGAIN = {S.EXPIRED: "pays", S.CANCELLED_BY_SPECIALIST: "the client chooses another time"}
WHOLE = {S.EXPIRED, S.UNDONE, S.CANCELLED_BY_SPECIALIST, S.SPECIALIST_MISSED, S.TECH_FAILURE}


class Broken(AssertionError):
    """Something is as it must never be."""


@dataclass(frozen=True)
class World:
    """A booking, its time in the calendar, and its money in cents. `marked_…`: by whom, and when, it came to be so."""

    now: datetime = BOUGHT
    starts_at: datetime = BOUGHT + timedelta(days=9)
    state: BookingState = S.HELD
    slot: str = MINE
    paid: int = 0
    back: int = 0
    confirmed_at: datetime | None = None
    moves_used: int = 0
    is_public: bool = True
    has_grace: bool = True
    client_came_at: datetime | None = None
    specialist_came_at: datetime | None = None
    proposed_until: datetime | None = None
    chooses_until: datetime | None = None
    marked_by: Side | None = None
    marked_at: datetime | None = None
    broken_by: Side | None = None
    contest: Contested | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + LASTS


Ways = Iterator[tuple[str, World]]


def may(world: World, side: Side) -> who_may.Possible:
    return who_may.possible(_known(world), side, world.now)


def _known(world: World) -> Known:
    return Known(
        terms=TERMS,
        state=world.state,
        starts_at=world.starts_at,
        ends_at=world.ends_at,
        confirmed_at=world.confirmed_at,
        reconfirmed_at=None,
        moves_used=world.moves_used,
        claims_pair=False,
        joined_client_at=world.client_came_at,
        joined_specialist_at=world.specialist_came_at,
        is_public=world.is_public,
        proposed_until=world.proposed_until,
        chooses_until=world.chooses_until,
        marked_at=world.marked_at,
        marked_by=world.marked_by,
        broken_by=world.broken_by,
        is_held_up=world.broken_by is not None or (world.contest is not None and world.contest.is_open),
        contest=world.contest,
        proposals_today=0,
    )


def sold(world: World) -> Sold:
    """The same for the calculator."""
    paid, returned = Money(world.paid, "EUR"), Money(world.back, "EUR")
    undo = policy.undo_until(TERMS, world.confirmed_at, world.starts_at) if world.confirmed_at else None
    return Sold(
        rule=RULE,
        price=Money(PRICE, "EUR"),
        paid=(Paid(line="1", amount=paid, rate=1200, returned=returned),) if world.paid else (),
        starts_at=world.starts_at,
        undo_until=undo,
        stopped=not world.is_public,
    )


# ---------------------------------------------------------------- what the actions do


def _became(world: World, state: BookingState, by: Side | None, **changes: object) -> World:
    if state not in MOVES.get(world.state, ()):
        raise Broken(f"no move leads from {world.state} to {state}")
    slot = FREE if state in GIVES_BACK else MINE
    noted = {"marked_by": by, "marked_at": world.now, "proposed_until": None}
    return replace(world, state=state, slot=slot, **noted | changes)


def _settled(world: World, turn: Turn | None = None) -> World:
    found = money_back.split(sold(world), turn or Turn(state=world.state, at=world.now))
    return replace(world, back=found.back.amount, chooses_until=None, broken_by=None)


def _ended(world: World, state: BookingState, by: Side | None) -> World:
    return _settled(_became(world, state, by))


def _moved(world: World, **changes: object) -> World:
    if world.proposed_until is not None:
        changes["proposed_until"] = None
    return replace(world, starts_at=world.starts_at + timedelta(days=1), slot=MINE, **changes)


def happenings(world: World) -> Ways:
    """All that can happen next, each by what it is called."""
    yield from _time(world)
    yield from _money(world)
    sides = {side: may(world, side) for side in (Side.CLIENT, Side.SPECIALIST)}
    yield from _of_client(world, sides[Side.CLIENT])
    yield from _of_specialist(world, sides[Side.SPECIALIST])
    for side, may_they in sides.items():
        yield from _of_either(world, side, may_they)
    yield from _of_staff(world, may(world, Side.STAFF))
    if world.is_public:
        yield "the practice stops", replace(world, is_public=False)
    if world.slot == FREE and world.now < world.starts_at:
        yield "somebody else takes the time", replace(world, slot=OTHERS)


def _time(world: World) -> Ways:
    starts = {"a day before": -23 * HOUR, "shortly before": -3 * HOUR, "begun": 16 * MINUTE, "over": LASTS + HOUR}
    instants = {name: world.starts_at + beside for name, beside in starts.items()}
    instants |= {"minutes later": BOUGHT + 17 * MINUTE, "days later": world.now + 74 * HOUR}
    for name, at in instants.items():
        if at > world.now:
            yield f"it is {name}", replace(world, now=at)
    after = swept(world)
    if after != world:
        yield "the sweeps run", after


def swept(world: World) -> World:
    """What a worker does by itself once its hour has come."""
    if world.chooses_until is not None and (world.chooses_until <= world.now or not world.is_public):
        return _settled(world)
    if world.state == S.CONFIRMED and world.now >= world.ends_at + limits.CLOSED_AFTER:
        return _ended(world, S.COMPLETED, None)
    waits = world.broken_by is not None and world.contest is None and world.marked_at is not None
    if waits and not policy.may_contest(world.marked_at or world.now, world.now):
        return _settled(world)
    return world


def _money(world: World) -> Ways:
    if world.paid:
        return
    if world.state == S.HELD:
        yield "its hold ends", _became(world, S.EXPIRED, None)
    paid = replace(world, paid=PRICE)
    can_be_had = world.now < world.starts_at and world.is_public and world.slot in (MINE, FREE)
    if not can_be_had:
        yield "pays", _settled(_became(paid, S.EXPIRED, None) if world.state == S.HELD else paid)
    elif world.state in (S.HELD, S.EXPIRED):
        yield "pays", _became(paid, S.CONFIRMED, Side.CLIENT, confirmed_at=world.now)


def _of_client(world: World, may: who_may.Possible) -> Ways:
    client = Side.CLIENT
    if may.undo:
        yield "the client undoes it", _ended(world, S.UNDONE, client)
    if may.cancel:
        yield "the client cancels", _cancelled(world)
    if may.move:
        used = world.moves_used + (not may.take_proposed)
        yield "the client moves it", _moved(world, moves_used=used)
    if may.take_proposed:
        yield "the client declines", _by_specialist(world, Side.SPECIALIST, by_staff=False)
    if may.choose_money:
        yield "the client chooses the money", _settled(world)
    if may.choose_time:
        again = _became(world, S.CONFIRMED, client, chooses_until=None)
        yield "the client chooses another time", _moved(again)
    if may.say_missed:
        yield "the specialist is missed", _ended(world, S.SPECIALIST_MISSED, client)
    if may.join and world.client_came_at is None:
        yield "the client comes", replace(world, client_came_at=world.now)


def _cancelled(world: World) -> World:
    state = policy.cancelled_state(TERMS, world.starts_at, world.now, world.is_public)
    plain = Turn(state=state, at=world.now)
    is_late = money_back.split(sold(world), plain).kept.amount > 0
    turn, brings = money_back.best(sold(world), plain, grace=is_late and world.has_grace)
    state = S.UNDONE if brings.why == money_back.Why.UNDONE else turn.state
    after = _settled(_became(world, state, Side.CLIENT), replace(turn, state=state))
    if after.back != brings.back.amount:
        raise Broken("another amount came back than its page had promised")
    return replace(after, has_grace=world.has_grace and brings.why != money_back.Why.GRACE)


def _by_specialist(world: World, by: Side, *, by_staff: bool) -> World:
    after = _became(world, S.CANCELLED_BY_SPECIALIST, by)
    asks = not by_staff and world.is_public and world.back == 0
    return replace(after, chooses_until=world.now + limits.CHOICE_LASTS) if asks else _settled(after)


def _of_specialist(world: World, may: who_may.Possible) -> Ways:
    if may.cancel:
        yield "the specialist cancels", _by_specialist(world, Side.SPECIALIST, by_staff=False)
    if may.propose_times and world.proposed_until is None:
        offered = [world.starts_at + timedelta(days=1)]
        until = policy.proposal_lapses(world.starts_at, offered, world.now)
        yield "the specialist proposes", replace(world, proposed_until=until)
    if may.complete:
        yield "it took place", _ended(world, S.COMPLETED, Side.SPECIALIST)
    if may.say_missed:
        yield "the client is missed", _ended(world, S.CLIENT_MISSED, Side.SPECIALIST)
    if may.join and world.specialist_came_at is None:
        yield "the specialist comes", replace(world, specialist_came_at=world.now)


def _of_either(world: World, side: Side, may: who_may.Possible) -> Ways:
    if may.say_broken:
        yield f"{side}: it broke", _became(world, S.TECH_FAILURE, side, broken_by=side)
    if may.agree_broken:
        yield f"{side}: so it was", _settled(world)
    if may.contest:
        opened = Contested(by=side, opened_at=world.now, answered_at=None, is_open=True)
        yield f"{side}: it was otherwise", replace(world, contest=opened)
    if may.answer_contest and world.contest is not None:
        yield f"{side}: it was like this", replace(world, contest=replace(world.contest, answered_at=world.now))


def _of_staff(world: World, may: who_may.Possible) -> Ways:
    if may.call_off:
        yield "staff call it off", _by_specialist(world, Side.STAFF, by_staff=True)
    if not may.decide_contest or world.contest is None:
        return
    missed = S.SPECIALIST_MISSED if world.contest.by == Side.CLIENT else S.CLIENT_MISSED
    closed = replace(world, contest=replace(world.contest, is_open=False))
    for state in (S.COMPLETED, S.TECH_FAILURE, missed):
        if state != world.state:
            yield f"staff decide: {state}", _ended(closed, state, Side.STAFF)
    yield "staff decide: it stays", _settled(closed) if world.broken_by is not None else closed


# ---------------------------------------------------------------- what must never come of it


def judge(before: World, name: str, after: World) -> None:
    """Raises `Broken`, by the rules as product and pages say them."""
    _judge_money(before, after)
    _judge_time(before, name, after)
    _judge_words(before, name, after)
    if name == "the client cancels" and after.back != max(before.back, _promised(before)):
        raise Broken("a cancellation brought another amount than the rule that was shown")


def _judge_money(before: World, after: World) -> None:
    if not 0 <= after.back <= after.paid:
        raise Broken("more came back than was paid")
    if after.back < before.back:
        raise Broken("what was promised was taken away")
    if after.state == S.CONFIRMED and after.back == PRICE:
        raise Broken("somebody has a session and all of its money")
    if after.state == S.CONFIRMED and not after.paid:
        raise Broken("somebody has what nobody paid for")


def _judge_time(before: World, name: str, after: World) -> None:
    if after.state not in GIVES_BACK and after.slot != MINE:
        raise Broken("what stands has no time")
    if after.state in GIVES_BACK and after.slot == MINE:
        raise Broken("what is over keeps its time from others")
    if before.slot == OTHERS and after.slot == MINE and name != STANDS_AGAIN[S.CANCELLED_BY_SPECIALIST]:
        raise Broken("one time was sold to two")
    if after.state == S.CONFIRMED and before.state in GIVES_BACK and STANDS_AGAIN.get(before.state) != name:
        raise Broken("what was over came to stand again")
    has_begun = before.state == S.CONFIRMED and before.now >= before.starts_at
    if has_begun and (after.state in CANCELLED or after.starts_at != before.starts_at):
        raise Broken("what had begun was cancelled or moved")


def _judge_words(before: World, name: str, after: World) -> None:
    for which, is_wrong, sentence in WORDS:
        if name.endswith(which) and is_wrong(before, after):
            raise Broken(sentence)


def _since(world: World) -> timedelta:
    return world.now - world.starts_at


def _came_in_time(world: World) -> bool:
    return world.specialist_came_at is not None and world.specialist_came_at <= world.starts_at + 10 * MINUTE


def _is_heard(world: World) -> bool:
    found = world.contest
    return found is None or found.answered_at is not None or world.now - found.opened_at >= 48 * HOUR


def _is_too_soon(world: World) -> bool:
    both = world.client_came_at is not None and world.specialist_came_at is not None
    return _since(world) < (10 * MINUTE if both else LASTS)


# Which happening is wrong when, and what is said of it.
WORDS: tuple[tuple[str, Callable[[World, World], bool], str], ...] = (
    ("the client is missed", lambda was, _: _since(was) < 15 * MINUTE, "a client was missed too soon"),
    (
        "the client is missed",
        lambda was, _: was.client_came_at is not None and not _came_in_time(was),
        "who had come alone was said to be missing",
    ),
    ("the specialist is missed", lambda was, _: _since(was) < 10 * MINUTE, "a specialist was missed too soon"),
    ("the specialist is missed", lambda was, _: was.specialist_came_at is not None, "a specialist was missed who came"),
    ("it took place", lambda was, _: _is_too_soon(was), "it had taken place before it could"),
    ("comes", lambda was, _: _since(was) < -10 * MINUTE, "somebody came before the door opened"),
    ("it broke", lambda was, _: _since(was) < timedelta(0), "a call broke that had not begun"),
    ("it broke", lambda was, _: _since(was) > LASTS + 24 * HOUR, "a call broke that was long over"),
    ("so it was", lambda was, _: was.broken_by is None, "somebody agreed to what nobody had said"),
    ("it was otherwise", lambda was, _: _marked_for(was) > 72 * HOUR, "it was contested when that was over"),
    ("it was like this", lambda was, then: _answers_alone(was, then), "who had asked answered as well"),
    ("it stays", lambda was, _: not _is_heard(was), "staff decided before the other side was heard"),
    ("the client undoes it", lambda was, _: _age(was) > 15 * MINUTE, "it was undone when that was over"),
    ("the client moves it", lambda _, then: then.moves_used > 2, "it was moved more often than was sold"),
    (
        "the client moves it",
        lambda was, _: was.proposed_until is None and -_since(was) < 24 * HOUR,
        "it was moved when that was over",
    ),
    ("the specialist proposes", lambda was, _: _since(was) >= timedelta(0), "other times were offered too late"),
    ("the client declines", lambda was, _: was.proposed_until is None, "what nobody had offered was declined"),
    ("chooses the money", lambda was, _: was.chooses_until is None, "somebody chose where nothing was left to choose"),
    (
        "the client cancels",
        lambda was, then: then.state == S.CANCELLED_BY_CLIENT and was.is_public and -_since(was) < TERMS.late,
        "a late cancellation was called one in time",
    ),
    ("staff call it off", lambda was, _: was.is_public, "staff called off what is the specialist’s"),
)


def _age(world: World) -> timedelta:
    return world.now - (world.confirmed_at or world.now)


def _marked_for(world: World) -> timedelta:
    return world.now - (world.marked_at or BOUGHT - 99 * HOUR)


def _answers_alone(was: World, then: World) -> bool:
    return was.contest is None or (was.contest.answered_at is not None and then.contest != was.contest)


def _promised(world: World) -> int:
    ahead = world.starts_at - world.now
    is_fresh = world.now - (world.confirmed_at or world.now) <= 15 * MINUTE and ahead >= 2 * HOUR
    if is_fresh or ahead >= 24 * HOUR or not world.is_public or world.has_grace:
        return PRICE
    return HALF if ahead >= 4 * HOUR else 0


def judge_end(world: World) -> None:
    """The same of where it all comes to rest."""
    if world.state in (S.HELD, S.CONFIRMED) or world.chooses_until is not None or world.broken_by is not None:
        raise Broken("something waits for ever")
    if world.paid and world.state in WHOLE and world.back != world.paid:
        raise Broken("somebody paid for what they did not get")
