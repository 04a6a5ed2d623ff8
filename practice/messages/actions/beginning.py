"""This file knows how a conversation comes to be: one for a client and a specialist, another beside it for a couple."""

from __future__ import annotations

from practice.accounts.models import User
from practice.messages import keys, policy, queries
from practice.messages.models import Correspondent, Thread
from practice.messages.states import Side, ThreadState
from practice.specialists.models import Specialist
from practice.store import audit
from practice.store.db import db, insert_once, new_code, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed

from .locking import lock


def begin(client: User, specialist: Specialist, *, opened_by: Side = Side.CLIENT) -> Thread:
    """The conversation of these two, begun now where there was none. Raises `NotAllowed` for one's own profile and for
    who may not write, `Conflict` where the other side takes no messages."""
    if client.id == specialist.user_id:
        raise NotAllowed(policy.ONE_SIDE)
    found = queries.between(client, specialist)
    if found is not None:
        return found
    by = client if opened_by == Side.CLIENT else specialist.user
    is_reached = specialist.is_published if opened_by == Side.CLIENT else client.active
    policy.may_begin(queries.refusal_of(by), is_reached=is_reached).require()
    return _begin(client, specialist, opened_by)


@transactional
def _begin(client: User, specialist: Specialist, opened_by: Side, partner: User | None = None) -> Thread:
    """Whoever is faster begins it; the other finds it."""
    code, now, is_joint = new_code(), clock.now(), partner is not None
    values = {"client_id": client.id, "specialist_id": specialist.id, "is_joint": is_joint, "opened_by": opened_by}
    insert_once(Thread, **values, code=code, key_sealed=keys.new_key(code), opened_at=now, last_at=now)
    thread = queries.between(client, specialist, is_joint=is_joint)
    if thread is None:
        raise Conflict("This conversation could not be begun just now.")
    for person_id, side in ((client.id, Side.CLIENT), (specialist.user_id, Side.SPECIALIST)):
        insert_once(Correspondent, thread_id=thread.id, user_id=person_id, side=side, agreed_at=now)
    if partner is not None:
        insert_once(Correspondent, thread_id=thread.id, user_id=partner.id, side=Side.PARTNER, agreed_at=None)
    return thread


def begin_anew(thread: Thread, *, by: User) -> None:
    """Where the time of all that was written is over, a new key for what they write now. Raises `Conflict` or
    `NotAllowed` where they cannot write here."""
    policy.may_send(queries.known_of(thread, by)).require()
    _begin_anew(thread)


@transactional
def _begin_anew(thread: Thread) -> None:
    lock(thread)
    if thread.key_sealed is None and not queries.is_over_for_good(thread):
        thread.key_sealed = keys.new_key(thread.code)


def begin_joint(client: User, specialist: Specialist) -> Thread:
    """A conversation for a couple beside the client's own, which the partner does not see; it waits until the partner
    agreed. Raises `NotAllowed` where this client is in no couple here, `Conflict`
    where they had one with somebody else."""
    partner = queries.partner_of(client, specialist)
    if partner is None or not specialist.sees_couples:
        raise NotAllowed("This is for couples who talked with this specialist together.")
    found = queries.between(client, specialist, is_joint=True)
    if found is not None and all(each.user_id != partner.id for each in found.people):
        raise Conflict("You have a conversation for the three of you with somebody else. It has ended, and stays.")
    return found if found is not None else _begin(client, specialist, Side.CLIENT, partner)


@transactional
def agree(thread: Thread, *, by: User) -> None:
    """The partner takes part, from now on and from the beginning of it. Raises `Conflict` where they were asked as part
    of a couple that has ended here."""
    mine = _invitation(thread, by)
    if not queries.are_together(thread):
        raise Conflict("This is not open any more. You can still write to them alone.")
    mine.agreed_at = clock.now()
    audit.record("thread.joined", f"thread:{thread.code}", actor=by)


@transactional
def decline(thread: Thread, *, by: User) -> None:
    """The partner does not take part; it ends without a word."""
    mine = _invitation(thread, by)
    mine.left_at = clock.now()
    thread.move_to(ThreadState.CLOSED)
    audit.record("thread.declined", f"thread:{thread.code}", actor=by)


def _invitation(thread: Thread, user: User) -> Correspondent:
    mine = db.session.get_one(Correspondent, (thread.id, user.id), with_for_update=True, populate_existing=True)
    if mine.side != Side.PARTNER or mine.agreed_at is not None or mine.left_at is not None:
        raise Conflict("You have answered this already.")
    return mine
