"""This file knows how the log speaks to people: each room brings the lines of what it records, beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_lines: dict[str, str] = {}
_facts: dict[str, str] = {}
_kinds: dict[str, str] = {}


def log_lines(lines: Mapping[str, str]) -> None:
    """Register words for codes of the log, in the past tense: the column beside them says who."""
    _lines.update(lines)


def log_facts(facts: Mapping[str, str]) -> None:
    """Register what of a line's detail tells it from others of its code: "{minutes} minutes"."""
    _facts.update(facts)


def log_kinds(kinds: Mapping[str, str]) -> None:
    """Register what the first half of a code is about, "booking": "Appointments"."""
    _kinds.update(kinds)


def line(code: str) -> str:
    """What a line of the log says, "Booked an appointment"; a code from another version stands for itself."""
    return _lines.get(code, code)


def facts(code: str, detail: Mapping[str, Any]) -> str:
    """What tells this line from others of its code, "50 minutes, version 2"; empty where nothing does."""
    try:
        return _facts.get(code, "").format_map(detail)
    except KeyError:
        return ""  # from before this was noted


def kind(name: str) -> str:
    """What the first half of a code is about, "Appointments"."""
    return _kinds.get(name, name)


def known() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """All lines by their code, and all kinds by their name."""
    return _lines, _kinds


log_lines(
    {
        "audit.handed_over": "Let a new key vouch for the log",
        "mail.resumed": "Let letters leave from a restored database",
        "vault.key_given_up": "Gave up a key that is lost",
    }
)
log_kinds(
    {
        "audit": "The log itself",
        "mail": "Mail",
        "vault": "Keys",
    }
)
