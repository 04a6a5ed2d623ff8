"""This file knows what in a text may say who somebody is: addresses of mail and web, phone numbers, streets, names.

It marks them for the writer, who changes them or sends them as they are; nothing is stored of what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import regex

MOST = 50  # marked in one text; what is a list of hundreds is seen at the first fifty


class Kind(StrEnum):
    """What it may be."""

    MAIL = "mail"
    WEB = "web"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True)
class Span:
    """Where in a text it stands: from `begins` up to, not including, `ends`."""

    begins: int
    ends: int
    kind: Kind


_STREET = (
    r"(?:street|st\.|road|rd\.|avenue|ave\.?|lane|drive|court|square|terrace|close|boulevard|blvd\.?"
    r"|ulica|utca|gasse|platz|weg|straat|laan|plein)"
)
# The first that matches has the place; each is linear in the length of a text.
_PATTERNS: tuple[tuple[Kind, regex.Pattern[str]], ...] = tuple(
    (kind, regex.compile(pattern, regex.V1))
    for kind, pattern in (
        (
            Kind.MAIL,
            r"[\p{L}\p{N}._%+\-]{1,64}+(?:@|\s?[\[(]at[\])]\s?)[\p{L}\p{N}][\p{L}\p{N}.\-]{0,190}\.\p{L}{2,24}",
        ),
        (Kind.WEB, r"(?:https?://|www\.)[^\s<>]{2,300}+|(?<![\p{L}\p{N}])@[\p{L}\p{N}_][\p{L}\p{N}_.]{2,40}"),
        (Kind.PHONE, r"(?<![\p{L}\p{N}.,])(?:\+|00)?\(?\p{Nd}(?:[ \-./()\u00a0]{0,2}\p{Nd}){6,14}(?![\p{L}\p{N}])"),
        (Kind.ADDRESS, rf"(?i)\b\p{{Nd}}{{1,5}}[a-z]?,? (?:\p{{L}}[\p{{L}}'’\-]* ){{1,3}}{_STREET}(?!\p{{L}})"),
        (
            Kind.ADDRESS,
            r"(?i)\b\p{L}+(?:straße|strasse|str\.|gasse|platz|weg|straat|laan|plein) ?\p{Nd}{1,4}[a-z]?\b"
            r"|\b(?:rue|calle|via|rua|ulica|ul\.|улица|ул\.|вулиця|вул\.)"
            r" (?:\p{L}[\p{L}'’\-.]* ){1,3}?,? ?\p{Nd}{1,4}\b",
        ),
        (
            Kind.NAME,
            r"\b\p{Lu}\p{Ll}[\p{L}'’\-]{0,30} (?:(?:von|van|de|da|di|del|der|den|la|le|Mc|O['’]) ?){0,2}"
            r"\p{Lu}[\p{L}'’\-]{1,30}(?: \p{Lu}[\p{L}'’\-]{1,30})?",
        ),
    )
)
_DATE = regex.compile(r"\p{Nd}{4}[-./ ]\p{Nd}{1,2}[-./ ]\p{Nd}{1,4}|\p{Nd}{1,2}[./]\p{Nd}{1,2}[./]\p{Nd}{4}")
# What begins a sentence or is no name of a person, in the places where two capitals stand together.
_OTHER_WORDS = """
a after all also and any as at because before but can christmas could dear did do does each easter even every for from
god has have he her here his how i if in instead is it its january february march april may june july august september
october november december just last like maybe monday tuesday wednesday thursday friday saturday sunday mum mom mother
dad father my new next no not now of on once one only or our perhaps please she should since so some sometimes still
that the their then there these they this though to today tomorrow two until we well what when where which while who
whose why will with would yes yesterday you your english german french spanish united states kingdom north south east
west great britain saint san los ich er sie wir es das der die ein eine mein meine je il elle nous el ella yo mi
"""
_NO_NAME = frozenset(_OTHER_WORDS.split())


def found(text: str) -> list[Span]:
    """What may say who somebody is, in the order of the text and without overlaps; at most `MOST`."""
    spans: list[Span] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            span = Span(match.start(), match.end(), kind)
            if len(spans) < MOST and _counts(kind, match.group()) and not any(_overlap(span, each) for each in spans):
                spans.append(span)
    return sorted(spans, key=lambda span: span.begins)


def _counts(kind: Kind, words: str) -> bool:
    if kind is Kind.PHONE:
        return _DATE.fullmatch(words) is None
    if kind is Kind.NAME:
        return not any(each.casefold() in _NO_NAME for each in words.split()[:2])
    return True


def _overlap(one: Span, other: Span) -> bool:
    return one.begins < other.ends and other.begins < one.ends


def parts(text: str, spans: Iterable[Span]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked."""
    pieces, at = [], 0
    for span in spans:
        pieces += [(text[at : span.begins], False), (text[span.begins : span.ends], True)]
        at = span.ends
    return [piece for piece in (*pieces, (text[at:], False)) if piece[0]]
