"""This file knows the words by which a question is found: folded and cut here, so that both engines hold and compare
the same, whatever either of them takes for a word (docs/decisions/0079)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import regex

from practice.values.text import UNMARKED

LONGEST_WORD = 32
# Of what somebody types: the rest is not looked for, and the page says so.
MOST_WORDS = 12
# Of a text that something alike is looked for.
MOST_COMPARED = 40
# A beginning shorter than this is looked for as a word of its own only: too much begins with one or two letters.
LEAST_BEGINNING = 3
END = "\U0010ffff"

# What takes no room: marks that turn, join, part or hide, soft hyphens, tags; and the line that stretches Arabic words.
_UNSEEN = regex.compile(r"[\p{Cf}\p{Cc}\p{Cs}\p{Co}\p{Cn}\u0640\u115f\u1160\u3164\uffa0--[\t\n\r]]", regex.V1)
# In these scripts a mark changes how a letter sounds and is often left out; elsewhere it is part of the word.
_MARKED = regex.compile(r"([[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]&&\p{L}])\p{M}+", regex.V1)
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_LIKE = str.maketrans({"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ς": "σ"})
_WORD = r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*"
_PARTS = regex.compile(_WORD)
_JOINED = regex.compile(rf"{_WORD}(?:['’‘ʼʻ`´′\-‐‑]{_WORD})*")
_APOSTROPHE = regex.compile("['’‘ʼʻ`´′]")
_HYPHEN = regex.compile(r"[\-‐‑]")
# Written without spaces, or with endings that grow onto the word: found by each two letters that stand side by side.
_RUN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fc\u3005\u3006]+", regex.V1
)


class Weight(IntEnum):
    """Where a word stands. One in the title outweighs as many as can be asked for in the words, and so on down."""

    ANSWER = 1
    WORDS = MOST_WORDS + 1
    TITLE = (MOST_WORDS + 1) ** 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: whole words, and the beginning of one or "". `is_cut`: more was typed than is looked for."""

    words: tuple[str, ...] = ()
    beginning: str = ""
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.beginning)


def folded(text: str) -> str:
    """`text` as it is compared: one form of each letter, small, without accents where they are often left out."""
    if text.isascii():
        return text.translate(_CONTROLS).lower()
    small = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    apart = unicodedata.normalize("NFKD", small).translate(UNMARKED)
    return unicodedata.normalize("NFC", _MARKED.sub(r"\1", apart).translate(_LIKE))


def words_of(text: str) -> set[str]:
    """Every word under which `text` is found; what a hyphen or an apostrophe joins is found whole and in parts."""
    found: set[str] = set()
    for joined in set(_JOINED.findall(folded(text))):
        if joined.isascii() and joined.isalnum():
            found.add(joined[:LONGEST_WORD])
            continue
        parts = _PARTS.findall(joined)
        for word in {*parts, "".join(parts)}:
            found.update(_cut(word, is_stored=True))
    return found


def weighted(title: str, words: str, answers: Iterable[str]) -> dict[str, int]:
    """The words of a question and what is answered to it, each with the weight of the best place where it stands."""
    found = dict.fromkeys(words_of("\n".join(answers)), int(Weight.ANSWER))
    found |= dict.fromkeys(words_of(words), int(Weight.WORDS))
    return found | dict.fromkeys(words_of(title), int(Weight.TITLE))


def asked(text: str) -> Asked:
    """What somebody looks for. The last word may be unfinished; no sign means anything but that a word ends there."""
    found: dict[str, None] = {}
    last = ""
    for word in _asked_words(text):
        pieces = _cut(word, is_stored=False)
        found |= dict.fromkeys(pieces)
        last = pieces[-1]
    words = list(found)
    beginning = last if last and _may_begin(last) else ""
    if beginning:
        words.remove(beginning)
    most = MOST_WORDS - bool(beginning)
    return Asked(tuple(words[:most]), beginning, len(words) > most)


def every_word(text: str) -> list[str]:
    """The words of a text that something alike is looked for, each once, as many as are looked at."""
    pieces = (piece for word in _asked_words(text) for piece in _cut(word, is_stored=False))
    return list(dict.fromkeys(pieces))[:MOST_COMPARED]


def _asked_words(text: str) -> list[str]:
    """Don’t is one word, co-parenting is two: so both are found however they were written."""
    return [_APOSTROPHE.sub("", part) for joined in _JOINED.findall(folded(text)) for part in _HYPHEN.split(joined)]


def _may_begin(word: str) -> bool:
    """Two letters of a run are a whole already; one of them alone begins two."""
    return len(word) == 1 if _RUN.fullmatch(word) else len(word) >= LEAST_BEGINNING


def _cut(word: str, *, is_stored: bool) -> list[str]:
    """The pieces of one word that are compared. The last letter of a run is stored by itself too: it begins no two."""
    pieces: list[str] = []
    at = 0
    for run in _RUN.finditer(word):
        pieces += _plain(word[at : run.start()])
        pieces += _pairs(run[0], is_stored=is_stored)
        at = run.end()
    return pieces + _plain(word[at:])


def _plain(word: str) -> list[str]:
    return [word[:LONGEST_WORD]] if word else []


def _pairs(run: str, *, is_stored: bool) -> list[str]:
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    return [*pairs, run[-1]] if is_stored or not pairs else pairs
