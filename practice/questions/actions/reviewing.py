"""This file knows how what staff decided about a question is carried out, and how its asker agrees to a mask."""

from __future__ import annotations

from practice.accounts.models import User
from practice.moderation.states import Decision
from practice.moderation.subjects import Ruled
from practice.questions import policy, queries
from practice.questions.models import Question
from practice.questions.states import Actor, QuestionState
from practice.store import audit
from practice.store.db import transactional
from practice.values.errors import Conflict, Invalid, NotAllowed

from .asking import hand_in, nobody, thing
from .locking import locked
from .showing import hide, show

S = QuestionState
_GONE = "Its asker took this question back in the meantime."


@transactional
def carry_out(ruled: Ruled) -> None:
    """Do what one of the staff decided, for the words that they read. Raises `Conflict` where it has gone on."""
    found = queries.by_code(ruled.code)
    if ruled.on_appeal:
        _stand_again(found, ruled)
        return
    if found is None:
        raise Conflict(_GONE)
    question = locked(found)
    if ruled.mark and str(question.edition) != ruled.mark:
        raise Conflict("This question was changed after you opened it. Read it again.")
    if ruled.decision == Decision.LEAVE:
        return
    {
        Decision.PUBLISH: _publish,
        Decision.ASK_EDIT: _ask_edit,
        Decision.MASK: _mask,
        Decision.REJECT: _take_down,
        Decision.DUPLICATE: _link,
        Decision.REMOVE: _take_down,
    }[ruled.decision](question, ruled)
    audit.record(f"question.{ruled.decision}", thing(question), actor=ruled.by)


def _stand_again(found: Question | None, ruled: Ruled) -> None:
    """Another person took the decision back: the words that it was about are public, unless their asker wrote others
    or took them back meanwhile."""
    question = locked(found) if found is not None else None
    if question is None or str(question.edition) != ruled.mark or question.state not in (S.NEEDS_EDIT, S.REJECTED):
        return
    show(question, by=Actor.STAFF)
    audit.record("question.publish", thing(question), actor=ruled.by)


def _publish(question: Question, _ruled: Ruled) -> None:
    if question.is_visible:
        raise Invalid("", {"decision": "It is public already. Choose to leave it as it is."})
    show(question, by=Actor.STAFF)


def _ask_edit(question: Question, ruled: Ruled) -> None:
    hide(question, S.NEEDS_EDIT, by=Actor.STAFF)
    question.reason = ruled.reason


def _mask(question: Question, ruled: Ruled) -> None:
    title, _, words = ruled.words.partition("\n")
    if not title.strip():
        raise Conflict("The first line is the question itself: leave something of it.")
    hide(question, S.NEEDS_EDIT, by=Actor.STAFF)
    question.masked_title, question.masked_words = title.strip()[: policy.LONGEST_TITLE], words.strip()
    question.reason = ruled.reason


def _take_down(question: Question, ruled: Ruled) -> None:
    # A second report can have taken it down already.
    if question.state != S.REJECTED:
        hide(question, S.REJECTED, by=Actor.STAFF)
    question.reason = ruled.reason


def _link(question: Question, ruled: Ruled) -> None:
    """It is the same as one that is answered: its asker is led there, and decides whether theirs is another."""
    twin = queries.answered(ruled.twin)
    if twin is None or twin.id == question.id:
        raise Invalid("", {"twin": "No answered question stands at this address."})
    if question.is_visible or question.twin_id is not None:
        raise Invalid("", {"decision": "This one is public, or its asker said that it is another. Decide otherwise."})
    question.twin_id = twin.id
    _take_down(question, ruled)


@transactional
def insist(question: Question, *, by: User) -> None:
    """Its asker says that it is another than the one that it was taken for: a person reads it again, and it is not
    taken for it once more. Pressed twice it is once. Raises `Conflict`, `NotAllowed`."""
    question = locked(question)
    if question.is_another and question.state != S.REJECTED:
        return
    if not question.was_asked_before:
        raise Conflict("That can’t be said of this question as it stands now.")
    if limited := queries.asking(by).limited:
        raise NotAllowed(limited)
    question.reason = ""
    audit.record("question.insisted", thing(question), actor=nobody(question, by))
    hand_in(question, by)


@transactional
def agree(question: Question, edition: int, *, by: User) -> None:
    """Its asker takes the words as staff masked them, and it is public. Raises `Conflict`."""
    question = locked(question)
    if question.state in (S.PUBLISHED, S.ANSWERED) and question.edition == edition + 1:
        return  # pressed twice
    if question.state != S.NEEDS_EDIT or not question.masked_title:
        raise Conflict("There is nothing to agree to.")
    if question.edition != edition:
        raise Conflict("This question was changed in another tab.")
    question.title, question.words = question.masked_title, question.masked_words
    question.edition += 1
    show(question, by=Actor.ASKER)
    audit.record("question.agreed", thing(question), actor=nobody(question, by))
