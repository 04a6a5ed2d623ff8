"""This file knows every read of moderation: what waits, what was decided about somebody's words, what limits them."""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts.models import User
from practice.http.clocks import day
from practice.store.db import db, spelled
from practice.values import clock
from practice.values.errors import NotFound

from .models import Case, CaseParty, Limit, Sanction
from .policy import Taking
from .states import CaseState, Feature

# What somebody cannot do while a limit lasts, to complete "You can … again from …".
DOES = {
    Feature.ASK: "ask public questions",
    Feature.ANSWER: "answer questions",
    Feature.MESSAGE: "write messages",
    Feature.VOTE: "say what helped",
}


def open_about(kind: str, code: str) -> Case | None:
    """What waits for a person about this thing, None where nothing does."""
    is_open = (Case.kind == kind, Case.subject == code, Case.state == spelled(CaseState.OPEN))
    return db.session.scalars(select(Case).where(*is_open)).one_or_none()


def taking(case: Case, by: User) -> Taking:
    """A case as one of the staff stands to it; in an action, after its lock."""
    now = clock.now()
    holder = case.holder(now)
    return Taking(
        state=CaseState(case.state),
        is_staff=by.is_staff,
        is_party=db.session.get(CaseParty, (case.id, by.id)) is not None,
        has_decided=any(each.by_id == by.id for each in case.verdicts),
        held=holder is not None and holder.id != by.id,
    )


def of_author(user: User, code: str) -> Case:
    """What was decided about somebody's own words; raises `NotFound` to everybody else."""
    mine = (Case.code == code, Case.author_id == user.id, Case.decided_at.is_not(None))
    found = db.session.scalars(select(Case).where(*mine)).one_or_none()
    if found is None:
        raise NotFound()
    return found


# ---------------------------------------------------------------- what limits somebody


def limits_of(user: User) -> dict[Feature, Sanction]:
    """What somebody cannot do at this moment, with the sanction that lasts longest; a limit lapses by itself."""
    holds = (Sanction.user_id == user.id, Sanction.until_at > clock.now(), Sanction.lifted_at.is_(None))
    asked = select(Limit.feature, Sanction).join(Sanction, Limit.sanction_id == Sanction.id).where(*holds)
    return {Feature(feature): found for feature, found in db.session.execute(asked.order_by(Sanction.until_at))}


def refusal_for(user: User, feature: Feature) -> str | None:
    """A sentence for somebody who cannot do this for a while, None for everybody else."""
    found = limits_of(user).get(feature)
    if found is None or found.until_at is None:
        return None
    return (
        f"You can {DOES[feature]} again from {day(found.until_at)}. Why, and how to ask another person to look, "
        "stands in your account under “Decisions about you”."
    )
