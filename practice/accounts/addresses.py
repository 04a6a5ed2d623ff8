"""This file knows mail addresses: the one spelling of each, which are proper, and which two reach the same person."""

from __future__ import annotations

import hashlib

from email_validator import EmailNotValidError, validate_email

GMAIL = {"gmail.com", "googlemail.com"}
# These mailboxes drop what follows a plus sign, so it cannot make a second person.
DROPS_TAGS = GMAIL | {
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "me.com",
    "fastmail.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
}


# No mailbox has a longer name (RFC 5321, 4.5.3.1); what is longer need not be read.
LONGEST = 320


def folded(text: str) -> str:
    """`text` as its account stores it, or "" where it names no mailbox.

    Whatever compares addresses compares these: the key of a limit, the look-up, the stored value. With a way of its own
    each of them would have spellings that the others don't know.
    """
    try:
        return proper_address(text)
    except ValueError:
        return ""


def proper_address(text: str) -> str:
    """`text` as we store it: lower case, an international domain in its ASCII form. Raises ValueError with a sentence.

    The network is not asked: a slow or lying name server must not decide who may sign up.
    """
    bare = text.strip()
    if not bare:
        raise ValueError("Type an email address, such as name@example.org.")
    if len(bare) > LONGEST:
        raise ValueError("That address is too long for mail to reach it.")
    try:
        found = validate_email(bare, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError("That doesn’t look like an email address. It should look like name@example.org.") from error
    address = (found.ascii_email or found.normalized).lower()
    if len(address) > 254:
        raise ValueError("That address is too long for mail to reach it.")
    return address


def same_person(address: str) -> str:
    """The one spelling of a mailbox: without the dots and tags that its provider ignores."""
    name, _, domain = folded(address).rpartition("@")
    if domain in DROPS_TAGS:
        name = name.partition("+")[0]
    if domain in GMAIL:
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}@{domain}"


def person_key(address: str) -> str:
    """A hash (64 hex digits) that is the same for every spelling of one mailbox."""
    return hashlib.sha256(same_person(address).encode()).hexdigest()
