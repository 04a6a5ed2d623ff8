"""This file knows what an answer may not hold: links, amounts of money, and ways to be reached. Pure text, no guessing
at what somebody means."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import regex

LONGEST_PIECE = 60  # of what is shown back


class Unwanted(StrEnum):
    """What of an answer has no place in it."""

    LINK = "link"
    MAIL = "mail"
    PHONE = "phone"
    HANDLE = "handle"
    PRICE = "price"


@dataclass(frozen=True)
class Piece:
    """A piece of an answer that has no place in it, as it was typed but for spaces that nobody sees."""

    kind: Unwanted
    text: str

    @property
    def sentence(self) -> str:
        """What to do about it, and why nothing is lost by it."""
        return SENTENCES[self.kind].format(f"“{self.text}”")


SENTENCES = {
    Unwanted.LINK: "Please leave out the link {}. Your name leads to your profile by itself.",
    Unwanted.MAIL: "Please leave out the address {}. Whoever wants to write to you can do so through your name.",
    Unwanted.PHONE: "Please leave out the number {}. The page names help lines by itself, and your name leads to you.",
    Unwanted.HANDLE: "Please leave out the account {}. Your name leads to your profile by itself.",
    Unwanted.PRICE: "Please leave out the amount {}. Prices stand on your profile.",
}

# Ends of addresses that are no word somebody could begin a sentence with after a full stop and no space.
_ENDS = "com|org|net|info|biz|app|dev|online|website|link|eu|uk|ie|fr|nl|pl|ru|ua|jp|ch"
_LINK = regex.compile(
    rf"(?:https?|ftp)\s?:\s?//\s?\S+|\bwww\s?\.\s?\w\S*|"
    rf"\b[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}\-]{{0,63}}(?:\.[\p{{L}}\p{{N}}\-]{{1,63}}){{0,4}}\.(?:{_ENDS})\b(?:/\S*)?|"
    r"\b[\w\-]{1,63}\.[a-z]{2,24}/\S+",
    regex.IGNORECASE,
)
_AT, _DOT = r"(?:@|[(\[{]\s?(?:at|@)\s?[)\]}])", r"(?:\.|[(\[{]\s?dot\s?[)\]}])"
_MAIL = regex.compile(rf"[\w.+\-]{{1,64}}\s?{_AT}\s?[\w\-]{{1,64}}(?:\s?{_DOT}\s?\w{{1,64}}){{1,4}}", regex.IGNORECASE)
_HANDLE = regex.compile(r"(?<![\w.])@\w[\w.]{2,}")
# Days and spans of years are numbers that reach nobody.
_DAY = regex.compile(
    r"\b\d{4}\s?[\-–./]\s?\d{1,2}\s?[\-–./]\s?\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{4}\s?[\-–]\s?\d{4}\b"
)
_PHONE = regex.compile(r"(?<![\w.,])(?:\+|\(|0)?\d(?:[\s().\-–/]{0,2}\d){6,}(?!\w)")
_COINS = r"€|\$|£|¥|₹|₽|₴|zł|\bEUR|\bUSD|\bGBP|\bCHF|\bPLN|\bJPY|\bINR|\bUAH|\bCAD|\bAUD|\bBRL|\bR\$"
_AFTER = r"€|\$|£|¥|₹|₽|₴|zł\b|EUR\b|USD\b|GBP\b|CHF\b|PLN\b|JPY\b|INR\b|UAH\b|CAD\b|AUD\b|BRL\b|euros?\b|dollars?\b|円"
_PRICE = regex.compile(rf"(?:{_COINS})\s?\d[\d.,]*|\d[\d.,]*\s?(?:{_AFTER})", regex.IGNORECASE)
_ORDER = (
    (Unwanted.MAIL, _MAIL),
    (Unwanted.LINK, _LINK),
    (Unwanted.HANDLE, _HANDLE),
    (Unwanted.PRICE, _PRICE),
    (Unwanted.PHONE, _PHONE),
)
# What takes no room on a page, put inside a link so that no machine sees it.
_UNSEEN = regex.compile(r"[\p{Cf}\u00ad\u115f\u1160\u3164\uffa0]")


def pieces(text: str) -> list[Piece]:
    """Everything in `text` that an answer may not hold, each once, in the order of kinds and then of the text."""
    return list(dict.fromkeys(_found(_plain(text))))


def sentences(text: str) -> list[str]:
    """The same as sentences for whoever wrote it; none for an answer that is fine."""
    return [each.sentence for each in pieces(text)]


def _found(text: str) -> Iterator[Piece]:
    for kind, pattern in _ORDER:
        for match in pattern.finditer(text):
            yield Piece(kind, match[0].strip().rstrip(".,;:!?")[:LONGEST_PIECE])
        # What one kind has named is no other kind as well.
        text = pattern.sub(" ", text)


def _plain(text: str) -> str:
    """Wide and narrow spellings as one, nothing that cannot be seen, and no days."""
    return _DAY.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
