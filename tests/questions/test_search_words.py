"""Words are cut and compared by us, so that a question is found however it is written, on either engine."""

import pytest

from practice.questions.search import LONGEST_WORD, MOST_WORDS, Weight, asked, weighted, words_of


def finds(typed, text):
    """Whether what is typed finds a text, as the tables compare it."""
    wanted, held = asked(typed), words_of(text)
    begins = not wanted.beginning or any(word.startswith(wanted.beginning) for word in held)
    return bool(wanted) and set(wanted.words) <= held and begins


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("不安", "不安とうつの相談"),
        ("相談", "不安とうつの相談"),
        ("うつ", "不安とうつの相談"),
        ("愛", "谁还有爱，愛"),
        ("焦虑", "我最近很焦虑怎么办"),
        ("カウンセリング", "ｶｳﾝｾﾘﾝｸﾞは初めて"),
        ("상담", "상담을 받고 싶어요"),
        ("ความรัก", "ความรักของเรา"),
        ("ஆலோசனை", "எனக்கு ஆலோசனை வேண்டும்"),
        ("ஆலோசன", "எனக்கு ஆலோசனை வேண்டும்"),
        ("परामर्श", "मुझे परामर्श चाहिए"),
        ("القلق", "القَلَقُ كل يوم"),
        ("القَلَقُ", "القلق كل يوم"),
        ("قلق", "قـــلـــق"),
        ("احمد", "أحمد"),
        ("тревога", "ТРЕВОГА каждый день"),
        ("елка", "Ёлка"),
        ("ребёнок", "мой ребенок"),
        ("strasse", "Straße"),
        ("STRASSE", "straße"),
        ("zoe", "Zoë"),
        ("Zoë", "zoe"),
        ("istanbul", "İSTANBUL"),
        ("ket hon", "kết hôn"),
        ("e\u0301cole", "école"),
        ("anxiete", "l’anxiété"),
        ("l'anxiété", "L’anxiété"),
        ("dont", "I don’t know"),
        ("don't", "i dont know"),
        ("co-parenting", "Co-Parenting after a divorce"),
        ("coparenting", "co-parenting"),
        ("parenting", "co-parenting"),
        ("fiance", "ﬁancé"),
        ("sup", "How do I ask for support?"),
        ("an\u200bx\u00adiety", "anxiety"),
        ("\u202eanxiety\u202c", "anxiety"),
        ("anxiety", "an\u2060xi\u200dety"),
    ],
)
def test_a_text_is_found_however_its_words_are_written(typed, text):
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("不満", "不安とうつの相談"),
        ("かく", "がく"),
        ("port", "support"),
        ("s", "support"),
        ("sup ask", "I ask for support"),
        ("परम", "परामर्श"),
        ("anger", "anxiety"),
    ],
)
def test_what_is_another_word_is_not_found(typed, text):
    assert not finds(typed, text)


OPERATORS = [
    '"',
    "*",
    "-support",
    "OR",
    "NEAR(",
    "^",
    "title:",
    "(",
    ")",
    "%",
    "_",
    "\\",
    "'",
    "&",
    "|",
    "!",
    "<->",
    ":*",
]


@pytest.mark.parametrize("sign", OPERATORS)
def test_operators_of_search_engines_are_plain_text(sign):
    assert set(asked(f"{sign} support {sign}").words) <= {"support", "or", "near", "title"}


@pytest.mark.parametrize("empty", ["", "   ", "?!", "%%%", "\u200b\u200d\u2060", "\u202e\u2066", "❤️", "\ufe0f", "\x00"])
def test_where_no_word_is_typed_nothing_is_asked_for(empty):
    assert not asked(empty)


def test_a_hundred_thousand_letters_are_one_word_that_is_cut():
    assert asked("a" * 100_000).beginning == "a" * LONGEST_WORD
    assert words_of("a" * 100_000) == {"a" * LONGEST_WORD}


def test_of_very_many_words_some_are_looked_for_and_it_is_known():
    wanted = asked(" ".join(f"word{number}" for number in range(100)))

    assert len(wanted.words) + bool(wanted.beginning) == MOST_WORDS
    assert wanted.is_cut
    assert not asked("two words").is_cut


def test_one_letter_is_a_word_and_not_the_beginning_of_half_of_all():
    assert asked("i").words == ("i",)
    assert not asked("i").beginning


def test_a_word_counts_by_the_best_place_where_it_stands():
    found = weighted("Support at home", "Support and money", ["Money and time"])

    assert {word: found[word] for word in ("support", "money", "time")} == {
        "support": Weight.TITLE,
        "money": Weight.WORDS,
        "time": Weight.ANSWER,
    }
    assert MOST_WORDS * Weight.ANSWER < Weight.WORDS
    assert MOST_WORDS * Weight.WORDS < Weight.TITLE
