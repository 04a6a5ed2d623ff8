"""This file knows text that people type: what of it can be kept, what is a name, and how one stands among our words."""

from __future__ import annotations

import unicodedata

import regex
from anyascii import anyascii
from markupsafe import Markup, escape

LONGEST_NAME = 60
NAMELESS = "Tell us what to call you. A first name or a nickname is enough."
SIGNS = "<>@/\\"

# Line ends of all systems and word processors; each is one.
_BREAKS = regex.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# What no keyboard types and no page can show: controls, halves of characters, no characters, what bytes that are no
# UTF-8 become, and characters that mean something else on each machine. Emoji of next year are none of these.
_UNKEPT = regex.compile(r"[[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point=Yes}\uFFFD]--[\n\t]]", regex.V1)
# Marks that turn the direction of what follows, and tags that nobody sees unless they make a flag.
_FLAG = "\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f"
_TURNING = regex.compile(f"{_FLAG}(*SKIP)(*FAIL)|[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
# What takes no room on a page, or only room, though some of it counts as letters.
_UNSEEN = regex.compile("[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2060-\u2064\u2800\u3164\uffa0]")
_JOINERS = "\u200c\u200d"
_SEEN = regex.compile(r"[\p{L}\p{N}\p{So}]")
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}\p{Bidi_Class=AN}]")

UNMARKED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"})
_APOSTROPHES = regex.compile("['’‘ʼʻ`´′]")
_BETWEEN = regex.compile(r"[^\p{L}\p{N}\p{M}]+")

TITLES = frozenset(
    ("dr", "prof", "professor", "mr", "mrs", "ms", "mx", "drs", "frau", "herr", "mme", "dra", "phd", "psyd")
)
# What is a title only with its full stop: without one, somebody is called so.
SHORTENED = TITLES.union(
    (
        "mag",
        "dipl",
        "med",
        "phil",
        "psych",
        "rer",
        "nat",
        "habil",
        "univ",
        "pd",
        "ing",
        "lic",
        "rev",
        "fr",
        "sr",
        "dott",
    )
)


# ---------------------------------------------------------------- what can be kept


def tidy(text: str) -> str:
    """`text` as it is kept: composed letters, plain line ends, no marks that turn what follows, no space around."""
    return unicodedata.normalize("NFC", _TURNING.sub("", _BREAKS.sub("\n", text))).strip()


def fault(text: str, *, is_line: bool = False) -> str:
    """Why tidy `text` cannot be kept, in a sentence; empty when it can. A line has no breaks in it."""
    if _UNKEPT.search(text):
        return "Some characters in this text cannot be stored. Please write it again without them."
    return "Please write this on one line." if is_line and "\n" in text else ""


def sought(text: str, most: int) -> str:
    """What is looked for, on one line of at most `most` characters; what cannot be stored cannot be found either."""
    return " ".join(_UNKEPT.sub(" ", tidy(text)).split())[:most]


def clean_name(text: str, most: int = LONGEST_NAME) -> str:
    """`text` as a name that can be shown to others and stand in a letter; ValueError carries the field's sentence."""
    name = text.strip()
    if _UNKEPT.search(name.replace("\t", " ")) or _BREAKS.search(name) or _TURNING.search(name):
        raise ValueError("That name holds a character that we cannot show. Please type it again.")
    name = unicodedata.normalize("NFC", " ".join(word.strip(_JOINERS) for word in _UNSEEN.sub("", name).split()))
    if not _SEEN.search(name):
        raise ValueError(NAMELESS)
    if len(name) > most:
        raise ValueError(f"Use {most} characters or fewer.")
    if any(sign in name for sign in SIGNS):
        raise ValueError("A name here can't hold these signs: < > @ / \\")
    return name


# ---------------------------------------------------------------- a name among our words


class Name(str):
    """A name as it stands among our words: where it is written the other way, it turns nothing but itself.

    Written into HTML it is a `<bdi>`, into text it has isolating marks around it (UAX 9). Alone, or where no markup can
    stand, `str()` of it. `bare` is what was typed.
    """

    __slots__ = ()

    @property
    def bare(self) -> str:
        """Without marks."""
        return str.__str__(self)

    def __str__(self) -> str:
        return f"\u2068{self.bare}\u2069" if _RIGHT_TO_LEFT.search(self) else self.bare

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __html__(self) -> Markup:
        return Markup("<bdi>{}</bdi>").format(self.bare) if _RIGHT_TO_LEFT.search(self) else escape(self.bare)


def initials(name: str) -> list[str]:
    """The first visible letters of the first and the last word: whole signs, as a reader sees them; one at least."""
    words = untitled(name)
    found = [_first_letter(word) for word in (*words[:1], *words[1:][-1:])]
    return [each for each in found if each] or ["?"]


def as_initials(name: str) -> Name:
    """How a client appears in anything that leaves: "B. K."; without a name as what they are."""
    return Name(" ".join(f"{each}." for each in initials(name)) if name.strip() else "A client")


def _first_letter(word: str) -> str:
    signs = regex.findall(r"\X", word)
    first = next((sign for sign in signs if _LETTER.search(sign)), next(iter(signs), ""))
    large: str = first.upper()
    return large if len(large) == len(first) else first


def untitled(name: str) -> list[str]:
    """The words of a name without the titles before and after it."""
    name = _UNSEEN.sub("", name)
    words = name.partition(",")[0].split() or name.split()
    return [word for word in words if not _is_title(word)] or words


def _is_title(word: str) -> bool:
    parts = fold(word).split()
    return bool(parts) and set(parts) <= (SHORTENED if word.endswith(".") else TITLES)


def called(name: str) -> str:
    """What people most likely call somebody of this name: its first word that is neither title nor initial."""
    words = untitled(name)
    return next((word for word in words if len(fold(word)) > 1), " ".join(words))


# ---------------------------------------------------------------- text as it is compared


def fold(text: str) -> str:
    """`text` as it is compared and made into addresses: small plain letters, one space for what is between words."""
    small = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = unicodedata.normalize("NFKD", small).translate(UNMARKED)
    words: str = _BETWEEN.sub(" ", "".join(c for c in plain if not unicodedata.combining(c)))
    return words.strip()


def in_plain_letters(text: str) -> str:
    """`text` in small letters from a to z, for addresses: what `fold` cannot make plain is written as it sounds."""
    folded = fold(text)
    return folded if folded.isascii() else anyascii(unicodedata.normalize("NFC", text)).lower()
