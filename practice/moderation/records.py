"""This file knows what the moderation room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows, Stay
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.store import retention
from practice.store.db import changed, db

from . import queries
from .models import Care, CareTopic, Case, CaseParty, CaseTopic, Look, Report, Sanction, Verdict
from .states import Severity


def _decisions(user: User) -> Rows:
    rows = db.session.scalars(queries.heard_of(user))
    return [_decision(each) for each in rows]


def _decision(case: Case) -> dict[str, Any]:
    return {
        "about": case.kind,
        "opened": iso(case.opened_at),
        "state": case.state,
        "you_asked_another_person": {"at": iso(case.appealed_at), "words": case.appeal},
        "closed": iso(case.closed_at),
        "decided": [
            {
                "at": iso(each.made_at),
                "decision": each.decision,
                "after_an_appeal": each.is_appeal,
                "why": each.reason,
                "your_text": each.own,
                "masked": each.masked,
            }
            for each in case.verdicts
        ],
    }


def _wipe_decisions(user: User) -> None:
    """Only the case stays, without whose it was; where it was about safety, what was read stays for a while."""
    mine = select(Case.id).where(Case.author_id == user.id)
    plain = select(Case.id).where(Case.author_id == user.id, Case.severity != Severity.SAFETY)
    changed(update(Verdict).where(Verdict.case_id.in_(plain)).values(own_sealed=None, masked_sealed=None))
    changed(update(Verdict).where(Verdict.case_id.in_(plain)).values(reason_sealed=None))
    changed(update(Case).where(Case.id.in_(plain)).values(read_sealed=None, read_mark=None))
    changed(update(Case).where(Case.id.in_(mine)).values(appeal_sealed=None))
    changed(delete(CaseTopic).where(CaseTopic.case_id.in_(mine)))
    changed(update(Case).where(Case.author_id == user.id).values(author_id=None))
    changed(delete(CaseParty).where(CaseParty.user_id == user.id))


def _reports(user: User) -> Rows:
    rows = db.session.scalars(select(Report).where(Report.reporter_id == user.id).order_by(Report.id))
    return [
        {
            "at": iso(each.made_at),
            "reason": each.reason,
            "you_wrote": each.words,
            "you_asked_another_person": {"at": iso(each.appealed_at), "words": each.appeal},
        }
        for each in rows
    ]


def _wipe_reports(user: User) -> None:
    mine = Report.reporter_id == user.id
    changed(update(Report).where(mine).values(words_sealed=None, appeal_sealed=None, reporter_id=None))


def _steps(user: User) -> Rows:
    return [
        {
            "at": iso(each.made_at),
            "step": each.step,
            "why": each.reason,
            "until": iso(each.until_at),
            "taken_back": iso(each.lifted_at),
            "features": [limit.feature for limit in each.limits],
        }
        for each in queries.sanctions_of(user)
    ]


def _wipe_steps(user: User) -> None:
    changed(delete(Sanction).where(Sanction.user_id == user.id))


def _looks(user: User) -> Rows:
    rows = db.session.scalars(select(Look).where(Look.user_id == user.id).order_by(Look.id))
    return [{"at": iso(each.at), "what": each.kind, "why": each.purpose} for each in rows]


def _wipe_looks(user: User) -> None:
    changed(delete(Look).where(Look.user_id == user.id))


def _at_the_desk(user: User) -> Rows:
    """What somebody of the staff did there; of whom they did it about their copy says nothing."""
    decided = db.session.scalars(select(Verdict).where(Verdict.by_id == user.id).order_by(Verdict.id))
    steps = db.session.scalars(select(Sanction).where(Sanction.by_id == user.id).order_by(Sanction.id))
    looks = db.session.scalars(select(Look).where(Look.by_id == user.id).order_by(Look.id))
    rows: list[dict[str, Any]] = [{"at": iso(each.made_at), "you_decided": each.decision} for each in decided]
    rows += [{"at": iso(each.made_at), "you_took_a_step": each.step} for each in steps]
    rows += [{"at": iso(each.at), "you_looked_up_whose_something_is": each.kind} for each in looks]
    if queries.skips_heavy(user):
        rows.append({"you_are_not_given_heavy_items": True})
    return [*rows, *({"you_are_not_given": topic} for topic in queries.cares_for(user))]


def _leave_the_desk(user: User) -> None:
    changed(delete(Care).where(Care.user_id == user.id))
    changed(delete(CareTopic).where(CareTopic.user_id == user.id))
    held = Case.claimed_by_id == user.id
    changed(update(Case).where(held).values(claimed_by_id=None, claimed_until=None))


holdings.keeps(
    Record(
        "decided_words",
        "What was decided about your words",
        _decisions,
        _wipe_decisions,
        stays=(
            Stay(
                "That something was decided, without your name. What was read as a matter of safety, for as long",
                "So that others are safe, and what staff decide can be looked at",
                f"{retention.MODERATED.length} after it was decided",
            ),
        ),
    )
)
holdings.keeps(Record("reports", "What you reported", _reports, _wipe_reports))
holdings.keeps(Record("steps", "Notes, warnings and limits from our staff", _steps, _wipe_steps))
holdings.keeps(Record("looks", "Who looked up what is yours", _looks, _wipe_looks))
holdings.keeps(
    Record(
        "moderation_desk",
        "What you decided about cases, as one of our staff",
        _at_the_desk,
        _leave_the_desk,
        stays=(
            Stay(
                "What you decided as one of our staff, under a number without a name",
                "So that whoever decided is not asked to decide anew",
                f"{retention.MODERATED.length} after it was decided",
            ),
        ),
    )
)
