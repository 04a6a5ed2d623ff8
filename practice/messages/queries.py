"""This file knows which conversations somebody is in, and what stands in them; a stranger finds nothing of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from practice.accounts.models import User
from practice.bookings import acquainted
from practice.bookings.models import Booking
from practice.fit.models import FitPartner
from practice.moderation import queries as moderation
from practice.moderation.states import Feature
from practice.specialists.models import Specialist
from practice.store import retention
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from . import policy
from .models import Attachment, Block, Correspondent, Message, MessageWishes, Thread
from .policy import Known
from .states import KIND, Side, ThreadState

# ---------------------------------------------------------------- found through the person who asks


def _mine(user: User) -> ColumnElement[bool]:
    """Conversations that somebody takes part in, or is asked to."""
    return and_(Correspondent.user_id == user.id, Correspondent.left_at.is_(None))


def _threads(user: User) -> Select[Any]:
    """Their conversations, each with their own part of it among `people`."""
    return (
        select(Thread)
        .join(Correspondent, Correspondent.thread_id == Thread.id)
        .where(_mine(user))
        .options(joinedload(Thread.specialist), joinedload(Thread.client))
        .options(selectinload(Thread.people).joinedload(Correspondent.user))
    )


def thread_of(user: User, code: str) -> Thread:
    """The conversation with `code` that somebody is in; else `NotFound`."""
    found: Thread | None = db.session.scalars(_threads(user).where(Thread.code == code)).unique().one_or_none()
    if found is None:
        raise NotFound("There is no conversation at this address.")
    return found


def part_of(thread: Thread, user: User) -> Correspondent:
    """Somebody's own part of a conversation they are in."""
    return next(each for each in thread.people if each.user_id == user.id)


def message_of(user: User, thread_code: str, code: str) -> Message:
    """A message in a conversation that somebody reads; else `NotFound`."""
    thread = readable(user, thread_code)
    found = db.session.scalars(select(Message).where(Message.code == code, Message.thread_id == thread.id)).first()
    if found is None:
        raise NotFound("There is no message at this address.")
    return found


def attachment_of(user: User, thread_code: str, code: str) -> Attachment:
    """A file in a conversation that somebody reads; else `NotFound`."""
    thread = readable(user, thread_code)
    asked = select(Attachment).join(Attachment.message).options(contains_eager(Attachment.message))
    stands = or_(Message.removed_at.is_(None), Message.author_id == user.id)
    found = db.session.scalars(asked.where(Attachment.code == code, Message.thread_id == thread.id, stands)).first()
    if found is None:
        raise NotFound("There is no file at this address. Its message may have been taken back.")
    return found


def readable(user: User, code: str) -> Thread:
    """The same for who takes part: a partner who was asked and has not answered reads nothing."""
    thread = thread_of(user, code)
    if part_of(thread, user).agreed_at is None:
        raise NotFound()
    return thread


def between(client: User, specialist: Specialist, *, is_joint: bool = False) -> Thread | None:
    """What these two write to each other, None where nobody has begun."""
    pair = (Thread.client_id == client.id, Thread.specialist_id == specialist.id, Thread.is_joint == is_joint)
    return db.session.scalars(select(Thread).where(*pair)).first()


# ---------------------------------------------------------------- lists


def threads_of(user: User, *, before: tuple[datetime, int] | None = None, practice: bool | None = None) -> list[Thread]:
    """One more than a page of their conversations in which something stands, or that wait for their answer; the latest
    first. `before`: what the last one of the page before had. `practice`: only those they are the specialist of, or
    only the others."""
    asked = _threads(user).where(or_(Thread.last_id > 0, Thread.is_joint))
    if practice is not None:
        asked = asked.where(_of_practice(user) if practice else Correspondent.side != Side.SPECIALIST)
    if before is not None:
        at, last = before
        asked = asked.where(or_(Thread.last_at < at, and_(Thread.last_at == at, Thread.id < last)))
    asked = asked.order_by(Thread.last_at.desc(), Thread.id.desc()).limit(policy.A_PAGE + 1)
    return list(db.session.scalars(asked).unique())


