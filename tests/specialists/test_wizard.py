"""The application in a browser: kept step by step, through sign-in, and through every mistake."""

import io

import pytest
from bs4 import BeautifulSoup

from practice.specialists import actions, choices, filled, queries, topics
from practice.specialists.states import ProfileState
from tests import factories
from tests.pages import csrf_of, tree_of

from . import recipes

WHAT = {
    "kind": "psychologist", "name": "Mara Ellison", "title": "Psychologist", "country": "IE", "place": "Dublin",
    "body": "Register", "number": "P-1", "expires_on": "2028-12-31",
    "permitted": "IE, CA-ON", "years": "7", "records_country": "IE",
}  # fmt: skip
FOUR = ["communication", "anxiety", "sleep", "couples-in-crisis"]
WORDS = {
    "headline": "We look underneath", "best_at": "Slowing down", "not_right_for": "Violence", "about": "I listen.",
    "topics": ["communication", "anxiety", "sleep"], "main_topics": ["communication"], "formats": ["video", "phone"],
    "language_1": "en", "level_1": "native", "level_2": "fluent", "level_3": "fluent", "level_4": "fluent",
    "couple_stance": "", "approaches": ["Gestalt"],
}  # fmt: skip


@pytest.fixture
def mara_in(client, mara, sign_in):
    return sign_in(client, mara)


def errors(answer):
    return tree_of(answer).select_one("#errors")


def value_of(answer, name):
    field = tree_of(answer).find(attrs={"name": name})
    if field.name == "select":
        return (field.find("option", selected=True) or {"value": ""})["value"]
    return field.text.strip() if field.name == "textarea" else field.get("value", "")


def test_a_stranger_reads_what_it_takes(client, app):
    answer = client.get("/apply")

    assert answer.status_code == 200
    assert "Begin an application" in answer.text
    assert "Psychotherapist" in answer.text


def test_what_a_stranger_wrote_survives_sign_in(client, mara, post):
    answer = post("/apply/what", **WHAT)
    assert answer.status_code == 303
    assert answer.location.endswith("/sign-up")
    assert "apply as a specialist" in client.get("/sign-up").text
    assert queries.application_of(mara) is None

    answer = post("/sign-in", email=mara.email, password=factories.PASSWORD)
    assert answer.location == "/apply/what"
    page = client.get("/apply/what")

    fields = ("name", "title", "country", "place", "number", "expires_on", "years")
    assert [value_of(page, name) for name in fields] == [
        "Mara Ellison", "Psychologist", "IE", "Dublin", "P-1", "2028-12-31", "7"
    ]  # fmt: skip
    assert queries.application_of(mara) is None, "nothing is sent by itself"


def test_a_number_in_other_digits_before_sign_in_is_left_out_of_what_is_filled_in():
    assert filled.from_draft({"years": "²"})["years"] is None


def test_five_steps_lead_to_a_sent_application(mara_in, mara, post):
    assert post("/apply/what", **WHAT).location.endswith("/apply/documents")
    for kind in ("identity", "licence", "insurance"):
        scan = (io.BytesIO(recipes.PDF), "scan.pdf")
        answer = post("/apply/documents", kind=kind, file=scan, expires_on="2028-03-01")
        assert answer.status_code == 303
    answer = post("/apply/words", **WORDS)
    assert answer.status_code == 303, errors(answer)
    assert post("/apply/prices", consult="y", currency="EUR", price_2="72,50").location.endswith("/apply/send")
    assert post("/apply/send", declares="y").location.endswith("/apply")

    specialist = queries.application_of(mara)
    assert specialist.state == ProfileState.SUBMITTED
    assert specialist.permitted_places == ["IE", "CA-ON"]
    assert [(o.minutes, o.price.amount) for o in specialist.offers if o.kind == "individual"] == [(50, 7250)]
    assert specialist.consult is not None
    page = mara_in.get("/apply").text
    assert "waiting to be read" in page
    assert "Thursday 4 March" in page


def test_the_last_step_says_what_is_missing_and_where(mara_in, mara, post):
    post("/apply/what", **WHAT)

    page = mara_in.get("/apply/send").text
    answer = post("/apply/send", declares="y")

    assert "Still missing" in page
    assert answer.status_code == 422
    assert queries.application_of(mara).state == ProfileState.DRAFT


def test_nothing_is_sent_without_the_declaration(mara_in, mara, post):
    recipes.draft(mara)

    answer = post("/apply/send")

    assert answer.status_code == 422
    assert "declaration" in errors(answer).text
    assert queries.application_of(mara).state == ProfileState.DRAFT


