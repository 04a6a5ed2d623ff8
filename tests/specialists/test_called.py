"""What clients call a specialist: asked for, guessed where nobody said, never a title, changed as staff see it."""

import pytest

from practice.specialists import actions, queries
from practice.specialists.policy import slug_of
from tests import factories
from tests.specialists import recipes


@pytest.mark.parametrize(
    ("name", "said", "called"),
    [
        ("Dr. Anna Weiss", "", "Anna"),
        ("Dr. Anna Weiss", "Annie", "Annie"),
        ("Prof. Dr. med. Eva Öst, M.A.", "", "Eva"),
        ("Mara Ellison", "", "Mara"),
    ],
)
def test_a_first_name_is_guessed_past_titles_and_can_be_said(mara, name, said, called):
    specialist = actions.create_application(mara, recipes.profession(name=name, called=said))

    assert specialist.called == called


def test_pages_call_somebody_by_that_name(client, mara, sam):
    anna = factories.user("Dr. Anna Weiss", email="anna@people.example")
    practice = recipes.published(anna, sam)

    page = client.get(f"/specialists/{practice.slug}").text.replace("Dr. Anna Weiss", "")

    assert "Dr." not in page
    assert "Anna" in page


def test_another_name_to_be_called_by_waits_for_staff(client, sign_in, post, mara, sam):
    practice = recipes.published(mara, sam)
    sign_in(client, mara)
    fields = {"name": "Mara Ellison", "title": "Psychologist", "country": "IE", "place": "Dublin"}

    answer = post("/practice/profile/checked", **{f"checked-{name}": value for name, value in fields.items()})
    assert (answer.status_code, queries.waiting_revision(practice)) == (303, None)

    post("/practice/profile/checked", **{f"checked-{k}": v for k, v in (fields | {"called": "Mari"}).items()})
    revision = queries.waiting_revision(practice)
    assert revision.fields == {"called": "Mari"}
    actions.decide_revision(revision, True, by=sam)
    assert practice.called == "Mari"


def test_an_address_is_made_of_plain_letters_whatever_the_name_is_written_in():
    assert slug_of("Łukasz Żak") == "lukasz-z"
    assert slug_of("Dr. Søren Ødegård") == "soren-o"
    assert slug_of("Đorđe Ilić") == "dorde-i"
    assert slug_of("Seán O’Neill") == "sean-o"
    assert slug_of("Weiß Groß") == "weiss-g"


@pytest.mark.parametrize("typed", ["lukasz", "LUKASZ", "o'neill", "oneill", "anxiety.", "(anxiety)", "o’neill, lukasz"])
def test_a_search_finds_what_people_type_without_their_marks(client, mara, sam, typed):
    recipes.published(factories.user("Łukasz O’Neill", email="lukasz@people.example"), sam)

    assert "Łukasz O’Neill" in client.get("/specialists", query_string={"q": typed}).text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Иван Петров", "ivan-p"),
        ("Юлия Щукина", "yuliya-s"),
        ("Ελένη Παπαδοπούλου", "eleni-p"),
        ("李 明", "li-m"),
        ("王小明", "wangxiaoming"),
        ("محمد علي", "mhmd-l"),
        ("김 민수", "gim-m"),
        ("🙂", "specialist"),
    ],
)
def test_a_name_in_another_script_has_an_address_that_one_can_read_out(name, slug):
    assert slug_of(name) == slug
