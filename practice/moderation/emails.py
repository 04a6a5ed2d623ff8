"""This file knows every letter about a case: to whom, when, with which facts. None carries words of anybody, and none
says who reported something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from practice.accounts.models import User
from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail

from . import policy, queries, subjects
from .models import Case, Report, Sanction, Verdict
from .states import CaseState, Decision

WAY = {
    Decision.PUBLISH: "shown",
    Decision.ASK_EDIT: "change",
    Decision.MASK: "change",
    Decision.REJECT: "not_shown",
    Decision.DUPLICATE: "asked_before",
    Decision.REMOVE: "not_shown",
}
registry.has_versions("moderation/decided", by=lambda facts: str(facts["way"]))
registry.has_versions("moderation/report_outcome", by=lambda facts: _outcome(facts))
registry.knows("moderation", appeal_within=policy.APPEAL_WITHIN)


def decided(case: Case, verdict: Verdict) -> None:
    """To whoever wrote it: that something was decided; what and why stands on a page of theirs."""
    decision = Decision(verdict.decision)
    if decision not in policy.SILENT and decision in WAY:
        _write(case, "decided", {"way": WAY[decision]})


def settled(case: Case, verdict: Verdict) -> None:
    """To whoever appealed: another person has decided, for good."""
    _write(case, "decided", {"way": "reversed" if case.state == CaseState.REVERSED else "upheld"}, verdict.code)


def appealed(case: Case) -> None:
    """To whoever appealed: another person will look."""
    _write(case, "appealed", {})


def sanctioned(case: Case, sanction: Sanction) -> None:
    """To whom it is for: that there is something to read."""
    _write(case, "sanction", {"is_limit": sanction.until_at is not None})


def received(report: Report) -> None:
    """To whoever reported: a person will look."""
    if report.reporter is not None:
        _to(report.reporter, f"report:{report.id}:received", "report_received", {})


def outcome(case: Case, decision: Decision, *, again: bool = False) -> None:
    """To everybody who reported: somebody looked, and whether something was done; nothing about anybody. Where it was
    left, how to ask another person. `again`: that person has looked."""
    done = decision not in (Decision.LEAVE, Decision.PUBLISH)
    for report in queries.reports_about(case):
        way = {"url": _of_report(report)} if decision in policy.SILENT else {}
        _to_reporter(report, "settled" if again else "outcome", {"done": done} | way)


def asked_again(report: Report) -> None:
    """To whoever reported and asked: another person will look."""
    if report.reporter is not None:
        _to(report.reporter, f"report:{report.id}:appealed", "appealed", {"label": "", "url": _of_report(report)})


def same(report: Report) -> None:
    """To whoever asked: another person came to the same, for good."""
    _to_reporter(report, "settled", {"done": False, "again": True})


def _to_reporter(report: Report, which: str, facts: dict[str, Any]) -> None:
    if report.reporter is not None:
        _to(report.reporter, f"report:{report.id}:{which}", "report_outcome", facts)


def _of_report(report: Report) -> str:
    return absolute_url("moderation.own_report", code=report.code)


def _outcome(facts: Mapping[str, Any]) -> str:
    """Which text says how it ended: done, the same once more, left with a way on; older rows have none."""
    if facts["done"]:
        return "done"
    return "same" if facts.get("again") else "left" if "url" in facts else "nothing"


def _write(case: Case, letter: str, facts: dict[str, Any], which: str = "first") -> None:
    if case.author is not None:
        subject = subjects.subject(case.kind)
        page = absolute_url("moderation.decision", code=case.code)
        known = {"label": subject.label if subject is not None else "", "url": page}
        _to(case.author, f"{case.thing}:{letter}:{which}", letter, known | facts)


def _to(person: User, key: str, letter: str, facts: dict[str, Any]) -> None:
    if person.active:
        enqueue_mail(key, f"moderation/{letter}", person, facts)
