"""This file knows which words ask for a diagnosis or about medicines, so that whoever reads a question before it is
published sees it at once. Found anew at each reading, and stored nowhere."""

from __future__ import annotations

import re

from practice.values.text import fold

_ASKS = re.compile(
    r"\b(diagnos\w*|medicat\w*|medicin\w*|medikament\w*|medicament\w*|dos(e|es|age)|dosis|dosierung|\d+ ?mg"
    r"|antidepress\w*|ssris?|snris?|benzo\w*|xanax|valium|prozac|zoloft|sertralin\w*|escitalopram|fluoxetin\w*|lithium"
    r"|ritalin|adderall|quetiapin\w*|side effects?|nebenwirkung\w*|prescri\w+|tablets?|tabletten|antipsychotic\w*"
    r"|(do|could|might) i have (adhd|autism|ptsd|ocd|bpd|bipolar\w*|depression))\b"
    r"|диагноз|лекарств|таблетк|діагноз|ліки|دواء|تشخيص|மருநது|दवा|薬|診断"
)


def asks_for_it(*texts: str) -> bool:
    """True where one of the texts speaks of medicines or of a diagnosis."""
    return any(_ASKS.search(fold(text)) is not None for text in texts)
