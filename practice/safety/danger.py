"""This file knows which words may mean that somebody is in danger, so that a page can show whom to call.

It reads a text, answers once and remembers nothing; nothing is blocked, stored, logged or reported because of it. It is
wide on purpose: a number shown to somebody who did not need it costs nothing.
"""

from __future__ import annotations

import re

from practice.values.text import fold

# Stems and phrases, without accents and apostrophes, a space for every blank. One line for each language and kind.
LATIN = (
    # English: of oneself
    r"suicid\w*|kill(ing)? my ?self|end(ing)? (it all|my life|things for good)|tak(e|ing) my (own )?life",
    r"(want|wish|going|ready|rather) (to )?(be dead|die|dead)|better off (dead|without me)",
    r"no (reason|point) (to|in) liv\w+|not wake up|self ?harm\w*|overdos\w+",
    r"(dont|do not|cant|cannot) (want to )?(live|go on|be here|be alive)( like this| any ?more| anymore)?",
    r"(dont|do not|cant|cannot) see (a|any) (way (forward|out|on)|reason to (live|go on))",
    r"(hurt|harm|cut|burn)(t?ing)? my ?self",
    # English: of others
    r"(he|she|they|partner|husband|wife|boyfriend|girlfriend|father|mother) "
    r"(hits?|beats?|chokes?|strangles?|rapes?|threatens?)",
    r"(will|going to|threaten\w*|wants? to) (kill|hurt) (me|us|my|the kids|him|her)",
    r"(afraid|scared|frightened) (of|for) my life",
    r"(afraid|scared|frightened) of (him|her|my (partner|husband|wife|boyfriend|girlfriend|father|ex))",
    # German
    r"selbstmord\w*|suizid\w*|umbringen|(nicht mehr|nicht laenger|nicht langer) leben|sterben will|will sterben",
    r"(mir|mich) (selbst )?(das leben nehmen|wehtun|verletzen|ritze\w*)|lebensmude|lebensmuede",
    r"er (schlagt|schlaegt|bedroht|wurgt|wuergt) mich|angst (vor|um) (meinem (mann|freund|ex)|mein leben)",
    r"selbst verletz\w+|mein (mann|freund|partner) (schlagt|schlaegt|wurgt|wuergt)|schlagt mich|schlaegt mich",
    # French
    r"me tuer|me suicider|suicidaire|en finir|envie de mourir|veux mourir|plus vivre|me scarifie\w*|il me (frappe|bat)",
    # Spanish and Portuguese
    r"suicidar\w*|suicidio|matarme|quitarme la vida|(quiero|ganas de) morir|no quiero vivir|hacerme dano",
    r"me (pega|golpea)|me matar|tirar a minha vida|quero morrer|nao quero (mais )?viver|me machucar|ele me bate",
    # Dutch, Italian, Polish
    r"zelfmoord\w*|mezelf (doden|pijn|snijden)|wil (niet meer leven|dood)|hij slaat me|einde aan mijn leven",
    r"uccidermi|suicidarmi|voglio morire|farla finita|mi picchia",
    r"samoboj\w*|zabic sie|odebrac sobie zycie|nie chce (juz )?zyc|chce umrzec|bije mnie|boje sie (meza|partnera)",
)
# The same in other alphabets, as they are written; compared without marks, and found inside longer words too.
OTHERS = (
    # Russian
    "самоубий|суицид|убить себя|покончить с собой|хочу умереть|не хочу жить|не хочу больше жить|порезать себя",
    "он меня бьет|он бьет меня|муж бьет|муж меня бьет|боюсь мужа|угрожает убить|режу себя",
    # Ukrainian
    "самогуб|вбити себе|накласти на себе руки|хочу померти|хочу вмерти|не хочу жити|не хочу більше жити",
    "він мене б'є|він б'є мене|чоловік б'є|боюся чоловіка|погрожує вбити",
    # Arabic
    "انتحار|أنتحر|انتحر|أقتل نفسي|قتل نفسي|أريد أن أموت|أريد الموت|لا أريد أن أعيش|إيذاء نفسي|أؤذي نفسي",
    "يضربني|يهددني بالقتل|أخاف من زوجي|زوجي يضرب",
    # Tamil
    "தற்கொலை|சாக விரும்பு|சாக வேண்டும்|செத்துப்போக|வாழ விரும்பவில்லை|வாழப் பிடிக்கவில்லை|உயிரை மாய்",
    "என்னை அடிக்கிறார்|என்னை அடிக்கிறான்|கொன்றுவிடுவேன்",
    # Hindi
    "आत्महत्या|खुदकुशी|ख़ुदकुशी|मरना चाहता|मरना चाहती|जीना नहीं चाहता|जीना नहीं चाहती|जान देना|खुद को मार",
    "मुझे मारता है|मुझे पीटता है|जान से मारने",
    # Japanese
    "死にたい|自殺|自死|消えてしまいたい|消えたい|生きていたくない|生きたくない|リストカット|自傷|殺される",
    "殴られる|殴られて|暴力を振る|暴力をふる",
)
_DANGER = re.compile(r"\b(" + "|".join(LATIN) + r")\b")
_IN_OTHERS = frozenset(fold(each) for line in OTHERS for each in line.split("|"))


# Many times what any form keeps. What is refused for its length is looked at so far: a letter can unfold to eighteen,
# and a body of nothing else would cost seconds.
LOOKED_AT = 120_000


def danger(*texts: str | None) -> bool:
    """True if one of the texts holds words that people in danger use; False says nothing about anybody."""
    return any(_is_in(fold(text[:LOOKED_AT])) for text in texts if text)


def _is_in(plain: str) -> bool:
    """Whether small letters without marks, one space between words, hold one of the phrases."""
    return _DANGER.search(plain) is not None or any(each in plain for each in _IN_OTHERS)