def test_an_address_is_confirmed_before_an_application_is_sent(client, app, sign_in, post):
    recipes.topics()
    nils = factories.user("Nils Berg", confirmed_at=None)
    recipes.draft(nils)
    sign_in(client, nils)

    answer = post("/apply/send", declares="y")

    assert "/sign-in" in answer.location
    assert queries.application_of(nils).state == ProfileState.DRAFT


def test_steps_are_for_people_who_have_begun(mara_in, mara):
    for step in ("documents", "words", "prices", "send"):
        answer = mara_in.get(f"/apply/{step}")

        assert (answer.status_code, answer.location) == (303, "/apply/what")


def test_steps_ask_a_stranger_to_sign_in(client, app):
    for step in ("documents", "words", "prices", "send"):
        assert client.get(f"/apply/{step}").status_code in (302, 303)


def test_a_sent_application_shows_its_state_instead_of_its_steps(mara_in, mara, post):
    recipes.sent(mara)

    assert mara_in.get("/apply/words").location == "/apply"
    assert post("/apply/what", **WHAT | {"name": "Somebody Else"}).location == "/apply"
    assert queries.application_of(mara).name == "Mara Ellison"


BAD_WHAT = [
    ({"kind": "wizard"}, "kind"),
    ({"kind": ""}, "kind"),
    ({"name": ""}, "name"),
    ({"name": " \t "}, "name"),
    ({"name": "x" * 81}, "name"),
    ({"name": "Mara\x00Ellison"}, "name"),
    ({"name": "Mara\x1b[31m"}, "name"),
    ({"name": "Mara\r\nBcc: all@people.example"}, "name"),
    ({"name": "Mara \u202egnp.exe"}, "name"),
    ({"title": "Professor"}, "title"),
    ({"title": "Relationship coach"}, "title"),
    ({"country": "XX"}, "country"),
    ({"country": "' OR 1=1"}, "country"),
    ({"place": "y" * 5000}, "place"),
    ({"expires_on": "2028-02-30"}, "expires_on"),
    ({"expires_on": "2020-01-01"}, "expires_on"),
    ({"expires_on": "99999-01-01"}, "expires_on"),
    ({"expires_on": "next year"}, "expires_on"),
    ({"permitted": "Ireland"}, "permitted"),
    ({"permitted": "QQ"}, "permitted"),
    ({"years": "-1"}, "years"),
    ({"years": "9" * 40}, "years"),
    ({"years": "1e3"}, "years"),
    ({"years": "²"}, "years"),
    ({"years": "٧"}, "years"),
    ({"training": "t" * 601}, "training"),
]


@pytest.mark.parametrize("change, field", BAD_WHAT)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost_or_stored(mara_in, mara, post, change, field):
    answer = post("/apply/what", **WHAT | change)

    assert answer.status_code == 422
    assert errors(answer).select_one(f'a[href^="#{field}"]'), errors(answer).text
    assert value_of(answer, "number") == "P-1"
    assert queries.application_of(mara) is None


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% raw %}",
        "=HYPERLINK(1)",
        "'; DROP TABLE specialists; --",
        "%s%n${jndi:ldap://x}",
        "مرحبا",
        "𝕄𝕒𝕣𝕒 👩🏽‍⚕️",
    ],
)
def test_what_is_only_strange_is_kept_as_it_is_and_shown_inert(mara_in, mara, post, text):
    post("/apply/what", **WHAT | {"place": text})

    page = BeautifulSoup(mara_in.get("/apply/what").text, "html.parser")

    assert page.find(attrs={"name": "place"})["value"] == queries.application_of(mara).place == text
    assert not page.find("script", string=lambda s: s and "alert" in s)
    assert not page.find("img", src="x")


BAD_WORDS = [
    ({"headline": ""}, "headline"),
    ({"headline": "h" * 91}, "headline"),
    ({"headline": "two\nlines"}, "headline"),
    ({"about": "a" * 4001}, "about"),
    ({"about": "a\x07b"}, "about"),
    ({"topics": []}, "topics"),
    ({"topics": ["made-up"]}, "topics"),
    ({"main_topics": []}, "main_topics"),
    ({"main_topics": ["sleep"], "topics": ["anxiety"]}, "main_topics"),
    ({"main_topics": ["made-up"]}, "main_topics"),
    ({"topics": FOUR, "main_topics": FOUR}, "main_topics"),
    ({"main_topics": ["made-up"]}, "main_topics"),
    ({"formats": []}, "formats"),
    ({"formats": ["telepathy"]}, "formats"),
    ({"language_1": ""}, "language_1"),
    ({"language_1": "xx"}, "language_1"),
    ({"level_1": "divine"}, "level_1"),
    ({"couple_stance": "gossip"}, "couple_stance"),
    ({"topics": ["communication", "couples-in-crisis"]}, "couple_stance"),
    ({"approaches": ["Astrology"]}, "approaches"),
    ({"phone_note": "p" * 201}, "phone_note"),
]


