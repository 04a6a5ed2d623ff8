"""What can be kept of a text, what a name is, how names stand among our words, and how words are compared."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import escape

from practice.values.text import Name, called, clean_name, fault, fold, initials, sought, tidy

PASTED = st.text(
    st.sampled_from("aé\u0301 ß\n\r\t\x00\x0b\x85\u2028\u2029\u202e\u202c\u2066\ufffd\uffff\uf8ff\u200dא🩷x")
)


@given(st.one_of(st.text(), PASTED))
@example("a\u2028b\x0bc\r\nd")
def test_a_tidy_text_is_what_a_database_a_letter_and_a_calendar_can_carry_or_is_refused(text):
    kept = tidy(text)

    assert tidy(kept) == kept == unicodedata.normalize("NFC", kept)
    if not fault(kept):
        kept.encode()
        assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in kept)
        assert not set(kept) & set("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd\uffff")
    if not fault(kept, is_line=True):
        assert "\n" not in kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Dear all\u2028and hello", "Dear all\nand hello"),
        ("soft\x0bbreak\x0cpage", "soft\nbreak\npage"),
        (" \u202a+353 85 555 0142\u202c ", "+353 85 555 0142"),
        ("\ufeffbegin", "begin"),
        ("ai\u0300", "aì"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("next year’s 🩷 and 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",) * 2,
        ("tag\U000e0041\U000e0042", "tag"),
    ],
)
def test_what_word_processors_and_telephones_add_is_no_fault_of_who_pastes(text, kept):
    assert tidy(text) == kept
    assert not fault(kept)


@pytest.mark.parametrize(
    "text", ["\x00", "a\x08b", "\x1b[31m", "caf\ud83d", "\ufffd", "\ufffe", "\uffff", "\uf8ff", "\x7f"]
)
def test_what_cannot_be_shown_again_is_refused_in_a_sentence(text):
    assert fault(tidy(text)).endswith("write it again without them.")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Anna 🩷", "Anna 🩷"),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Mac",) * 2,
        ("\u200fדנה כהן", "דנה כהן"),
        (" Ben  \u00a0 K. ", "Ben K."),
        ("\u200bBen\ufeff".replace("\ufeff", ""), "Ben"),
        ("رضا\u200cیی", "رضا\u200cیی"),
        ("Zoe\u0308", "Zoë"),
        ("O’Neill", "O’Neill"),
        ("李明", "李明"),
    ],
)
def test_a_name_is_taken_as_its_owner_writes_it(typed, name):
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "\u3164", "\u115f\u1160", "\u2800", "\u200d", "...", "a\u202eb", "a\u2066b", "a\nb", "a\u2028b",
        "a\x00", "\ufffd", "<b>", "a@b", "x" * 61,
    ],
)  # fmt: skip
def test_what_is_no_name_is_told_in_a_sentence(typed):
    with pytest.raises(ValueError, match=r"[.\\]$"):
        clean_name(typed)


@given(st.text(max_size=70))
def test_a_name_is_clean_for_good_and_can_be_seen(text):
    try:
        name = clean_name(text)
    except ValueError:
        return
    assert clean_name(name) == name
    assert 1 <= len(initials(name)) <= 2
    assert all(each.strip() for each in initials(name))
    assert called(name)


@pytest.mark.parametrize(
    ("name", "letters", "call"),
    [
        ("Anna Kern", "AK", "Anna"),
        ("Dr. Anna Weiss", "AW", "Anna"),
        ("Prof. Dr. med. J. Robert Smith, M.A.", "JS", "Robert"),
        ("Dipl.-Psych. Eva O’Neill", "EO", "Eva"),
        ("Mag. Eva Öst", "EÖ", "Eva"),
        ("Ma Yo", "MY", "Ma"),
        ("Ana María López", "AL", "Ana"),
        ("Dr.", "D", "Dr."),
        ("\u200fדנה כהן", "דכ", "דנה"),
        ("क्षितिज शर्मा", "क्षिश", "क्षितिज"),
        ("e\u0301lo", "É", "e\u0301lo"),
        ("👩‍👩‍👧", "👩‍👩‍👧", "👩‍👩‍👧"),
        ("Cher", "C", "Cher"),
        ("", "?", ""),
    ],
)
def test_initials_and_first_names_are_what_a_reader_sees(name, letters, call):
    assert unicodedata.normalize("NFC", "".join(initials(name))) == letters
    assert called(name) == call


def test_a_name_written_the_other_way_turns_nothing_but_itself():
    dana, anna = Name("דנה"), Name("Anna <b>")

    assert f"{dana} at 10:00" == "\u2068דנה\u2069 at 10:00"
    assert escape(dana) == "<bdi>דנה</bdi>"
    assert (str(dana), dana.bare, dana) == ("\u2068דנה\u2069", "דנה", "דנה")
    assert f"{anna} at 10:00" == "Anna <b> at 10:00"
    assert escape(anna) == "Anna &lt;b&gt;"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("anxiety.", "Anxiety"), ("lukasz", "Łukasz"), ("soren", "Søren"), ("o'neill", "O’Neill"), ("strasse", "Straße"),
     ("DIYARBAKIR", "Dıyarbakır"), ("durde", "Đurđe"), ("self-esteem", "Self esteem"), ("jose", "José"),
     ("AEsop", "Æsop")],
)  # fmt: skip
def test_words_are_compared_as_people_type_them(typed, stored):
    assert fold(typed) == fold(stored)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert sought(text, 80) == sought(sought(text, 80), 80)