def _of_practice(user: User) -> ColumnElement[bool]:
    """Their part is the specialist's. The practice is named too: an index has its conversations, the latest first."""
    own = select(Specialist.id).where(Specialist.user_id == user.id).scalar_subquery()
    return and_(Correspondent.side == Side.SPECIALIST, Thread.specialist_id == own)


def last_messages(threads: Sequence[Thread]) -> dict[int, Message]:
    """The last message of each that stands, by the id of its conversation."""
    ids = [each.last_id for each in threads if each.last_id]
    found = db.session.scalars(select(Message).where(Message.id.in_(ids))) if ids else ()
    return {each.thread_id: each for each in found}


def count_unread(user: User, *, practice: bool | None = None) -> int:
    """In how many of their conversations something is new."""
    asked = (
        select(func.count())
        .select_from(Correspondent)
        .join(Thread, Thread.id == Correspondent.thread_id)
        .where(_mine(user), Thread.last_id > Correspondent.read_id, Thread.state != ThreadState.BLOCKED)
    )
    if practice is not None:
        is_specialist = Correspondent.side == Side.SPECIALIST
        asked = asked.where(is_specialist if practice else ~is_specialist)
    return db.session.scalar(asked) or 0


def messages_of(thread: Thread, *, before: int | None = None) -> list[Message]:
    """One more than a page of what was written, newest first; `before`: the id that the page before ended with."""
    asked = select(Message).where(Message.thread_id == thread.id).options(selectinload(Message.attachments))
    if before is not None:
        asked = asked.where(Message.id < before)
    return list(db.session.scalars(asked.order_by(Message.id.desc()).limit(policy.A_PAGE + 1)))


def id_of_message(thread: Thread, code: str) -> int | None:
    """Where a page of it begins that ends before this message; None for one that is not in it."""
    return db.session.scalar(select(Message.id).where(Message.code == code, Message.thread_id == thread.id))


# ---------------------------------------------------------------- what decides


def known_of(thread: Thread, user: User) -> Known:
    """All that decides whether somebody may write there now."""
    people = {each.side: each for each in thread.people}
    side = Side(part_of(thread, user).side)
    partner = people.get(Side.PARTNER)
    is_first = thread.replied_at is None and policy.same_camp(side, Side(thread.opened_by))
    begun, tries = _written(thread) if is_first else (0, 0)
    return Known(
        side=side,
        state=ThreadState(thread.state),
        opened_by=Side(thread.opened_by),
        is_answered=thread.replied_at is not None,
        begun=begun,
        tries=tries,
        is_blocked=is_blocked(thread),
        is_reachable=_is_reachable(thread, side),
        is_destroyed=is_over_for_good(thread),
        awaits_partner=partner is not None and partner.agreed_at is None,
        is_apart=not are_together(thread),
        refusal=refusal_of(user),
    )


def are_together(thread: Thread) -> bool:
    """Whether the two of a couple's conversation are still one here; True of every other conversation."""
    return not db.session.scalar(select(apart()).where(Thread.id == thread.id))


def apart() -> ColumnElement[bool]:
    """Of a conversation: it is a couple's that has ended here, so nobody can answer in it any more."""
    pair = (Booking.client_id == Thread.client_id, Booking.specialist_id == Thread.specialist_id)
    theirs = (FitPartner.user_id == Correspondent.user_id, FitPartner.joined_at.is_not(None))
    together = select(FitPartner.id).join(FitPartner.booking).where(*pair, *theirs, FitPartner.ended_at.is_(None))
    partner = select(Correspondent).where(Correspondent.thread_id == Thread.id, Correspondent.side == Side.PARTNER)
    return partner.where(~together.correlate(Thread, Correspondent).exists()).correlate(Thread).exists()


def is_over_for_good(thread: Thread) -> bool:
    """Whether its key is gone with somebody who was part of it; where only its time was over, it can go on."""
    return thread.key_sealed is None and any(each.left_at is not None for each in thread.people)