@pytest.mark.parametrize("change, field", BAD_WORDS)
def test_words_with_a_mistake_come_back_as_they_were(mara_in, mara, post, change, field):
    actions.create_application(mara, recipes.profession())

    answer = post("/apply/words", **WORDS | change)

    assert answer.status_code == 422
    assert errors(answer).select_one(f'a[href^="#{field}"]'), errors(answer).text
    assert value_of(answer, "best_at") == "Slowing down"
    assert queries.application_of(mara).best_at == ""


def test_a_mark_on_a_topic_that_is_no_longer_chosen_says_nothing(mara_in, mara, post):
    actions.create_application(mara, recipes.profession())

    post("/apply/words", **WORDS | {"topics": ["sleep", "anxiety"], "main_topics": ["communication", "anxiety"]})

    found = queries.application_of(mara).topics
    assert [(row.topic.slug, row.is_main) for row in found] == [("anxiety", True), ("sleep", False)]


def test_who_finishes_later_keeps_what_is_there(mara_in, mara, post):
    actions.create_application(mara, recipes.profession())

    answer = post("/apply/words", do="later", about="I listen.", topics=["sleep"], level_1="native", couple_stance="")

    found = queries.application_of(mara)
    assert (answer.status_code, answer.location) == (303, "/apply")
    assert (found.about, found.headline, [row.topic.slug for row in found.topics]) == ("I listen.", "", ["sleep"])
    assert "Write your first line." in mara_in.get("/apply").text


def test_finishing_later_does_not_keep_what_cannot_be_kept(mara_in, mara, post):
    actions.create_application(mara, recipes.profession())

    answer = post("/apply/words", do="later", about="a" * 4001, headline="We look underneath", level_1="native")

    assert answer.status_code == 422
    assert errors(answer).select_one('a[href="#about"]')
    assert queries.application_of(mara).headline == ""


def test_titles_stand_under_what_they_belong_to(client, app):
    page = BeautifulSoup(client.get("/apply/what").text, "html.parser")

    groups = {
        group["label"]: [o["value"] for o in group.find_all("option")] for group in page.select("#title optgroup")
    }

    assert "Clinical psychologist" in groups["Psychologist"]
    assert "Life coach" in groups["Coach"]


def test_nine_topics_are_one_too_many(mara_in, mara, post):
    actions.seed_topics()
    actions.create_application(mara, recipes.profession())
    nine = [topic.slug for topic in topics.TOPICS if topic.slug not in choices.COUPLE_TOPICS][:9]

    assert post("/apply/words", **WORDS | {"topics": nine[:8], "main_topics": nine[:3]}).status_code == 303
    answer = post("/apply/words", **WORDS | {"topics": nine, "main_topics": nine[:3]})

    assert errors(answer).select_one("a").text == "Choose 1 to 8 topics."


def test_every_topic_is_asked_for_once(mara_in, mara):
    recipes.draft(mara)
    actions.seed_topics()

    page = BeautifulSoup(mara_in.get("/apply/words").text, "html.parser")

    assert len(page.select("[name=topics]")) == len(page.select("[name=main_topics]")) == len(topics.TOPICS)
    assert [box["value"] for box in page.select("[name=topics][checked]")] == ["communication", "anxiety"]
    assert [box["value"] for box in page.select("[name=main_topics][checked]")] == ["communication"]
    assert page.select_one("#main_topics").text == "2 of 8 chosen, 1 of 3 marked as main"


BAD_PRICES = [
    {"price_2": "free"}, {"price_2": "-5"}, {"price_2": "0"}, {"price_2": "1e3"}, {"price_2": "12,345"},
    {"price_2": "NaN"}, {"price_2": "٧٢"}, {"price_2": "9" * 14}, {"price_2": "2147483648"},
    {"price_2": "72", "currency": "XXX"}, {"price_2": "72", "currency": "BTC"},
    {"price_2": "9000.50", "currency": "JPY"},
    {"price_2": "72\x00"}, {"price_2": "= 1+1"},
]  # fmt: skip


@pytest.mark.parametrize("fields", [f for f in BAD_PRICES if f["price_2"] != "12,345"], ids=str)
def test_a_price_that_is_none_is_refused_and_comes_back(mara_in, mara, post, fields):
    actions.create_application(mara, recipes.profession())

    answer = post("/apply/prices", **{"currency": "EUR", "price_1": "40"} | fields)

    assert answer.status_code == 422
    assert value_of(answer, "price_1") == "40"
    assert queries.application_of(mara).offers == []


