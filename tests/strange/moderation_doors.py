"""This file knows the forms with which people report, and staff decide about what was written: a part of `doors.py`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from practice.accounts.models import User
from practice.moderation import actions, subjects
from practice.moderation.actions import Choice, Reported
from practice.moderation.models import Case, Report
from practice.moderation.states import Decision, ReportReason, Severity
from practice.moderation.subjects import Shown, Subject
from practice.store.db import db, new_code, transaction
from tests import factories

Facts = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]
DESK = "/admin/moderation/{waiting_case}"
MARK = "1"


def _author(code: str) -> User | None:
    """Of a leaf that somebody wrote, whose code begins with theirs."""
    return db.session.scalars(select(User).where(User.code == code[:22])).first()


subjects.register(
    Subject(
        kind="leaf",
        label="leaf",
        decisions=(Decision.PUBLISH, Decision.MASK, Decision.REJECT, Decision.LEAVE),
        show=lambda code: Shown("A leaf", "Some words", MARK, "Somebody") if _author(code) else None,
        author=_author,
        carry_out=lambda _ruled: None,
        url=lambda _code: "/me",
        may_report=lambda code, user: not code.startswith(user.code) and _author(code) is not None,
    )
)


def _waiting(author: User, severity: Severity = Severity.USUAL) -> Case:
    return actions.submit("leaf", f"{author.code}{new_code()[:8]}", severity)


def _decided(world: Any, author: User) -> Case:
    colleague = world.people[world.another("colleague", roles=("client", "staff"))]
    case = _waiting(author)
    actions.decide(case, Choice(Decision.REJECT, MARK), by=colleague)
    return case


def _to_report(world: Any) -> tuple[str, str]:
    return "cleo", f"/report/leaf/{world.people['ben'].code}{new_code()[:8]}"


def _to_appeal(world: Any) -> tuple[str, str]:
    return "ben", f"/me/decisions/{_decided(world, world.people['ben']).code}/appeal"


def _to_decide(world: Any) -> tuple[str, str]:
    return "sam", f"/admin/moderation/{_waiting(world.people['ben']).code}/decide"


def _to_settle(world: Any) -> tuple[str, str]:
    case = _decided(world, world.people["ben"])
    actions.appeal(case, "Look again.", by=world.people["ben"])
    return "sam", f"/admin/moderation/{case.code}/settle"


def _left(world: Any, reporter: User) -> Report:
    """What somebody reported, and a colleague left as it was."""
    colleague = world.people[world.another("colleague", roles=("client", "staff"))]
    made = actions.report(
        "leaf", f"{world.people['ben'].code}{new_code()[:8]}", Reported(ReportReason.SPAM, ""), by=reporter
    )
    actions.decide(made.case, Choice(Decision.LEAVE, MARK), by=colleague)
    return made


def _to_ask_again(world: Any) -> tuple[str, str]:
    return "cleo", f"/me/reports/{_left(world, world.people['cleo']).code}/again"


FACTS: dict[str, Facts] = {
    "report": (
        "/report/{reported_kind}/{reported}",
        "cleo",
        {"reason": "spam"},
        {"reason": "choice", "words": "text"},
        {"made": _to_report},
    ),
    "appeal_decision": ("/me/decisions/{decided_case}/appeal", "ben", {}, {"why": "text"}, {"made": _to_appeal}),
    "report_again": ("/me/reports/{own_report}/again", "cleo", {}, {"why": "text"}, {"made": _to_ask_again}),
    "take_case": (f"{DESK}/take", "sam", {}, {}, {}),
    "let_go_case": (f"{DESK}/let-go", "sam", {}, {}, {}),
    "regrade_case": (f"{DESK}/urgency", "sam", {"severity": "s3"}, {"severity": "choice"}, {}),
    "decide_case": (
        f"{DESK}/decide",
        "sam",
        {"decision": "reject", "mark": MARK},
        {"decision": "choice", "words": "text", "reason": "text"},
        {"made": _to_decide},
    ),
    "settle_case": (
        f"{DESK}/settle",
        "sam",
        {"settle-outcome": "uphold"},
        {"settle-outcome": "choice", "settle-reason": "text"},
        {"made": _to_settle},
    ),
    "step_of_ladder": (
        f"{DESK}/step",
        "sam",
        {"step-step": "warning"},
        {"step-step": "choice", "step-features": "choice", "step-days": "number", "step-reason": "text"},
        {},
    ),
    "look_up": (f"{DESK}/look", "sam", {}, {"purpose": "text"}, {}),
    "moderation_care": ("/admin/moderation/care", "sam", {}, {}, {}),
}


def build(world: Any) -> None:
    """A leaf of Ben's that waits, and one that was decided."""
    ben = world.people["ben"]
    with transaction():
        world.codes |= {"reported_kind": "leaf", "reported": f"{factories.user('Rae').code}leaf"}
    world.codes |= {"waiting_case": _waiting(ben).code, "decided_case": _decided(world, ben).code}
    world.codes |= {"own_report": _left(world, world.people["cleo"]).code}
