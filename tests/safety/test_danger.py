"""Words of danger bring the numbers before the eyes, and change nothing else."""

import pytest

from practice.safety.danger import LOOKED_AT, danger

pytestmark = pytest.mark.once

DANGER = [
    "I want to die",
    "I keep thinking about suicide",
    "I'm suicidal",
    "Some days I don’t want to live any more",
    "i cant go on",
    "I think about killing myself",
    "everyone would be better off without me",
    "there is no point in living",
    "I started cutting myself again",
    "I took an overdose last year",
    "I just want to end it all",
    "I wish to be dead",
    "self-harm has been back",
    "He hits me when he drinks",
    "My husband chokes me",
    "She threatens to kill me",
    "I am afraid of my husband",
    "I’m scared for my life",
    "Ich will nicht mehr leben",
    "Ich denke an Selbstmord",
    "Mein Mann schlägt mich",
    "J’ai envie de mourir",
    "je veux en finir",
    "Quiero morir",
    "Me quiero suicidar",
    "Não quero mais viver",
    "Ik wil niet meer leven",
    "Voglio farla finita",
    "Nie chcę już żyć",
    "I DON'T WANT TO BE HERE ANYMORE",
    "I cannot see a way forward",
    "Er bedroht mich",
    "Хочу умереть",
    "Я не хочу больше жить.",
    "Думаю про самогубство",
    "Він мене б’є",
    "أفكر في الانتحار",
    "أُرِيدُ أَنْ أَمُوتَ",
    "زوجي يضربني",
    "தற்கொலை எண்ணம் வருகிறது",
    "मैं मरना चाहती हूँ",
    "आत्महत्या के विचार",
    "もう死にたいです",
    "自殺を考えています",
    "Boję się męża",
    "Je pense à me suicider",
    "Ele me bate quando bebe",
]
ORDINARY = [
    "",
    "We argue about the dishes",
    "My mother died last spring",
    "I am dying to know how you work",
    "Work kills my mood",
    "I want to live abroad",
    "We want to end our engagement kindly",
    "The deadline is close",
    "I cut myself off from friends",
    "He is hitting a wall at work",
    "I feel low and tired",
    "I can’t see a future for this house",
    "Мы ссоримся из-за посуды",
    "Як нам ділити обов’язки?",
    "كيف أتحدث مع زوجي عن المال؟",
    "நாங்கள் அடிக்கடி சண்டை போடுகிறோம்",
    "हम बहुत झगड़ते हैं",
    "妻と話し合いたい",
    "Wir streiten um den Haushalt",
    "Mi marido no ayuda en casa",
]


@pytest.mark.parametrize("text", DANGER)
def test_words_that_people_in_danger_use_are_noticed(text):
    assert danger(text)


def test_ordinary_sorrows_mostly_are_not():
    noticed = [text for text in ORDINARY if danger(text)]

    assert len(noticed) <= 1, noticed


def test_a_very_long_text_is_read_quickly_and_quietly():
    assert not danger("a " * 200_000)
    assert danger("x" * 100_000 + " suicide")


def test_a_text_that_is_far_too_long_is_looked_at_so_far_and_no_further(monkeypatch):
    folded = []
    monkeypatch.setattr("practice.safety.danger.fold", lambda text: folded.append(text) or "")
    danger("\ufdfa" * 300_000)

    assert len(folded[0]) == LOOKED_AT


def test_one_of_several_texts_is_enough():
    assert danger(None, "fine", "I want to die")
