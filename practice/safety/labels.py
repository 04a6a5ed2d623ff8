"""This file knows which words may mean that somebody is in danger, so that a page can show whom to call.

It reads a text, answers once and remembers nothing; nothing is blocked, stored, logged or reported because of it. It is
wide on purpose: a number shown to somebody who did not need it costs nothing.
"""

from __future__ import annotations

import re

from practice.values.text import fold

# Stems and phrases, without accents and apostrophes, a space for every blank. One line for each language and kind.
PHRASES = (
    # English: of oneself
    r"suicid\w*|kill(ing)? my ?self|end(ing)? (it all|my life|things for good)|tak(e|ing) my (own )?life",
    r"(want|wish|going|ready|rather) (to )?(be dead|die|dead)|better off (dead|without me)",
    r"no (reason|point) (to|in) liv\w+|not wake up|self ?harm\w*|overdos\w+",
    r"(dont|do not|cant|cannot) (want to )?(live|go on|be here|be alive)( like this| any ?more| anymore)?",
    r"(hurt|harm|cut|burn)(t?ing)? my ?self",
    # English: of others
    r"(he|she|they|partner|husband|wife|boyfriend|girlfriend|father|mother) "
    r"(hits?|beats?|chokes?|strangles?|rapes?|threatens?)",
    r"(will|going to|threaten\w*|wants? to) (kill|hurt) (me|us|my|the kids|him|her)",
    r"(afraid|scared|frightened) (of|for) my life",
    r"(afraid|scared|frightened) of (him|her|my (partner|husband|wife|boyfriend|girlfriend|father|ex))",
    # German
    r"selbstmord\w*|suizid\w*|umbringen|(nicht mehr|nicht laenger|nicht langer) leben|sterben will|will sterben",
    r"selbst verletz\w+|mein (mann|freund|partner) (schlagt|schlaegt|wurgt|wuergt)|schlagt mich|schlaegt mich",
    # French
    r"me tuer|me suicider|suicidaire|en finir|envie de mourir|veux mourir|plus vivre|me scarifie\w*|il me (frappe|bat)",
    # Spanish and Portuguese
    r"suicidar\w*|suicidio|matarme|quitarme la vida|(quiero|ganas de) morir|no quiero vivir|hacerme dano",
    r"me (pega|golpea)|me matar|tirar a minha vida|quero morrer|nao quero (mais )?viver|me machucar|ele me bate",
    # Dutch, Italian, Polish
    r"zelfmoord\w*|mezelf (doden|pijn|snijden)|wil (niet meer leven|dood)|hij slaat me",
    r"uccidermi|suicidarmi|voglio morire|farla finita|mi picchia",
    r"samoboj\w*|zabic sie|nie chce (juz )?zyc|chce umrzec|bije mnie",
)
_DANGER = re.compile(r"\b(" + "|".join(PHRASES) + r")\b")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def mentions_danger(*texts: str | None) -> bool:
    """True if one of the texts holds words that people in danger use; False says nothing about anybody."""
    return any(_DANGER.search(_plain(text)) is not None for text in texts if text)


def _plain(text: str) -> str:
    """Plain small letters, one space between words."""
    return _BETWEEN.sub(" ", fold(text)).strip()
