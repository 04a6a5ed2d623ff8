"""This file knows the decisions about accounts: which passwords are good enough, how long a sign-in lasts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from zxcvbn import zxcvbn

SHORTEST = 12
LONGEST = 128
# Guesses of somebody who tries common passwords, words and patterns first; so many are out of reach over our doors, and
# take long with a stolen table of hashes.
FEWEST_GUESSES = 10**10
# Characters that the estimator reads at a time: its work grows with each, above all where signs may stand for letters.
MOST_READ = 32
# Passwords that became common because a text praised them.
PRAISED = ("correcthorsebatterystaple",)

# Characters of why somebody did something to another person's account.
LONGEST_REASON = 500

# A sign-in ends when nothing happened for so long (idle), and after so long in any case (whole).
PRACTICE_IDLE = timedelta(minutes=30)
PRACTICE_IDLE_OWN_DEVICE = timedelta(hours=12)
CLIENT_IDLE = timedelta(hours=12)
CLIENT_IDLE_OWN_DEVICE = timedelta(days=30)
PRACTICE_WHOLE = timedelta(hours=12)
PRACTICE_WHOLE_OWN_DEVICE = timedelta(days=30)
CLIENT_WHOLE = timedelta(days=90)

# Sensitive changes ask for the password again when it was typed longer ago than this.
FRESH = timedelta(minutes=10)
HALF_IN = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=5)

CONFIRM_WITHIN = timedelta(hours=48)
RESET_WITHIN = timedelta(minutes=60)
NEW_EMAIL_WITHIN = timedelta(hours=24)
UNDO_EMAIL_WITHIN = timedelta(hours=72)
# Two-step sign-in that is younger than this when the address changes may be of the hand that changed it.
TWO_STEP_IS_YOUNG = timedelta(hours=72)
# A lost second step comes back over the mailbox after so long, and the last link then works for so long.
TWO_STEP_BACK_AFTER = timedelta(hours=72)
TWO_STEP_BACK_WITHIN = timedelta(hours=72)
INVITE_WITHIN = timedelta(hours=48)
# Whoever wants their account gone can change their mind on every one of these days.
ERASED_AFTER = timedelta(days=14)
# How many accounts one sweep ends. Those that have to stay do not count: they would keep all behind them waiting.
ENDED_AT_ONCE = 200


class Change(StrEnum):
    """What happens to an account that somebody else may have had in their hands."""

    SIGNED_OUT = "signed_out"  # its owner signs out everywhere else
    TWO_STEP = "two_step"  # two-step sign-in is turned on or off
    NEW_PASSWORD = "new_password"  # noqa: S105 - its owner, signed in, chooses another one
    RESET = "reset"  # its owner comes back over the mailbox
    TAKEN_BACK = "taken_back"  # a change of address is undone
    FIRST_PROOF = "first_proof"  # somebody shows for the first time that the mailbox is theirs
    LOCKED = "locked"  # the operator, or two of the staff
    REMOVED = "removed"  # the account itself goes


class Holding(StrEnum):
    """What an earlier holder could leave working."""

    DEVICES = "devices"  # signed-in browsers; the one in hand stays where there is one
    BROWSERS = "browsers"  # half-finished sign-ins, and marks of a browser that its owner used before
    LINKS = "links"  # mailed links that still wait, a recovery under way; never the owner's own way back
    FEEDS = "feeds"  # secret calendar addresses
    DRAFTS = "drafts"
    SAVED = "saved"  # people kept for later
    SETTINGS = "settings"
    HOLDS = "holds"  # times kept while a form is open
    PRACTICE = "practice"  # a public profile that takes new people
    WISH = "wish"  # that the account is to be deleted


# Ending these locks calendars. Whoever books locks a calendar first and then its client, so they end before anything
# else about the person is written.
TIME = frozenset({Holding.HOLDS, Holding.PRACTICE})


def may_be_an_intruders(turned_on_at: datetime | None, changed_at: datetime) -> bool:
    """True for two-step sign-in, or spare codes, from shortly before the address changed, or after it: whoever had
    got in may have done both. An older one is the owner's, since nobody gets in past it."""
    return turned_on_at is not None and turned_on_at > changed_at - TWO_STEP_IS_YOUNG


