"""What a page offers and what the action behind it grants are one decision: at every edge, in every state, per side."""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from itertools import product

import pytest
from flask_login import login_user
from sqlalchemy import delete, update

from practice.bookings import actions, queries
from practice.bookings.models import Booking, BookingMove, Contest, Proposal
from practice.bookings.states import BookingState, Outcome, ProposalState
from practice.bookings.terms import CONSULT
from practice.bookings.views.client import booking_page, reminder
from practice.bookings.views.practice import case_page, propose
from practice.bookings.who_may import Answer, Contested, Known, Possible, Side, possible
from practice.specialists.states import ProfileState
from practice.store.db import db, transaction
from practice.values.errors import Problem
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.factories import booking as stored

S = BookingState
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY = 24 * HOUR
NEXT_TEN = THURSDAY_TEN + 7 * DAY
START, END = WEDNESDAY_TEN, WEDNESDAY_TEN + 30 * MINUTE
BOOKED, MARKED, ALWAYS = START - 2 * DAY, START + 20 * MINUTE, timedelta(days=9_000)
EVER = (START - ALWAYS, START + ALWAYS)
DEEDS = [each.name for each in fields(Possible) if each.type == "Answer"]

# The rules once more, as the product's own pages promise them: deed and side, in which states, from and to when; the
# last moment counts unless it is a second less.
AHEAD = (START - ALWAYS, START - SECOND)
TALKED = (START, END + DAY)
PROMISED = {
    ("join", Side.CLIENT): {S.CONFIRMED: (START - 10 * MINUTE, END - SECOND)},
    ("join", Side.SPECIALIST): {S.CONFIRMED: (START - 10 * MINUTE, END - SECOND)},
    ("move", Side.CLIENT): {S.CONFIRMED: AHEAD},
    ("cancel", Side.CLIENT): {S.CONFIRMED: AHEAD},
    ("cancel", Side.SPECIALIST): {S.CONFIRMED: AHEAD},
    ("undo", Side.CLIENT): {S.CONFIRMED: (START - ALWAYS, BOOKED + 15 * MINUTE)},
    ("reconfirm", Side.CLIENT): {S.CONFIRMED: AHEAD},
    ("prepare", Side.CLIENT): {S.CONFIRMED: (START - ALWAYS, END - SECOND)},
    ("propose_times", Side.SPECIALIST): {S.CONFIRMED: AHEAD},
    ("complete", Side.SPECIALIST): {S.CONFIRMED: (END, START + ALWAYS)},
    ("say_missed", Side.CLIENT): {S.CONFIRMED: (START + 10 * MINUTE, START + DAY)},
    ("say_missed", Side.SPECIALIST): {S.CONFIRMED: (START + 15 * MINUTE, START + DAY)},
    ("say_broken", Side.CLIENT): {S.CONFIRMED: TALKED, S.COMPLETED: TALKED},
    ("say_broken", Side.SPECIALIST): {S.CONFIRMED: TALKED, S.COMPLETED: TALKED},
    ("contest", Side.CLIENT): {S.CLIENT_MISSED: (START - ALWAYS, MARKED + 3 * DAY)},
    ("contest", Side.SPECIALIST): {S.SPECIALIST_MISSED: (START - ALWAYS, MARKED + 3 * DAY)},
    ("grant_again", Side.SPECIALIST): dict.fromkeys((S.COMPLETED, S.CLIENT_MISSED, S.LATE_RELEASED), EVER),
}
EDGES = sorted({edge for spans in PROMISED.values() for span in spans.values() for edge in span} - set(EVER))
INSTANTS = sorted({edge + step for edge in EDGES for step in (-SECOND, SECOND * 0, SECOND)})