def test_an_application_names_lengths_of_its_own(mara_in, mara, post):
    specialist = actions.create_application(mara, recipes.profession())

    assert post("/apply/prices", currency="EUR", minutes_1="60", price_1="80", minutes_2="45", price_2="65").location

    assert [(each.minutes, each.price.amount) for each in queries.sessions(specialist)] == [(45, 6500), (60, 8000)]
    page = tree_of(mara_in.get("/apply/prices"))
    assert [page.select_one(f"#minutes_{row}")["value"] for row in (1, 2, 3)] == ["25", "45", "60"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"minutes_1": "52", "price_1": "80"}, "Write a length from 20 to 180 minutes, in steps of five."),
        ({"minutes_1": "x", "price_1": "80"}, "Write a length from 20 to 180 minutes, in steps of five."),
        ({"minutes_1": "50", "price_1": "80", "price_2": "90"}, "50 minutes have a row above already."),
    ],
)
def test_a_length_that_cannot_be_is_told_and_nothing_is_stored(mara_in, mara, post, fields, sentence):
    specialist = actions.create_application(mara, recipes.profession())

    answer = post("/apply/prices", currency="EUR", **fields)

    assert answer.status_code == 422
    assert sentence in errors(answer).text
    assert queries.sessions(specialist) == []


def test_what_one_would_get_is_worked_out_and_nothing_is_stored(mara_in, mara, post):
    specialist = actions.create_application(mara, recipes.profession())

    answer = post("/apply/prices", currency="EUR", price_2="80", do="work-out")

    assert answer.status_code == 200
    assert "You get €70.40 of €80.00" in answer.text
    assert queries.sessions(specialist) == []


def test_a_price_in_a_currency_without_smaller_coins_is_a_whole_number(mara_in, mara, post):
    actions.create_application(mara, recipes.profession())

    answer = post("/apply/prices", currency="JPY", price_2="9000.5")

    assert "Prices in JPY are whole numbers." in errors(answer).text


def test_a_field_that_is_not_on_the_form_changes_nothing(mara_in, mara, post):
    extra = {"granted_title": "Psychologist", "state": "published", "user_id": "1", "slug": "admin", "is_staff": "1"}

    post("/apply/what", **WHAT, **extra, published_at="2020-01-01", calendar_version="99", profile_version="99")

    found = queries.application_of(mara)
    assert (found.granted_title, found.state, found.user_id, found.published_at) == (None, "draft", mara.id, None)
    assert found.slug == "mara-e"


def test_a_form_without_its_token_is_refused(mara_in, mara):
    answer = mara_in.post("/apply/what", data=WHAT)

    assert answer.status_code == 400
    assert queries.application_of(mara) is None


def test_a_sent_application_can_be_taken_back_from_its_page(mara_in, mara, post):
    recipes.sent(mara)
    assert "Take it back" in mara_in.get("/apply").text

    answer = post("/apply/take-back")

    assert answer.location == "/apply"
    assert "Taken back." in mara_in.get("/apply").text
    assert mara_in.get("/apply/words").status_code == 200
    assert post("/apply/take-back").status_code == 409


def test_an_application_that_is_being_read_has_no_way_back(mara_in, mara, sam, post):
    recipes.in_review(mara, sam)

    assert "Take it back" not in mara_in.get("/apply").text
    assert post("/apply/take-back").status_code == 409


def test_a_refused_application_shows_the_reason_and_can_be_sent_again(mara_in, mara, sam, sue, post):
    from practice.specialists.answers import Verdict

    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No register <b>knows</b> the number."), by=sam)
    assert "being read" in mara_in.get("/apply").text
    actions.confirm_refusal(review, by=sue)

    page = mara_in.get("/apply").text

    assert "No register &lt;b&gt;knows&lt;/b&gt; the number." in page
    assert "third person" in page
    for kind in ("identity", "licence", "insurance"):
        post("/apply/documents", kind=kind, file=(io.BytesIO(recipes.PDF), "scan.pdf"), expires_on="2028-03-01")
    post("/apply/what", **WHAT)
    assert post("/apply/send", declares="y").location.endswith("/apply")
    assert queries.application_of(mara).state == ProfileState.SUBMITTED


def test_a_token_is_on_every_step(mara_in, mara):
    recipes.draft(mara)

    assert all(csrf_of(mara_in.get(f"/apply/{step}")) for step in ("what", "documents", "words", "prices", "send"))
