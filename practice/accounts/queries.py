"""This file knows every read about accounts: people, the device behind a cookie, links that still work, drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from practice.store import retention
from practice.store.db import UtcDateTime, db, spelled
from practice.values import clock
from practice.values.counts import in_hours
from practice.values.errors import NotFound

from . import consents
from .addresses import folded
from .models import AccountLock, ConsentRecord, Device, Erasure, Intent, MailedLink, Role, User, hash_of
from .states import LIVE, ErasureState, IntentState, LockState

# A form that met an ended sign-in is no task that one goes on with elsewhere: see `kept_forms`.
FORM = "form"


def user_by_email(address: str) -> User | None:
    """The account of an address as typed, or None: one read, whether the address is known or not."""
    # Roles are read when somebody asks for them: a second read at once would tell the known addresses by their time.
    return db.session.scalar(select(User).where(User.email == folded(address)).options(lazyload(User.roles)))


def credentials(address: str) -> Row[int, str, str | None, bool] | None:
    """Id, code, password hash and whether the account can be entered: one short read, for any address as typed.

    It can once its address was confirmed: until then it is whose it says only by the word of whoever signed up.
    """
    may_enter = and_(User.active, User.confirmed_at.is_not(None)).label("may_enter")
    columns = select(User.id, User.code, User.password, may_enter)
    return db.session.execute(columns.where(User.email == folded(address))).first()


def user_by_id(user_id: int) -> User:
    """The account with this id, which must exist."""
    return db.session.get_one(User, user_id)


def user_by_uniquifier(name: str) -> User | None:
    """The open account that cookies know by this name, or None once it has another one."""
    return db.session.scalar(select(User).where(User.fs_uniquifier == name, User.active.is_(True)))


def uniquifier_of(address: str) -> str | None:
    """The name inside cookies of the account with this address; one short read, whether it is known or not."""
    return db.session.scalar(select(User.fs_uniquifier).where(User.email == folded(address)))


def way_back_of(user: User) -> MailedLink | None:
    """The way round a lost second step that somebody asked for and nobody has stopped or used, or None."""
    mine = (MailedLink.user_id == user.id, MailedLink.purpose.in_(("stay_on", "two_step_off")))
    lives = (MailedLink.used_at.is_(None), MailedLink.expires_at > clock.now())
    return db.session.scalar(select(MailedLink).where(*mine, *lives).order_by(MailedLink.id.desc()).limit(1))


def ways_back_due(asked_before: datetime, limit: int) -> Sequence[MailedLink]:
    """What was asked for so long ago that its link may be sent, the oldest first; with the account, which is open."""
    due = (MailedLink.purpose == "stay_on", MailedLink.used_at.is_(None), MailedLink.created_at <= asked_before)
    asked = select(MailedLink).join(MailedLink.user).options(contains_eager(MailedLink.user))
    return db.session.scalars(
        asked.where(*due, User.active.is_(True), User.tf_totp_secret.is_not(None)).order_by(MailedLink.id).limit(limit)
    ).all()


def lock_of(user: User) -> AccountLock | None:
    """The lock of the account that stands or waits for a second person, or None."""
    mine = (AccountLock.user_id == user.id, AccountLock.state.in_((LockState.PROPOSED, LockState.IN_FORCE)))
    return db.session.scalar(select(AccountLock).where(*mine))


def open_locks() -> Sequence[AccountLock]:
    """Every lock that stands or waits for a second person, the oldest first, with its account."""
    waiting = AccountLock.state.in_((LockState.PROPOSED, LockState.IN_FORCE))
    asked = select(AccountLock).options(joinedload(AccountLock.user)).where(waiting)
    return db.session.scalars(asked.order_by(AccountLock.id)).all()


def never_confirmed(before: datetime) -> Sequence[int]:
    """Ids of accounts opened before that instant whose address nobody showed to be theirs, while no link to do so
    works: all of them, as some may have to stay."""
    works = select(MailedLink.id).where(
        MailedLink.user_id == User.id, MailedLink.used_at.is_(None), MailedLink.expires_at > clock.now()
    )
    asked = select(User.id).where(User.confirmed_at.is_(None), User.created_at < before, ~works.exists())
    return db.session.scalars(asked.order_by(User.id)).all()


def user_by_code(code: str) -> User | None:
    """The account with this public id, or None."""
    return db.session.scalar(select(User).where(User.code == code))


def is_taken(address: str) -> bool:
    """True when an account uses the address, or gave it up so recently that the change may still be undone."""
    # Both are asked in any case, so that a known address costs what an unknown one does.
    is_given_up = given_up(address) is not None
    return user_by_email(address) is not None or is_given_up


def given_up(address: str) -> MailedLink | None:
    """The way back of a change away from this address, while it works: the earliest, if there are several."""
    asked = select(MailedLink).where(
        MailedLink.email == folded(address),
        MailedLink.purpose == "undo_email",
        MailedLink.used_at.is_(None),
        MailedLink.expires_at > clock.now(),
    )
    return db.session.scalar(asked.order_by(MailedLink.id).limit(1))


def role(name: str) -> Role | None:
    """The role of that name, or None before anybody holds it."""
    return db.session.scalar(select(Role).where(Role.name == name))


@cache
def _device_in_use() -> Select[Device, bool]:
    """Asked by every page of everybody who is signed in, so it is put together once; when all rooms have their say
    about an account, since a room above gives it a practice."""
    return (
        select(Device, User.specialist.has().label("has_practice"))
        .join(Device.user)
        .options(contains_eager(Device.user).joinedload(User.roles))
        .where(
            Device.token_hash == bindparam("token_hash"),
            Device.ended_at.is_(None),
            User.fs_uniquifier == bindparam("uniquifier"),
            User.active.is_(True),
            User.confirmed_at.is_not(None),
        )
    )


def device_in_use(uniquifier: str, token: str) -> Device | None:
    """The device that a cookie names, with its account and roles, in one query; None once either has ended.

    Most people have no practice, and every page wants to know: then nobody has to ask once more.
    """
    found = db.session.execute(_device_in_use(), {"token_hash": hash_of(token), "uniquifier": uniquifier}).first()
    if found is None:
        return None
    if not found.has_practice:
        set_committed_value(found.Device.user, "specialist", None)
    device: Device = found.Device
    return device


def devices_of(user: User) -> Sequence[Device]:
    """Where `user` is signed in, the latest used first."""
    return db.session.scalars(
        select(Device)
        .where(Device.user_id == user.id, Device.ended_at.is_(None))
        .order_by(Device.last_seen_at.desc(), Device.id.desc())
        .limit(50)
    ).all()


def device_for(user: User, code: str) -> Device:
    """One of `user`'s own devices; anybody else's does not exist."""
    found: Device | None = db.session.scalar(select(Device).where(Device.user_id == user.id, Device.code == code))
    if found is None:
        raise NotFound()
    return found


def has_signed_in_before(user: User) -> bool:
    """True once any device of the account exists."""
    return db.session.scalar(select(Device.id).where(Device.user_id == user.id).limit(1)) is not None


def knows_network(user: User, network: str) -> bool:
    """True when somebody signed in to the account from such a network before."""
    known = select(Device.id).where(Device.user_id == user.id, Device.network == network)
    return db.session.scalar(known.limit(1)) is not None


def knows_place(user: User, label: str, network: str) -> bool:
    """True when such a browser in such a network signed in to the account before."""
    known = select(Device.id).where(Device.user_id == user.id, Device.label == label, Device.network == network)
    return db.session.scalar(known.limit(1)) is not None


def open_link(token: str, purpose: str) -> MailedLink | None:
    """The link with this token if it still works, with its account."""
    return db.session.scalar(
        select(MailedLink)
        .options(joinedload(MailedLink.user))
        .where(
            MailedLink.token_hash == hash_of(token),
            MailedLink.purpose == purpose,
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > clock.now(),
            MailedLink.user.has(User.active.is_(True)),
        )
    )


def pending_email(user: User) -> str | None:
    """The new address that waits for its owner's confirmation, or None."""
    return db.session.scalar(
        select(MailedLink.email)
        .where(
            MailedLink.user_id == user.id,
            MailedLink.purpose == "new_email",
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > clock.now(),
        )
        .order_by(MailedLink.id.desc())
        .limit(1)
    )


