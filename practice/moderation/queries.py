"""This file knows every read of moderation: what waits, what was decided about somebody's words, what limits them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from practice.accounts.models import Device, Role, User
from practice.bookings.who_may import Answer
from practice.http.clocks import day
from practice.specialists.models import Specialist
from practice.store.db import db, spelled
from practice.values import clock
from practice.values.errors import Conflict, NotFound

from . import policy
from .models import Care, CareTopic, Case, CaseParty, CaseTopic, Limit, Look, Report, Sanction, Verdict
from .policy import Taking
from .states import CaseState, Decision, Feature, Severity

A_PAGE = 50
MOST_MEASURED = 2000
# What a step of the ladder is called as the kind of a case: it was decided as it was made, and waits for nobody.
SANCTION = "sanction"

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


def looked_at_anew(kind: str, code: str) -> Sequence[Case]:
    """What was left as it was about this thing, and another person has before them as whoever reported it asked."""
    again = (Case.kind == kind, Case.subject == code, Case.state == CaseState.APPEALED)
    asked = exists().where(Report.case_id == Case.id, Report.appealed_at.is_not(None))
    return db.session.scalars(select(Case).where(*again, asked).order_by(Case.id)).all()


def open_among(kind: str, codes: Select[Any]) -> list[str]:
    """Of these things, those about which something waits for a person, also for a second one."""
    waits = (Case.kind == kind, Case.state.in_((CaseState.OPEN, CaseState.APPEALED)), Case.subject.in_(codes))
    return list(db.session.scalars(select(Case.subject).where(*waits).order_by(Case.id)))


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


# ---------------------------------------------------------------- the desk


@dataclass(frozen=True)
class Line:
    """One urgency at the desk: how many wait, since when the oldest does (UTC), and how long half of them took."""

    waiting: int = 0
    oldest_at: datetime | None = None
    usually: timedelta | None = None


def _others(reader: User) -> tuple[ColumnElement[bool], ...]:
    """What somebody is no part of, or nobody would know that they are."""
    is_part = exists().where(CaseParty.case_id == Case.id, CaseParty.user_id == reader.id)
    return (~is_part,)


def _shown_to(reader: User) -> tuple[ColumnElement[bool], ...]:
    return (*_others(reader), ~_spared(literal(reader.id)))


def _spared(user_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether a case is not given to somebody, as they wished: it is about safety, or about a topic they named."""
    named = _beside(CaseTopic.case_id == Case.id, CareTopic.topic == CaseTopic.topic, CareTopic.user_id == user_id)
    return or_(and_(Case.severity == Severity.SAFETY, _beside(Care.user_id == user_id)), named)