def known(state=S.CONFIRMED, **changes):
    honest = {
        "terms": CONSULT,
        "starts_at": START,
        "ends_at": END,
        "confirmed_at": BOOKED,
        "reconfirmed_at": None,
        "moves_used": 0,
        "claims_pair": state in (S.CONFIRMED, S.COMPLETED, S.CLIENT_MISSED, S.LATE_RELEASED),
        "joined_client_at": None,
        "joined_specialist_at": None,
        "is_public": True,
        "marked_at": MARKED,
        "changes_today": 0,
        "proposals_today": 0,
    }
    return Known(state=state, **honest | changes)


def granted(side, now, **facts):
    found = possible(known(**facts), side, now)
    return {deed for deed in DEEDS if getattr(found, deed)}


def test_every_answer_is_asked_for_by_name_and_says_why_not():
    found = possible(known(S.UNDONE), Side.STAFF, START)

    assert len(DEEDS) == 22
    assert not any(getattr(found, deed) for deed in DEEDS)
    assert all(getattr(found, deed).sentence.endswith(".") for deed in DEEDS)
    assert not hasattr(found, "jion")


@pytest.mark.parametrize("side", Side)
def test_in_every_state_and_at_every_edge_exactly_what_was_promised_is_possible(side):
    for state, now in product(S, INSTANTS):
        promised = {
            deed
            for (deed, whose), spans in PROMISED.items()
            if whose == side and state in spans and spans[state][0] <= now <= spans[state][1]
        }

        assert granted(side, now, state=state) == promised, (state, now)


def test_nobody_who_moved_twice_moves_again_unless_they_are_asked_to():
    lapses = START - 3 * HOUR

    assert "move" in granted(Side.CLIENT, BOOKED, moves_used=1)
    assert "move" not in granted(Side.CLIENT, BOOKED, moves_used=2)
    assert {"move", "take_proposed"} <= granted(Side.CLIENT, lapses - SECOND, moves_used=2, proposed_until=lapses)
    assert not {"move", "take_proposed"} & granted(Side.CLIENT, lapses, moves_used=2, proposed_until=lapses)


def test_who_moved_twice_asks_unless_other_times_are_offered():
    asks = lambda now, **facts: "ask_times" in granted(Side.CLIENT, now, moves_used=2, **facts)  # noqa: E731

    assert [asks(BOOKED), asks(START - SECOND), asks(START)] == [True, True, False]
    assert not asks(BOOKED, proposed_until=START)
    assert not asks(BOOKED, proposals_today=3)


def test_what_is_asked_for_is_answered_or_taken_back_until_its_end():
    lapses = START - 3 * HOUR
    for side, deed in ((Side.CLIENT, "take_back_asked"), (Side.SPECIALIST, "answer_asked")):
        assert deed in granted(side, lapses - SECOND, asked_until=lapses)
        assert deed not in granted(side, lapses, asked_until=lapses)
        assert deed not in granted(side, lapses - SECOND)


def test_who_was_cancelled_on_chooses_until_its_end_and_no_time_of_a_closed_practice():
    until = START + DAY
    of = lambda now, **facts: (  # noqa: E731
        granted(Side.CLIENT, now, state=S.CANCELLED_BY_SPECIALIST, chooses_until=until, **facts)
    )

    assert of(until - SECOND) == {"choose_time", "choose_money"}
    assert of(until) == set()
    assert of(until - SECOND, is_public=False) == of(until - SECOND, has_ended=True) == {"choose_money"}


@pytest.mark.parametrize("count", [None, 3, 5])
def test_what_a_day_allows_and_what_was_not_looked_up_is_not_possible(count):
    facts = {"changes_today": count, "proposals_today": count}

    assert ("move" in granted(Side.CLIENT, BOOKED, **facts)) == (count == 3)
    assert "propose_times" not in granted(Side.SPECIALIST, BOOKED, **facts)


def test_nothing_is_taken_back_within_two_hours_of_the_start():
    late = {"confirmed_at": START - 2 * HOUR - 5 * MINUTE}

    assert "undo" in granted(Side.CLIENT, START - 2 * HOUR, **late)
    assert "undo" not in granted(Side.CLIENT, START - 2 * HOUR + SECOND, **late)


