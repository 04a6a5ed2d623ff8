"""This file knows what must always hold of cases, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from practice.store.checks import check
from practice.store.db import db

from .models import Case, CaseParty, Limit, Sanction, Verdict


@check
def _verdicts() -> Iterator[str]:
    """What is decided was decided by one person, what was appealed by a second, and nothing by anybody else."""
    numbers = select(Verdict.case_id, func.count().label("number")).group_by(Verdict.case_id).subquery()
    found = func.coalesce(numbers.c.number, 0)
    asked = select(Case.code, Case.state, found).outerjoin(numbers, numbers.c.case_id == Case.id)
    wanted = {"open": 0, "withdrawn": 0, "decided": 1, "appealed": 1, "upheld": 2, "reversed": 2}
    for code, state, number in db.session.execute(asked.order_by(Case.id)):
        if number != wanted[state]:
            yield f"Case {code} is {state} and has {number} verdicts."


@check
def _nobody_decides_their_own() -> Iterator[str]:
    """Nobody decided what they are part of."""
    same = (CaseParty.case_id == Verdict.case_id) & (CaseParty.user_id == Verdict.by_id)
    asked = select(Case.code).join(Verdict, Verdict.case_id == Case.id).join(CaseParty, same)
    for code in db.session.scalars(asked.order_by(Case.id)):
        yield f"Case {code} was decided by somebody who is part of it."


@check
def _limits() -> Iterator[str]:
    """A limit takes something."""
    takes = select(Limit.sanction_id)
    asked = select(Sanction.code).where(Sanction.step == "limit", Sanction.id.not_in(takes))
    for code in db.session.scalars(asked.order_by(Sanction.id)):
        yield f"Limit {code} takes nothing."