WITH_TOKEN = select(Intent).where(Intent.token_hash == bindparam("token_hash"))


def intent_by_token(token: str) -> Intent | None:
    """The intent that a browser's token opens, in whatever state."""
    return db.session.scalar(WITH_TOKEN, {"token_hash": hash_of(token)})


def intent_for(user: User, code: str) -> Intent:
    """One of `user`'s own drafts that can still be taken up; anybody else's does not exist."""
    found: Intent | None = db.session.scalar(select(Intent).where(Intent.user_id == user.id, Intent.code == code))
    if found is None or not found.is_live(clock.now()):
        raise no_draft()
    return found


def no_draft() -> NotFound:
    """What is answered where a draft is gone, or was never the reader's."""
    return NotFound(f"That draft is gone. Drafts are kept for {in_hours(retention.DRAFTS.lasts)}.")


def owner_of(token: str | None) -> User | None:
    """Whose device a cookie names, or named before its sign-in ended; None for one that we do not know."""
    return db.session.scalar(select(User).join(Device).where(Device.token_hash == hash_of(token or "")))


IS_DRAFT = and_(
    Intent.user_id == bindparam("user"),
    Intent.state == IntentState.CLAIMED,
    Intent.expires_at > bindparam("now", type_=UtcDateTime()),
)
DRAFTS = select(Intent).where(IS_DRAFT).order_by(Intent.created_at.desc(), Intent.id.desc()).limit(20)
DRAFTS_WITHOUT_FORMS = DRAFTS.where(Intent.kind != FORM)
# For a page that asks all rooms at once whether there is anything: of `user`, at `now`.
HAS_DRAFTS = exists().where(IS_DRAFT, Intent.kind != FORM)
WANTS_TO_GO = exists().where(Erasure.user_id == bindparam("user"), Erasure.state == spelled(ErasureState.ASKED))