def test_they_are_asked_from_a_day_before_until_they_have_said_so():
    asked = lambda now, **facts: possible(known(**facts), Side.CLIENT, now).awaits_answer  # noqa: E731

    assert [asked(START - DAY - SECOND), asked(START - DAY), asked(START - SECOND), asked(START)] == [
        False,
        True,
        True,
        False,
    ]
    assert not asked(START - HOUR, reconfirmed_at=BOOKED)
    assert not asked(START - HOUR, state=S.RELEASED)


@pytest.mark.parametrize(
    ("contest", "deeds"),
    [
        (Contested(by=Side.CLIENT, opened_at=MARKED, answered_at=None, is_open=True), {Side.SPECIALIST}),
        (Contested(by=Side.CLIENT, opened_at=MARKED, answered_at=MARKED, is_open=True), {Side.STAFF}),
        (Contested(by=Side.CLIENT, opened_at=MARKED - 2 * DAY, answered_at=None, is_open=True), set(Side) - {"client"}),
        (Contested(by=Side.CLIENT, opened_at=MARKED, answered_at=None, is_open=False), set()),
    ],
    ids=["asked", "answered", "had its time", "decided"],
)
def test_a_contest_is_answered_by_the_other_side_and_decided_by_staff(contest, deeds):
    about = {"answer_contest", "decide_contest", "contest", "say_broken"}
    found = {side: granted(side, MARKED, state=S.CLIENT_MISSED, contest=contest) & about for side in Side}

    assert {side for side, granted_ in found.items() if granted_} == deeds
    assert all(len(granted_) <= 1 for granted_ in found.values())


@pytest.mark.parametrize(
    ("client", "specialist", "granted_"),
    [
        (None, None, {"say_missed"}),
        (START, None, set()),
        (START, START + 10 * MINUTE + SECOND, {"complete"}),
        (START, START + 10 * MINUTE, {"complete", "say_missed"}),
        (None, START, {"say_missed"}),
    ],
    ids=["no record", "the client came alone", "the specialist came late", "both came", "the specialist came alone"],
)
def test_who_came_to_the_door_stands_in_the_way_of_one_sides_last_word(client, specialist, granted_):
    came = {"joined_client_at": client, "joined_specialist_at": specialist}

    assert granted(Side.SPECIALIST, START + 15 * MINUTE, **came) & {"complete", "say_missed"} == granted_
    assert "complete" not in granted(Side.SPECIALIST, START + 10 * MINUTE - SECOND, **came)
    assert "complete" in granted(Side.SPECIALIST, END, **came)


def test_that_it_took_place_is_contested_where_it_is_the_specialists_word_alone():
    contests = lambda side=Side.CLIENT, now=MARKED, by=Side.SPECIALIST, **facts: (  # noqa: E731
        "contest" in granted(side, now, state=S.COMPLETED, marked_by=by, **facts)
    )

    assert contests() and contests(now=MARKED + 3 * DAY)
    assert not contests(now=MARKED + 3 * DAY + SECOND)
    assert not contests(Side.SPECIALIST) and not contests(Side.STAFF)
    assert not any(contests(by=by) for by in (None, Side.CLIENT, Side.STAFF))
    assert not contests(is_held_up=True)
    asked = Contested(by=Side.CLIENT, opened_at=MARKED, answered_at=None, is_open=True)
    assert not contests(contest=asked)
    assert "answer_contest" in granted(Side.SPECIALIST, MARKED, state=S.COMPLETED, contest=asked)


def test_whoever_did_not_say_that_a_paid_call_broke_agrees_or_says_otherwise():
    about, said = {"agree_broken", "contest"}, {"state": S.TECH_FAILURE, "broken_by": Side.CLIENT}
    late = MARKED + 3 * DAY
    assert granted(Side.SPECIALIST, late, **said) & about == about
    assert granted(Side.SPECIALIST, late + SECOND, **said) & about == {"agree_broken"}
    assert not granted(Side.CLIENT, MARKED, **said) & about
    assert not granted(Side.STAFF, MARKED, **said) & about