_WAYS_IN = frozenset({Holding.DEVICES, Holding.BROWSERS, Holding.LINKS})
# Drafts, saved people and settings open nothing to anybody. They end where nothing of them can be trusted to be the
# owner's; elsewhere a wrong guess would cost the owner what they wrote, or write to a mailbox that is not safe.
ENDS: dict[Change, frozenset[Holding]] = {
    Change.SIGNED_OUT: _WAYS_IN | {Holding.FEEDS},
    Change.TWO_STEP: _WAYS_IN,
    Change.NEW_PASSWORD: _WAYS_IN | {Holding.FEEDS},
    # Whoever comes back from outside may never have heard of a wish. Signed in, they are told of it on the spot: it may
    # be their own, and they can take it back there.
    Change.RESET: _WAYS_IN | {Holding.FEEDS, Holding.DRAFTS, Holding.HOLDS, Holding.WISH},
    Change.TAKEN_BACK: _WAYS_IN | {Holding.FEEDS, Holding.DRAFTS, Holding.HOLDS, Holding.WISH},
    Change.FIRST_PROOF: frozenset(Holding),
    Change.LOCKED: _WAYS_IN | {Holding.FEEDS, Holding.HOLDS, Holding.PRACTICE},
    Change.REMOVED: frozenset(Holding) - {Holding.WISH},  # it is fulfilled
}


def password_fault(password: str, email: str = "", brand: str = "", printed: Sequence[str] = ()) -> str | None:
    """Why `password` is not good enough, as a sentence that says how to mend it; None when it is.

    `printed` are passwords that stand in public, such as the demo's own.

    ASVS 5.0 6.2: length decides, no rules about kinds of characters, and nothing that everybody tries first.
    """
    if len(password) < SHORTEST:
        return f"Use {SHORTEST} characters or more. Three or four unrelated words work well."
    if len(password) > LONGEST:
        return f"Use {LONGEST} characters or fewer."
    if any(unicodedata.category(c) == "Cc" for c in password):
        return "That password holds a character that cannot be typed on every keyboard."
    if _is_built_from(password, _names(email, brand)):
        return "That is too close to your address or to our name. Try three or four unrelated words."
    if _letters(password) in map(_letters, (*PRAISED, *printed)) or _is_predictable(password):
        return "Many people choose something like that, so it is tried first. Three or four unrelated words work well."
    return None


def _names(email: str, brand: str) -> list[str]:
    local, _, domain = email.lower().partition("@")
    names = (email.lower(), local, domain.rpartition(".")[0], brand.lower())
    return [name for name in names if len(name) >= 4]


def _is_built_from(password: str, names: list[str]) -> bool:
    """True when hardly anything remains once a known name is taken out."""
    bare = _letters(password)
    return any(
        _letters(name) in bare and len(bare.replace(_letters(name), "")) < SHORTEST // 2
        for name in names
        if _letters(name)
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _is_predictable(password: str) -> bool:
    """True when it is guessed early: a common password, words that are often used, a walk on the keyboard, a date.

    One good stretch is enough, wherever it stands in a long password.
    """
    return all(zxcvbn(part)["guesses"] < FEWEST_GUESSES for part in _stretches(password))


def _stretches(password: str) -> Iterator[str]:
    """The password in stretches as long as are read at a time, each half over the one before; the last ends with it."""
    last = max(0, len(password) - MOST_READ)
    for begins in (*range(0, last, MOST_READ // 2), last):
        yield password[begins : begins + MOST_READ]


def is_over(*, practice: bool, own_device: bool, since: datetime, seen: datetime, now: datetime) -> bool:
    """True when a sign-in has lasted too long (ASVS 5.0 7.3): those who read other people's matters end sooner."""
    if practice:
        idle = PRACTICE_IDLE_OWN_DEVICE if own_device else PRACTICE_IDLE
        whole = PRACTICE_WHOLE_OWN_DEVICE if own_device else PRACTICE_WHOLE
    else:
        idle = CLIENT_IDLE_OWN_DEVICE if own_device else CLIENT_IDLE
        whole = CLIENT_WHOLE
    return now - seen > idle or now - since > whole


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """What a person calls the browser: "Firefox on Linux"; made of fixed words only, never of what was sent."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