def drafts_for(user: User, *, with_forms: bool = False) -> Sequence[Intent]:
    """What `user` began and did not finish, newest first; `with_forms` adds what only its own browser shows again."""
    asked = DRAFTS if with_forms else DRAFTS_WITHOUT_FORMS
    return db.session.scalars(asked, {"user": user.id, "now": clock.now()}).all()


def expired_intents(now: datetime, limit: int = 500) -> Sequence[Intent]:
    """Intents whose time is over and whose row does not say so yet."""
    return db.session.scalars(
        select(Intent).where(Intent.state.in_(LIVE), Intent.expires_at <= now).order_by(Intent.id).limit(limit)
    ).all()


def open_erasure(user: User) -> Erasure | None:
    """That the account of `user` is about to go, None when nobody asked for that."""
    return db.session.scalar(select(Erasure).where(Erasure.user_id == user.id, Erasure.state == ErasureState.ASKED))


def due_erasures(now: datetime) -> Sequence[int]:
    """Ids of the wishes whose fourteen days are over, the oldest first: all of them, as some may be held for long."""
    asked = (Erasure.state == ErasureState.ASKED, Erasure.due_at <= now)
    return db.session.scalars(select(Erasure.id).where(*asked).order_by(Erasure.due_at, Erasure.id)).all()


def erasure_by_number(number: str) -> Erasure:
    """The certificate with this number; raises `NotFound`."""
    found: Erasure | None = db.session.scalar(select(Erasure).where(Erasure.code == number))
    if found is None:
        raise NotFound()
    return found


def erased_since(since: datetime) -> Sequence[Row[str, datetime | None]]:
    """(public id, when) of every account that was erased since then: what a restored copy has to do again."""
    return db.session.execute(
        select(User.code, Erasure.ended_at)
        .join(Erasure, Erasure.user_id == User.id)
        .where(Erasure.state == ErasureState.DONE, Erasure.ended_at >= since)
        .order_by(Erasure.ended_at, Erasure.id)
    ).all()


def has_agreed(user_id: int, document: str) -> ColumnElement[bool]:
    """The condition that this person agreed to the version of `document` that is in force now."""
    return exists().where(
        ConsentRecord.user_id == user_id,
        ConsentRecord.document == document,
        ConsentRecord.version == consents.version_of(document),
    )
