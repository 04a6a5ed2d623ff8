"""This file knows what people of the demo decide after a consultation, each through the real actions, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from practice.accounts.models import User
from practice.fit import actions, policy, queries
from practice.fit.actions import Answered, Suggestion
from practice.fit.states import Choice, Party
from practice.values import clock

from .people import SENTENCES
from .scene import Scene

# Who answers for the demo's couples.
PARTNER = "maya"
Decides = Callable[[Scene], object]


def _as_client(choice: Choice, *, notes: bool = False) -> Decides:
    def decide(scene: Scene) -> None:
        answered = Answered(choice, reason=SENTENCES.noted if notes else "", shares_reason=False)
        actions.answer(scene.booking, Party.CLIENT, answered, by=scene.client)

    return decide


def _as_specialist(choice: Choice) -> Decides:
    def decide(scene: Scene) -> None:
        actions.answer_in_practice(scene.booking, Answered(choice), Suggestion(), by=scene.specialist)

    return decide


def _refer(scene: Scene) -> None:
    """To those on the same topic who have a time soonest."""
    found = queries.colleagues(scene.practice)[: policy.MOST_SUGGESTED - 1]
    people = tuple(each for each, _ in found)
    suggestion = Suggestion(people, frozenset(each.id for each in people[1:]), SENTENCES.suggested)
    actions.answer_in_practice(scene.booking, Answered(Choice.REFER), suggestion, by=scene.specialist)


def _take_up(scene: Scene) -> None:
    first = queries.referrals_of(scene.booking)[0]
    actions.accept_referral(scene.booking, first.code, SENTENCES.agreed, by=scene.client)


def _partner_joins(scene: Scene) -> None:
    actions.join_as_partner(actions.invite_partner(scene.booking, by=scene.client), by=_partner(scene))


def _partner(scene: Scene) -> User:
    return scene.cast.clients[PARTNER]


def _partner_yes(scene: Scene) -> None:
    actions.answer(scene.booking, Party.PARTNER, Answered(Choice.YES), by=_partner(scene))


def _need_time(scene: Scene) -> None:
    later = clock.now().date() + timedelta(days=5)
    actions.answer(scene.booking, Party.CLIENT, Answered(Choice.NEED_TIME, later), by=scene.client)


# So many hours after the start, in the order in which they are named.
DECISIONS: dict[str, tuple[float, Decides]] = {
    "specialist_yes": (3, _as_specialist(Choice.YES)),
    "specialist_needs_time": (4, _as_specialist(Choice.NEED_TIME)),
    "specialist_no": (5, _as_specialist(Choice.NOT_A_FIT)),
    "refer": (5, _refer),
    "client_yes": (7, _as_client(Choice.YES)),
    "client_needs_time": (7, _need_time),
    "client_not_now": (8, _as_client(Choice.NOT_NOW)),
    "client_no": (8, _as_client(Choice.NOT_A_FIT, notes=True)),
    "partner_joins": (9, _partner_joins),
    "partner_yes": (10, _partner_yes),
    "specialist_nudged": (21, lambda scene: actions.remind(queries.fit_of(scene.booking))),
    "take_up": (26, _take_up),
    "client_told": (73, lambda scene: actions.remind(queries.fit_of(scene.booking))),
    "ask_again": (50, lambda scene: actions.ask_again(scene.booking, by=scene.client)),
    "open_again": (60, lambda scene: actions.open_again(scene.booking, by=scene.specialist)),
}