def test_nobody_says_that_a_call_broke_whose_money_is_looked_at_already():
    for state in (S.CONFIRMED, S.COMPLETED):
        assert "say_broken" not in granted(Side.CLIENT, START, state=state, is_held_up=True)


def test_staff_call_off_what_lies_ahead_of_a_practice_that_is_not_public():
    assert granted(Side.STAFF, START - SECOND, is_public=False) == {"call_off"}
    assert granted(Side.STAFF, START, is_public=False) == granted(Side.STAFF, BOOKED) == set()


def test_an_answer_raises_what_it_says():
    with pytest.raises(Problem, match="Not now"):
        Answer(Problem, "Not now.").require()
    Answer().require()


# ---------------------------------------------------------------- the page, the action and the database


@dataclass(frozen=True)
class Scene:
    """A booking as it may stand, and when somebody looks at it."""

    state: BookingState = S.CONFIRMED
    instants: tuple = ()
    columns: dict = field(default_factory=dict)
    contest: dict | None = None
    offers: str = ""
    marked_by: str = ""
    public: bool = True


AFTERWARDS = (START + HOUR, END + DAY, END + DAY + SECOND)
SCENES = {
    "booked": Scene(
        instants=(
            *(BOOKED + 15 * MINUTE, BOOKED + 15 * MINUTE + SECOND, START - 10 * MINUTE - SECOND, START - 10 * MINUTE),
            *(START - SECOND, START, START + 10 * MINUTE - SECOND, START + 10 * MINUTE, START + 15 * MINUTE - SECOND),
            *(START + 15 * MINUTE, END - SECOND, END, START + DAY, START + DAY + SECOND, *AFTERWARDS[1:]),
        )
    ),
    "specialist came": Scene(instants=(START + 15 * MINUTE,), columns={"joined_specialist_at": START}),
    "moved twice": Scene(instants=(START - DAY,), columns={"moves_used": 2}),
    "other times": Scene(
        instants=(START - 3 * HOUR - SECOND, START - 3 * HOUR), columns={"moves_used": 2}, offers="specialist"
    ),
    "asked": Scene(instants=(START - 3 * HOUR - SECOND, START - 3 * HOUR), columns={"moves_used": 2}, offers="client"),
    "chooses": Scene(
        S.CANCELLED_BY_SPECIALIST,
        (START + DAY - SECOND, START + DAY),
        columns={
            "price_amount": 7200,
            "price_currency": "EUR",
            "cancel_rule": "24h:100 4h:50",
            "choice_until": START + DAY,
        },
    ),
    "late": Scene(
        instants=(START - 2 * HOUR, START - 2 * HOUR + SECOND),
        columns={"confirmed_at": START - 2 * HOUR - 5 * MINUTE, "reconfirmed_at": START - 2 * HOUR},
    ),
    "stopped": Scene(instants=(START - SECOND, START), public=False),
    "took place": Scene(S.COMPLETED, AFTERWARDS),
    "anna says it took place": Scene(S.COMPLETED, (MARKED + 3 * DAY, MARKED + 3 * DAY + SECOND), marked_by="anna"),
    "client came alone": Scene(instants=(START + 15 * MINUTE,), columns={"joined_client_at": START}),
    "both came": Scene(
        instants=(START + 10 * MINUTE - SECOND, START + 10 * MINUTE, START + 15 * MINUTE),
        columns={"joined_client_at": START, "joined_specialist_at": START},
    ),
    "staff said so": Scene(S.COMPLETED, AFTERWARDS[:1], contest={"outcome": Outcome.TOOK_PLACE}),
    "client missed": Scene(S.CLIENT_MISSED, (MARKED + 3 * DAY, MARKED + 3 * DAY + SECOND)),
    "specialist missed": Scene(S.SPECIALIST_MISSED, (MARKED + 3 * DAY, MARKED + 3 * DAY + SECOND)),
    "contested": Scene(S.CLIENT_MISSED, (MARKED + 2 * DAY - SECOND, MARKED + 2 * DAY), contest={}),
    "answered": Scene(S.CLIENT_MISSED, (MARKED + HOUR,), contest={"answered_at": MARKED}),
    **{
        str(state): Scene(state, (START - HOUR, START + HOUR))
        for state in (S.UNDONE, S.CANCELLED_BY_CLIENT, S.LATE_RELEASED, S.CANCELLED_BY_SPECIALIST, S.RELEASED)
    },
    "broke": Scene(S.TECH_FAILURE, AFTERWARDS[:1]),
    **{
        f"{who} says it broke": Scene(
            S.TECH_FAILURE,
            (MARKED + 3 * DAY, MARKED + 3 * DAY + SECOND),
            columns={"price_amount": 7200, "price_currency": "EUR", "cancel_rule": "24h:100 4h:50", "ended_at": MARKED},
            marked_by=who,
        )
        for who in ("ben", "anna")
    },
}