def _beside(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is such a row for the case, and the person, that a statement further out is about: said, since a
    statement inside another one looks no further than one step by itself."""
    return exists().where(*which).correlate(Case, User)


def _waits_unseen(reader: User) -> tuple[ColumnElement[bool], ...]:
    waits = Case.state.in_((CaseState.OPEN, CaseState.APPEALED))
    return (waits, *_others(reader), _spared(literal(reader.id)))


def _someone_else(reader: User) -> ColumnElement[bool]:
    """Whether somebody else of the staff who was here just now is given a case and may take it."""
    just_now = clock.now() - policy.ON_DUTY
    is_here = _beside(Device.user_id == User.id, Device.ended_at.is_(None), Device.last_seen_at > just_now)
    is_part = _beside(CaseParty.case_id == Case.id, CaseParty.user_id == User.id)
    has_decided = _beside(Verdict.case_id == Case.id, Verdict.by_id == User.id)
    is_staff = User.roles.any(Role.name == "staff")
    free = (is_staff, User.active, User.id != reader.id, is_here, ~is_part, ~has_decided, ~_spared(User.id))
    return exists().where(*free).correlate(Case)


def waiting(reader: User, first: int = 0) -> list[Case]:
    """What waits for a first decision and is for `reader` to take: the most urgent first, then the oldest."""
    asked = select(Case).where(Case.state == spelled(CaseState.OPEN), *_shown_to(reader))
    asked = asked.order_by(Case.severity, Case.opened_at, Case.id).options(joinedload(Case.claimed_by))
    return list(db.session.scalars(asked.offset(first).limit(A_PAGE)))


def appeals(reader: User, first: int = 0) -> list[Case]:
    """What waits for another person: the oldest first, also what `reader` decided and so cannot take."""
    asked = select(Case).where(Case.state == CaseState.APPEALED, *_shown_to(reader))
    asked = asked.order_by(Case.appealed_at, Case.id).options(joinedload(Case.claimed_by), _with_verdicts())
    return list(db.session.scalars(asked.offset(first).limit(A_PAGE)))


def decided(reader: User, first: int = 0) -> list[Case]:
    """What was decided, the latest first."""
    asked = select(Case).where(Case.decided_at.is_not(None), Case.state != CaseState.APPEALED, *_others(reader))
    asked = asked.order_by(Case.decided_at.desc(), Case.id.desc()).options(_with_verdicts())
    return list(db.session.scalars(asked.offset(first).limit(A_PAGE)))


def _with_verdicts() -> Any:
    return selectinload(Case.verdicts).joinedload(Verdict.by)


def counts(reader: User) -> dict[str, int]:
    """How many wait, were appealed and were decided, as `reader` is shown them."""
    asked = select(Case.state, func.count()).where(*_shown_to(reader)).group_by(Case.state)
    by_state = Counter(dict(db.session.execute(asked).all()))
    over = sum(by_state[each] for each in (CaseState.DECIDED, CaseState.UPHELD, CaseState.REVERSED))
    return {"waiting": by_state[CaseState.OPEN], "appeals": by_state[CaseState.APPEALED], "decided": over}


def lines() -> dict[Severity, Line]:
    """Every urgency with what waits and what is usual, of all cases: a promise is held against these."""
    waits = _waiting_by_severity()
    took: dict[str, list[timedelta]] = {}
    lately = (Case.decided_at > clock.now() - policy.MEDIAN_OVER, Case.kind != SANCTION)
    asked = select(Case.severity, Case.opened_at, Case.decided_at).where(*lately).order_by(Case.decided_at.desc())
    for severity, opened_at, decided_at in db.session.execute(asked.limit(MOST_MEASURED)):
        if decided_at is not None:
            took.setdefault(severity, []).append(decided_at - opened_at)
    return {each: Line(*waits.get(each, (0, None)), policy.median_of(took.get(each, []))) for each in Severity}


def _waiting_by_severity() -> dict[str, tuple[int, datetime | None]]:
    asked = select(Case.severity, func.count(), func.min(Case.opened_at)).where(Case.state == spelled(CaseState.OPEN))
    return {
        severity: (number, oldest) for severity, number, oldest in db.session.execute(asked.group_by(Case.severity))
    }


def waits(reader: User) -> tuple[int, datetime | None]:
    """How many wait for somebody of the staff, appeals too, and since when the oldest does; none of their own."""
    since = func.coalesce(Case.appealed_at, Case.opened_at)
    states = Case.state.in_((CaseState.OPEN, CaseState.APPEALED))
    number, oldest = db.session.execute(select(func.count(), func.min(since)).where(states, *_others(reader))).one()
    return number, oldest


def unseen(reader: User) -> int:
    """How many cases wait that `reader` wished not to be given."""
    return db.session.scalar(select(func.count()).select_from(Case).where(*_waits_unseen(reader))) or 0


def left_to(reader: User) -> list[Case]:
    """Those of them that nobody else who is here just now is given: the most urgent first, then the oldest."""
    asked = select(Case).where(*_waits_unseen(reader), ~_someone_else(reader))
    asked = asked.order_by(Case.severity, Case.opened_at, Case.id).options(joinedload(Case.claimed_by))
    return list(db.session.scalars(asked.limit(A_PAGE)))


def cares_for(user: User) -> list[str]:
    """The topics that somebody of the staff wished not to be given."""
    mine = select(CareTopic.topic).where(CareTopic.user_id == user.id)
    return list(db.session.scalars(mine.order_by(CareTopic.topic)))


def skips_heavy(user: User) -> bool:
    """Whether somebody of the staff wished not to be given heavy items."""
    return db.session.get(Care, user.id) is not None


def heavy_since(user: User, begins: datetime) -> int:
    """How many heavy cases somebody decided since then: only they read it, and only for a break."""
    mine = (Verdict.by_id == user.id, Verdict.made_at >= begins, Case.severity == Severity.SAFETY)
    return db.session.scalar(select(func.count()).select_from(Verdict).join(Verdict.case).where(*mine)) or 0


def for_staff(reader: User, code: str) -> Case:
    """One case for somebody of the staff; raises `NotFound` also where they are part of it."""
    asked = select(Case).where(Case.code == code, *_others(reader)).options(_with_verdicts())
    found = db.session.scalars(asked).one_or_none()
    if found is None:
        raise NotFound()
    return found


def reports_about(case: Case) -> list[Report]:
    """What people said is wrong, the oldest first."""
    asked = select(Report).where(Report.case_id == case.id).options(joinedload(Report.reporter)).order_by(Report.id)
    return list(db.session.scalars(asked))


def own_report(user: User, code: str) -> Report:
    """What somebody reported; raises `NotFound` to everybody else."""
    mine = (Report.code == code, Report.reporter_id == user.id)
    asked = select(Report).where(*mine).options(joinedload(Report.case).options(_with_verdicts()))
    found = db.session.scalars(asked).one_or_none()
    if found is None:
        raise NotFound()
    return found


def may_ask_again(case: Case) -> Answer:
    """Whether whoever reported it can ask another person now."""
    first = next(iter(case.verdicts), None)
    if first is None:
        return Answer(Conflict, "Nobody has decided about this yet.")
    if case.state == CaseState.DECIDED and asked_again(case) is not None:
        return Answer(Conflict, policy.TAKEN_BACK)
    return policy.may_ask_again(CaseState(case.state), Decision(first.decision), first.made_at, clock.now())


def topics_of(case: Case) -> Sequence[str]:
    """What it is about, as long as anybody may have to be spared it."""
    return db.session.scalars(select(CaseTopic.topic).where(CaseTopic.case_id == case.id)).all()


def asked_again(case: Case) -> Report | None:
    """The report by which another person was asked to look; None where whoever wrote it asked."""
    again = (Report.case_id == case.id, Report.appealed_at.is_not(None))
    return db.session.scalars(select(Report).where(*again).options(joinedload(Report.reporter))).first()


def report_of(case: Case, user: User) -> Report | None:
    """What this person said of it, None where they have not."""
    mine = (Report.case_id == case.id, Report.reporter_id == user.id)
    return db.session.scalars(select(Report).where(*mine)).one_or_none()


def reported_lately(user: User) -> int:
    """How many things somebody has reported in 24 hours."""
    lately = (Report.reporter_id == user.id, Report.made_at > clock.now() - timedelta(days=1))
    return db.session.scalar(select(func.count()).select_from(Report).where(*lately)) or 0


def trades(case: Case, reports: Sequence[Report]) -> int:
    """How many of those who reported have a practice, where whoever wrote it has one too: of the same trade."""
    people = [each.reporter_id for each in reports]
    owns = select(Specialist.user_id).where(Specialist.user_id.in_([*people, case.author_id]))
    found = set(db.session.scalars(owns)) if people else set()
    return len(found - {case.author_id}) if case.author_id in found else 0


def looked(by: User, case: Case) -> Look | None:
    """The look by which a name stands on this person's page just now."""
    since = clock.now() - policy.LOOK_LASTS
    mine = (Look.by_id == by.id, Look.kind == case.kind, Look.subject == case.subject, Look.at > since)
    return db.session.scalars(select(Look).where(*mine).order_by(Look.id.desc()).limit(1)).first()


def looks_at(user: User, first: int = 0) -> list[Look]:
    """Who looked up what is this person's, the latest first."""
    asked = select(Look).where(Look.user_id == user.id).order_by(Look.id.desc()).options(joinedload(Look.by))
    return list(db.session.scalars(asked.offset(first).limit(A_PAGE)))


def looks_count(user: User) -> int:
    """How many times somebody did."""
    return db.session.scalar(select(func.count()).select_from(Look).where(Look.user_id == user.id)) or 0


# ---------------------------------------------------------------- about one person


def of_author(user: User, code: str) -> Case:
    """What was decided about somebody's own words; raises `NotFound` to everybody else."""
    mine = (Case.code == code, *_heard_by(user))
    found = db.session.scalars(select(Case).where(*mine).options(_with_verdicts())).one_or_none()
    if found is None:
        raise NotFound()
    return found


def _heard_by(user: User) -> tuple[ColumnElement[bool], ...]:
    """What somebody was told about words of theirs: a report that came to nothing is not."""
    silent = exists().where(Verdict.case_id == Case.id, Verdict.decision.in_(policy.SILENT))
    return Case.author_id == user.id, Case.decided_at.is_not(None), ~silent


def about(user: User, first: int = 0) -> list[Case]:
    """What was decided about somebody and their words, the latest first."""
    return list(db.session.scalars(heard_of(user).offset(first).limit(A_PAGE)))


def heard_of(user: User) -> Select[Any]:
    """All of that."""
    asked = select(Case).where(*_heard_by(user)).order_by(Case.decided_at.desc(), Case.id.desc())
    return asked.options(_with_verdicts())


def about_count(user: User) -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(Case).where(*_heard_by(user))) or 0


def sanctions_of(user: User) -> list[Sanction]:
    """Every step of the ladder that is still kept about somebody, the latest first."""
    asked = select(Sanction).where(Sanction.user_id == user.id).order_by(Sanction.id.desc())
    return list(db.session.scalars(asked.options(selectinload(Sanction.limits)).limit(A_PAGE)))


def last_sanction(user: User, by: User) -> Sanction | None:
    """The last step that one of the staff took about somebody."""
    asked = select(Sanction).where(Sanction.user_id == user.id, Sanction.by_id == by.id).order_by(Sanction.id.desc())
    return db.session.scalars(asked.limit(1)).first()


def sanction(code: str) -> Sanction | None:
    """A step of the ladder by its code."""
    return db.session.scalars(select(Sanction).where(Sanction.code == code)).one_or_none()


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