def refusal_of(user: User) -> str:
    """Why somebody cannot write to anybody just now, "" where they can."""
    if user.confirmed_at is None:
        return "Confirm your address first: the letter we sent you has the link. What you write here is kept meanwhile."
    return moderation.refusal_for(user, Feature.MESSAGE) or ""


def is_blocked(thread: Thread) -> bool:
    """Whether one of them does not want to hear from another of them."""
    ids = [each.user_id for each in thread.people]
    return bool(db.session.scalar(select(exists().where(Block.by_id.in_(ids), Block.user_id.in_(ids)))))


def _is_reachable(thread: Thread, side: Side) -> bool:
    others = [each.user for each in thread.people if not policy.same_camp(Side(each.side), side)]
    if not all(each.active for each in others):
        return False
    specialist = thread.specialist
    # Whoever takes nobody new still answers those who write to them already.
    return (
        specialist.is_visible if thread.replied_at is not None or side == Side.SPECIALIST else specialist.is_published
    )


def _written(thread: Thread) -> tuple[int, int]:
    """How many messages of whoever began stand, and how many there are."""
    stands = func.count().filter(Message.retracted_at.is_(None))
    begun, tries = db.session.execute(
        select(stands, func.count()).select_from(Message).where(Message.thread_id == thread.id)
    ).one()
    return begun, tries


def last_not_taken_back(thread: Thread) -> Message | None:
    """The last message that was not taken back."""
    stands = (Message.thread_id == thread.id, Message.retracted_at.is_(None))
    return db.session.scalars(select(Message).where(*stands).order_by(Message.id.desc()).limit(1)).first()


def waits_since(thread: Thread, side: Side) -> datetime | None:
    """When this side's first message was sent that nobody has answered."""
    theirs = Message.side == side if side == Side.SPECIALIST else Message.side != Side.SPECIALIST
    other = aliased(Message)
    is_other = other.side != side if side == Side.SPECIALIST else other.side == Side.SPECIALIST
    answered = select(func.coalesce(func.max(other.id), 0)).where(
        other.thread_id == thread.id, other.retracted_at.is_(None), is_other
    )
    asked = select(func.min(Message.sent_at)).where(
        Message.thread_id == thread.id, Message.retracted_at.is_(None), theirs, Message.id > answered.scalar_subquery()
    )
    return db.session.scalar(asked)


def shows_reading(thread: Thread) -> bool:
    """Whether each of them wants the other to see what was read; nobody who said nothing does."""
    ids = [each.user_id for each in thread.people]
    wish = (MessageWishes.user_id.in_(ids), MessageWishes.shows_read.is_(True))
    return db.session.scalar(select(func.count()).select_from(MessageWishes).where(*wish)) == len(ids)


def partner_of(client: User, specialist: Specialist) -> User | None:
    """The other half of a couple that this client is in here: who has an account in it, and is still part of it."""
    together = (
        Booking.client_id == client.id,
        Booking.specialist_id == specialist.id,
        FitPartner.joined_at.is_not(None),
        FitPartner.ended_at.is_(None),
    )
    asked = select(User).join(FitPartner, FitPartner.user_id == User.id).join(FitPartner.booking).where(*together)
    return db.session.scalars(asked.where(User.active).order_by(FitPartner.id.desc()).limit(1)).first()


def specialist_named(slug: str) -> Specialist | None:
    """Whose public address this is or was; None for nobody's."""
    found = db.session.scalars(select(Specialist).where(Specialist.slug == slug)).first()
    return found if found is not None and found.published_at is not None else None


def file_keys() -> set[str]:
    """Names of every file that a message has."""
    return set(db.session.scalars(select(Attachment.file_key)))


# ---------------------------------------------------------------- silence


def is_first_contact(thread: Thread) -> bool:
    """Whether a client wrote first there and was never answered."""
    return thread.replied_at is None and thread.opened_by != Side.SPECIALIST