class Undone(Exception):
    """What was tried is taken back."""


def is_granted(act):
    try:
        with transaction():
            act()
            raise Undone
    except Undone:
        return True
    except Problem:
        return False


@pytest.fixture
def set_up(cast, app, clock):
    """Put the booking where a scene wants it."""
    clock.freeze(BOOKED)
    booking = stored(cast.ben, cast.practice, START)
    places = {}

    def put(scene):
        columns = {"state": scene.state, "moves_used": 0, "confirmed_at": BOOKED, "reconfirmed_at": None}
        columns |= {"price_amount": None, "price_currency": None, "cancel_rule": None, "choice_until": None}
        columns |= {
            "joined_client_at": None,
            "joined_specialist_at": None,
            "claims_pair": known(scene.state).claims_pair,
        } | scene.columns
        with transaction() as session:
            for kind in (BookingMove, Contest, Proposal):
                session.execute(delete(kind).where(kind.booking_id == booking.id))
            session.execute(update(Booking).where(Booking.id == booking.id).values(columns))
            cast.practice.state = ProfileState.PUBLISHED if scene.public else ProfileState.SUSPENDED
            moved = {"before": S.CONFIRMED, "after": scene.state, "at": MARKED}
            moved["by_id"] = getattr(cast, scene.marked_by).id if scene.marked_by else None
            session.add(BookingMove(booking_id=booking.id, **moved))
            if scene.contest is not None:
                honest = {"by_id": cast.ben.id, "opened_at": MARKED, "words_sealed": ""}
                session.add(Contest(booking_id=booking.id, **honest | scene.contest))
            if scene.offers:
                offer = {"starts": [THURSDAY_TEN.isoformat()], "state": ProposalState.OPEN, "side": scene.offers}
                places["offer"] = Proposal(booking_id=booking.id, lapses_at=START - 3 * HOUR, **offer)
                session.add(places["offer"])
        db.session.expire_all()
        return booking, places.get("offer")

    return put


def of_client(booking, offer, cast):
    """What the client's pages show of each deed, and what it does."""
    mine, by = f"/bookings/{booking.code}", {"by": cast.ben}
    deeds = {
        "join": (f'action="{mine}/join"', lambda: actions.join(booking, **by)),
        "move": (f'href="{mine}/move"', lambda: actions.move(booking, THURSDAY_TEN, **by)),
        "cancel": (f'href="{mine}/cancel"', lambda: actions.cancel(booking, **by)),
        "undo": (f'action="{mine}/undo"', lambda: actions.undo(booking, **by)),
        "reconfirm": (f'reminder action="{mine}/reconfirm"', lambda: actions.reconfirm(booking, **by)),
        "prepare": (f'action="{mine}/preparation"', lambda: actions.keep_preparation(booking, "x", shares=False)),
        "say_missed": (f'action="{mine}/missed"', lambda: actions.mark_specialist_missed(booking, **by)),
        "say_broken": (f'action="{mine}/technical"', lambda: actions.report_technical(booking, **by)),
        "contest": (f'action="{mine}/contest"', lambda: actions.contest(booking, "No.", **by)),
        "answer_contest": (f'action="{mine}/contest/answer"', lambda: _answer(booking, cast.ben)),
    }
    deeds |= {
        "ask_times": (f'{mine}/move#times">Ask', lambda: actions.ask_times(booking, [THURSDAY_TEN + HOUR], **by)),
        "take_back_asked": (f'action="{mine}/ask/back"', lambda: actions.take_back_asked(booking)),
        "choose_time": (f'{mine}/move#times">Choose', lambda: actions.choose_time(booking, NEXT_TEN, **by)),
        "choose_money": (f'action="{mine}/money-back"', lambda: actions.choose_money(booking, **by)),
        "agree_broken": (f'action="{mine}/technical/agree"', lambda: actions.agree_broken(booking, **by)),
    }
    if offer is not None and offer.side == "specialist":
        path = f'action="/proposals/{offer.code}/decline"'
        deeds["take_proposed"] = (path, lambda: actions.decline_proposal(offer, **by))
    return deeds


