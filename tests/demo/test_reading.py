"""The demo's texts are read from files that writers edit: what does not fit is named by file, table and key."""

import pytest

from practice.demo import reading
from practice.demo.reading import BadText, read
from practice.demo.shapes import Meeting, Person

pytestmark = pytest.mark.once


@pytest.fixture
def text(tmp_path, monkeypatch):
    """Read a file with these words in it, as people or meetings."""
    monkeypatch.setattr(reading, "TEXTS", tmp_path)

    def read_as(words, **shapes):
        (tmp_path / "people.toml").write_text(words)
        return read("people", shapes or {"person": Person})

    return read_as


@pytest.fixture(scope="module")
def grace():
    """One whole person, as in the file."""
    words = (reading.TEXTS / "britain_and_ireland.toml").read_text()
    return "[[person]]" + words.split("[[person]]")[2]


def test_lines_flow_together_and_an_empty_one_begins_a_paragraph(text, grace):
    (person,) = text(grace)["person"]

    assert person.name == "Grace Whitfield"
    assert person.best_at.startswith("Carers who feel guilty for being tired. The odd mixture")
    assert "\n" not in "".join([person.best_at, *person.about])
    assert len(person.about) == 3


def test_what_may_be_left_out_is_as_usual_and_none_is_not_at_all(text, grace):
    (person,) = text(grace.replace("weekly_consults = 12", 'weekly_consults = "none"'))["person"]

    assert (person.gap, person.state, person.weekly_consults) == (10, "published", None)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('title = "Counsellor"\n', "", "person 1 (Grace Whitfield): 'title' is missing"),
        (
            "supervision =",
            "supervison =",
            "person 1 (Grace Whitfield): no key is called 'supervison'; there is name",
        ),
        ("years = 14", 'years = "many"', "person 1 (Grace Whitfield): years: a whole number was expected, not 'many'"),
        ("years = 14", "years = true", "years: a whole number was expected, not True"),
        ('place = "Leeds"', "place = 5", "place: words was expected, not 5"),
        ("prices = [3500, 6000, 8800]", "prices = [3500, 6000]", "prices: 3 values were expected, not 2"),
        ("prices = [3500,", 'prices = ["35",', "prices, number 1: a whole number was expected, not '35'"),
        ('[["en", "native"]]', '"English"', "languages: a list was expected, not 'English'"),
        ("13:30-17:00", "17:00-13:30", "hours, number 1: 17:00-13:30 ends before it begins"),
        ('days = "mon wed fri"', 'days = "monday"', "hours, number 1: 'monday' is no day"),
        ("years = 14", "years = = 14", "texts/people.toml: "),
        ("[[person]]", "[[people]]", "nothing is called 'people'; there is person"),
        ("[[person]]", "[person]", "person: each begins with its name in double brackets"),
        ("expires_in_days = 540", "expires = 540", "credential: no key is called 'expires'; there is body"),
    ],
)
def test_what_does_not_fit_is_named_with_its_file_and_key(text, grace, written, instead, said):
    assert written in grace

    with pytest.raises(BadText) as refused:
        text(grace.replace(written, instead, 1))

    assert str(refused.value).startswith("texts/people.toml: ")
    assert said in str(refused.value)


def test_a_number_may_have_a_fraction_only_where_it_may(text):
    words = '[[ahead]]\nclient = "a"\nspecialist = "b"\nbooked = 0.5\nstarts = 3\n'
    (meeting,) = text(words, ahead=Meeting)["ahead"]

    assert (meeting.booked, meeting.starts) == (0.5, 3)
