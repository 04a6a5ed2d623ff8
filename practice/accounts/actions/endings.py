"""This file knows how what an earlier holder left working ends, as the table in the policy says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from practice.accounts import holdings, policy
from practice.accounts.models import Device, User, new_uniquifier
from practice.accounts.policy import ENDS, TIME, Change, Holding
from practice.store.db import transactional
from practice.work.each import one_by_one

from .devices import end_other_devices
from .links import drop_links

# All but "undo_email": that one is the owner's way back, and no holder may shut it.
LINKS = ("confirm", "reset", "new_email", "invite", "stay_on", "two_step_off")


@contextmanager
def ending(user: User, change: Change, *, keep: Device | None = None) -> Iterator[None]:
    """End for `user` what `change` ends, around what it writes of the account itself, inside the caller's transaction.

    What locks calendars comes before that, as with everybody who books; the rest after it, and reads what was written.
    `keep` is the device in hand. Its cookie needs `access.renew` afterwards.
    """
    holdings.let_go(user, ENDS[change] & TIME)
    yield
    if Holding.DEVICES in ENDS[change]:
        end_other_devices(user, keep)
    holdings.let_go(user, ENDS[change] - TIME)


@transactional
def end_what_was_left(user: User, change: Change, *, keep: Device | None = None) -> None:
    """The same where nothing of the account itself is written before."""
    with ending(user, change, keep=keep):
        pass


@transactional
def sign_out_elsewhere(user: User, this: Device | None) -> None:
    """Sign out everywhere but here: what opens the account without this device ends too."""
    end_what_was_left(user, Change.SIGNED_OUT, keep=this)


@holdings.lets_go(Holding.BROWSERS)
def _take_another_name(user: User) -> None:
    """Every cookie knows the account by this name: under another one none of them means anything, on any server."""
    user.fs_uniquifier = new_uniquifier()


@holdings.lets_go(Holding.LINKS)
def _drop_links(user: User) -> None:
    drop_links(user, *LINKS)


@holdings.lets_go(Holding.SETTINGS)
def _as_on_the_first_day(user: User) -> None:
    """What sign-up asks (name, zone, whether mail is safe) was answered by whoever shows the proof."""
    user.calendar_label, user.reminders, user.exit_everywhere, user.country = "Appointment", True, True, None


def end_some(what: str, ids: Iterable[int], end: Callable[[int], bool]) -> int:
    """End one after the other, as many as one run of a sweep does; how many. Those that have to stay take nobody's
    turn."""
    ended: list[int] = []

    def see_to(number: int) -> None:
        if len(ended) < policy.ENDED_AT_ONCE and end(number):
            ended.append(number)

    one_by_one(what, ids, see_to, named=str)
    return len(ended)
