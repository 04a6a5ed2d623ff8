"""This file knows what one line says about each part of a profile while the part is folded away."""

from __future__ import annotations

from collections.abc import Sequence

from . import choices
from .models import Specialist
from .states import CoupleStance, Format

NAMED = 3


def summary_lines(specialist: Specialist) -> dict[str, str]:
    """A line for each part of the editor: own, topics, meeting, languages, ways, checked, papers."""
    names = sorted(specialist.topics, key=lambda row: not row.is_main)
    return {
        "own": specialist.headline,
        "topics": _listed([row.topic.name for row in names]),
        "meeting": _listed([choices.FORMATS[Format(each)] for each in specialist.formats]),
        "languages": _listed([choices.language_name(row.language) for row in specialist.languages]),
        "ways": _listed([*_couples(specialist), *specialist.approaches]),
        "checked": ", ".join(filter(None, (str(specialist.name), specialist.granted_title, specialist.place))),
        "papers": _credentials(specialist),
    }


def _couples(specialist: Specialist) -> list[str]:
    """How confidences are kept, in few words; nothing for somebody who does not see couples."""
    return [choices.STANCES[CoupleStance(specialist.couple_stance)]] if specialist.couple_stance else []


def _credentials(specialist: Specialist) -> str:
    """How many are in force, and how many have run out."""
    states = [credential.state for credential in specialist.credentials]
    counted = ((states.count("verified"), "checked"), (states.count("expired"), "run out"))
    return ", ".join(f"{number} {word}" for number, word in counted if number)


def _listed(words: Sequence[str]) -> str:
    """The first three, and how many follow: "Video, Phone, Chat and 1 more"."""
    left = len(words) - NAMED
    return ", ".join(words[:NAMED]) + (f" and {left} more" if left > 0 else "") if words else "Nothing yet"
