"""This file knows how answers and follow-ups are read by staff, and what a decision does to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from practice.accounts.models import User
from practice.http.pages import link
from practice.moderation.states import Decision
from practice.moderation.subjects import Ruled, Shown, Subject, register
from practice.safety import danger as safety
from practice.store import audit
from practice.store.db import db
from practice.values.errors import Conflict, Invalid

from . import answers as queries
from . import identifiers
from .actions import answering, follow_up
from .models import Answer, FollowUp, Question
from .states import Actor, AnswerState
from .unwanted import pieces

A = AnswerState
DECISIONS = (Decision.PUBLISH, Decision.ASK_EDIT, Decision.REJECT, Decision.REMOVE, Decision.LEAVE)
# What a decision of staff took from everybody's sight.
DOWN = (A.NEEDS_EDIT, A.REJECTED, A.REMOVED)
PUBLIC = "It is public already. Choose to leave it as it is."
GONE_ON = "This was changed or taken back in the meantime."


# ---------------------------------------------------------------- answers


def _show(code: str) -> Shown | None:
    answer = queries.by_code(code)
    if answer is None or answer.state == A.WITHDRAWN or not answer.words:
        return None
    return Shown(
        title=f"An answer to “{_title(answer.question)}”",
        words=answer.words,
        mark=f"{answer.code}:{answer.edition}",
        byline=answer.specialist.name,
        context=(("The question", f"{_title(answer.question)}\n\n{_text(answer.question)}"),),
        flags=frozenset(str(each.kind) for each in pieces(answer.words)),
        is_signed=True,
        waits=answer.state == A.IN_REVIEW or _waits_changed(answer),
    )


def _author(code: str) -> User | None:
    answer = queries.by_code(code)
    return answer.specialist.user if answer is not None else None


def _concerns(code: str) -> Iterable[User]:
    """Who asked is part of it: one of the staff who did decides nothing about its answers."""
    answer = queries.by_code(code)
    return (answer.question.asker,) if answer is not None and answer.question.asker is not None else ()


def _keep_still(code: str) -> None:
    if (answer := queries.by_code(code)) is not None:
        answering.lock_question(answer.question, must_be_public=False)


def _topics(code: str) -> list[str]:
    """Those of the question."""
    answer = queries.by_code(code)
    return [each.slug for each in answer.question.topics] if answer is not None else []


def _carry_out(ruled: Ruled) -> None:
    answer = queries.by_code(ruled.code)
    if ruled.on_appeal:
        _stand_again(answer, ruled)
        return
    if answer is None:
        raise Conflict(GONE_ON)
    answering.lock_question(answer.question, must_be_public=False)
    if answer.state == A.WITHDRAWN or (ruled.mark and ruled.mark != f"{answer.code}:{answer.edition}"):
        raise Conflict(GONE_ON)
    _rule(answer, ruled)
    audit.record(f"answer.{_LOGGED[ruled.decision]}", f"answer:{answer.code}", actor=ruled.by)


def _stand_again(answer: Answer | None, ruled: Ruled) -> None:
    """Another person took the decision back: the words that it was about are public, unless their author wrote others
    or took them back meanwhile."""
    if answer is None:
        return
    answering.lock_question(answer.question, must_be_public=False)
    if ruled.mark != f"{answer.code}:{answer.edition}" or not (answer.state in DOWN or _waits_changed(answer)):
        return
    answering.publish(answer, by=Actor.STAFF)
    audit.record("answer.published", f"answer:{answer.code}", actor=ruled.by)


def _rule(answer: Answer, ruled: Ruled) -> None:
    if ruled.decision == Decision.PUBLISH and answer.state == A.PUBLISHED and not _waits_changed(answer):
        raise Invalid("", {"decision": PUBLIC})
    if ruled.decision == Decision.PUBLISH:
        answering.publish(answer, by=Actor.STAFF)
    elif ruled.decision != Decision.LEAVE:
        answer.reason = ruled.reason
        # New words that wait are not shown; what everybody reads stays, unless it is taken down itself.
        if not (_waits_changed(answer) and ruled.decision in (Decision.ASK_EDIT, Decision.REJECT)):
            _take_down(answer, ruled.decision)


def _take_down(answer: Answer, decision: Decision) -> None:
    became = {Decision.ASK_EDIT: A.NEEDS_EDIT, Decision.REJECT: A.REJECTED, Decision.REMOVE: A.REMOVED}[decision]
    if answer.state == A.PUBLISHED and became == A.REJECTED:
        became = A.REMOVED
    if answer.state == A.IN_REVIEW and became == A.REMOVED:
        became = A.REJECTED
    answering.hide(answer, became, by=Actor.STAFF)


def _waits_changed(answer: Answer) -> bool:
    return answer.state == A.PUBLISHED and answer.public_words != answer.words


def _may_report(code: str, user: User) -> bool:
    answer = queries.by_code(code)
    return (
        answer is not None
        and answer.state == A.PUBLISHED
        and answer.question.is_visible
        and answer.specialist.user_id != user.id
    )


_LOGGED = {
    Decision.PUBLISH: "published",
    Decision.ASK_EDIT: "sent_back",
    Decision.REJECT: "rejected",
    Decision.REMOVE: "removed",
    Decision.LEAVE: "left",
}

register(
    Subject(
        kind=answering.KIND,
        label="answer",
        decisions=DECISIONS,
        show=_show,
        author=_author,
        carry_out=_carry_out,
        url=lambda code: link("questions.own_answer", code=code),
        may_report=_may_report,
        concerns=_concerns,
        topics=_topics,
        keep_still=_keep_still,
    )
)


# ---------------------------------------------------------------- follow-ups


def _follow_up(code: str) -> FollowUp | None:
    asked = select(FollowUp).where(FollowUp.code == code).options(joinedload(FollowUp.question))
    return db.session.scalar(asked)


def _show_follow_up(code: str) -> Shown | None:
    found = _follow_up(code)
    if found is None or found.state == A.WITHDRAWN or not found.words:
        return None
    dangers = {"danger"} if safety.danger(found.words) else set()
    return Shown(
        title=f"What was added to “{_title(found.question)}”",
        words=found.words,
        mark=f"{found.code}:{found.edition}",
        byline=found.question.byline,
        context=(("The question", f"{_title(found.question)}\n\n{_text(found.question)}"),),
        flags=frozenset({*dangers, *(str(each.kind) for each in identifiers.found(found.words))}),
        waits=found.state == A.IN_REVIEW,
    )


def _asker(code: str) -> User | None:
    found = _follow_up(code)
    return found.question.asker if found is not None else None


def _keep_still_below(code: str) -> None:
    if (found := _follow_up(code)) is not None:
        answering.lock_question(found.question, must_be_public=False)
        db.session.refresh(found)


def _topics_below(code: str) -> list[str]:
    found = _follow_up(code)
    return [each.slug for each in found.question.topics] if found is not None else []


def _carry_out_follow_up(ruled: Ruled) -> None:
    found = _follow_up(ruled.code)
    if found is None and not ruled.on_appeal:
        raise Conflict(GONE_ON)
    if found is None:
        return
    answering.lock_question(found.question, must_be_public=False)
    db.session.refresh(found)
    if ruled.on_appeal:
        _stand_below_again(found, ruled)
        return
    if found.state == A.WITHDRAWN or (ruled.mark and ruled.mark != f"{found.code}:{found.edition}"):
        raise Conflict(GONE_ON)
    if ruled.decision == Decision.PUBLISH and found.state == A.PUBLISHED:
        raise Invalid("", {"decision": PUBLIC})
    follow_up.rule(found, ruled.decision, ruled.reason)
    audit.record(f"follow_up.{_LOGGED[ruled.decision]}", f"follow_up:{found.code}", actor=ruled.by)


def _stand_below_again(found: FollowUp, ruled: Ruled) -> None:
    if ruled.mark == f"{found.code}:{found.edition}" and found.state in DOWN:
        follow_up.rule(found, Decision.PUBLISH, "")
        audit.record("follow_up.published", f"follow_up:{found.code}", actor=ruled.by)


def _may_report_follow_up(code: str, user: User) -> bool:
    found = _follow_up(code)
    return (
        found is not None
        and found.state == A.PUBLISHED
        and found.question.is_visible
        and found.question.asker_id != user.id
    )


register(
    Subject(
        kind=follow_up.KIND,
        label="question",
        decisions=DECISIONS,
        show=_show_follow_up,
        author=_asker,
        carry_out=_carry_out_follow_up,
        url=lambda code: link("questions.follow_up", code=found.question.code if (found := _follow_up(code)) else code),
        may_report=_may_report_follow_up,
        topics=_topics_below,
        keep_still=_keep_still_below,
    )
)


def _title(question: Question) -> str:
    """As everybody reads it where it is public."""
    return question.public_title or question.title


def _text(question: Question) -> str:
    return question.public_words or question.words