def of_specialist(booking, offer, cast):
    ours, by = f"/practice/bookings/{booking.code}", {"by": cast.anna}
    asked = {}
    if offer is not None and offer.side == "client":
        asked["answer_asked"] = (f'/requests/{offer.code}/decline"', lambda: actions.decline_asked(offer, **by))
    return asked | {
        "join": (f'action="/bookings/{booking.code}/join"', lambda: actions.join(booking, **by)),
        "cancel": (f'action="{ours}/cancel"', lambda: actions.cancel_by_specialist(booking, **by)),
        "propose_times": (f'propose action="{ours}/move"', lambda: actions.propose(booking, [THURSDAY_TEN], **by)),
        "complete": (f'action="{ours}/complete"', lambda: actions.complete(booking, **by)),
        "say_missed": (f'action="{ours}/missed"', lambda: actions.mark_client_missed(booking, **by)),
        "say_broken": (f'action="/bookings/{booking.code}/technical"', lambda: actions.report_technical(booking, **by)),
        "agree_broken": (
            f'action="/bookings/{booking.code}/technical/agree"',
            lambda: actions.agree_broken(booking, **by),
        ),
        "contest": (f'action="{ours}/contest"', lambda: actions.contest(booking, "No.", **by)),
        "answer_contest": (f'action="{ours}/contest/answer"', lambda: _answer(booking, cast.anna)),
        "grant_again": (f'action="{ours}/again"', lambda: actions.grant_again(booking, reason="x", **by)),
    }


def _answer(booking, by):
    actions.answer_contest(queries.contest_about(booking), "It was so.", by=by)


PAGES = {
    Side.CLIENT: (of_client, booking_page, reminder),
    Side.SPECIALIST: (of_specialist, case_page, propose),
}


def shown_to(app, who, booking, first, second):
    """Both of a side's pages as one text; what stands on the second begins with its name."""
    with app.test_request_context():
        login_user(who)
        text, other = first(booking).get_data(as_text=True), second(booking.code)
        return text + other.get_data(as_text=True).replace("action=", f"{second.__name__} action=")


@pytest.mark.parametrize("side", PAGES)
@pytest.mark.parametrize("name", SCENES)
def test_a_page_shows_a_button_if_and_only_if_the_action_behind_it_grants_it(name, side, app, cast, clock, set_up):
    scene = SCENES[name]
    booking, offer = set_up(scene)
    deeds_of, first, second = PAGES[side]
    deeds = deeds_of(booking, offer, cast)
    for now in scene.instants:
        clock.freeze(now)
        page = shown_to(app, cast.ben if side == Side.CLIENT else cast.anna, booking, first, second)
        shown = {deed for deed, (mark, _) in deeds.items() if mark in page}
        answers = queries.possible(booking, side)

        assert shown == {deed for deed in deeds if getattr(answers, deed)}, now
        if scene.public:  # a stopped practice has no free times to take or to offer
            assert shown == {deed for deed, (_, act) in deeds.items() if is_granted(act)}, now