def to_remind() -> list[Thread]:
    """Conversations in which a specialist has been waited for long enough to hear of it."""
    return _waiting_since(policy.REMIND_AFTER, Thread.reminded_at.is_(None))


def to_offer_others() -> list[Thread]:
    """Those that began with silence, and have to lead on to somebody else."""
    first = (Thread.replied_at.is_(None), Thread.opened_by != Side.SPECIALIST)
    return _waiting_since(policy.OTHERS_AFTER, Thread.offered_others_at.is_(None), *first)


def _waiting_since(length: timedelta, *which: ColumnElement[bool]) -> list[Thread]:
    waits = (Thread.state == ThreadState.AWAITING_SPECIALIST, Thread.waits_since <= clock.now() - length)
    return list(db.session.scalars(select(Thread).where(*waits, *which).order_by(Thread.waits_since, Thread.id)))


def measured() -> list[Specialist]:
    """Everybody to whom somebody has written."""
    written_to = exists().where(Thread.specialist_id == Specialist.id)
    return list(db.session.scalars(select(Specialist).where(written_to).order_by(Specialist.id)))


def wishes_of(user: User) -> MessageWishes | None:
    """How somebody wants messages to come; None where they have not said."""
    return db.session.scalars(select(MessageWishes).where(MessageWishes.user_id == user.id)).first()


# ---------------------------------------------------------------- reports


def message_by_code(code: str) -> Message | None:
    """A message that somebody reported, or is about to: for the rules of cases, and for no page."""
    return db.session.scalars(select(Message).where(Message.code == code)).first()


def reported_of(ids: Select[Any]) -> list[str]:
    """Codes of those of these messages about which a report waits."""
    codes = select(Message.code).where(Message.id.in_(ids))
    return moderation.open_among(KIND, codes)


def around(message: Message) -> list[Message]:
    """The few before and after a message that can be shown with it to whoever looks at a report, oldest first."""
    stands = (Message.thread_id == message.thread_id, Message.body_sealed.is_not(None))
    before = select(Message).where(*stands, Message.id < message.id).order_by(Message.id.desc())
    after = select(Message).where(*stands, Message.id > message.id).order_by(Message.id)
    found = [
        *db.session.scalars(before.limit(policy.SHOWN_BEFORE)),
        *db.session.scalars(after.limit(policy.SHOWN_AFTER)),
    ]
    return sorted(found, key=lambda each: each.id)


def has_blocked(thread: Thread, user: User) -> bool:
    """Whether somebody does not want to hear from another of a conversation."""
    others = [each.user_id for each in thread.people if each.user_id != user.id]
    return bool(db.session.scalar(select(exists().where(Block.by_id == user.id, Block.user_id.in_(others)))))


# ---------------------------------------------------------------- whose it is, and when it is over


def parts_of(user: User) -> list[Correspondent]:
    """Somebody's part of each conversation that they ever were in, the oldest first."""
    asked = select(Correspondent).where(Correspondent.user_id == user.id).order_by(Correspondent.thread_id)
    return list(db.session.scalars(asked))


def written_by(thread: Thread, user: User) -> list[Message]:
    """What somebody wrote in a conversation, the oldest first."""
    mine = (Message.thread_id == thread.id, Message.author_id == user.id)
    return list(db.session.scalars(select(Message).where(*mine).order_by(Message.id)))


def over() -> list[Thread]:
    """Conversations whose last message is so old that nothing of them is kept."""
    past = (Thread.last_at < retention.MESSAGES.before, Thread.key_sealed.is_not(None))
    return list(db.session.scalars(select(Thread).where(*past).order_by(Thread.id).limit(500)))


# ---------------------------------------------------------------- for rooms below


@acquainted.knows
def _in_touch(specialist: Specialist) -> Select[Any]:
    """Who writes to a specialist, or did: nobody answers them in public."""
    return (
        select(User.person_key)
        .join(Correspondent, Correspondent.user_id == User.id)
        .join(Thread, Thread.id == Correspondent.thread_id)
        .where(Thread.specialist_id == specialist.id)
    )
