"""How staff read an application in a browser: take it, decide, decline as two; nothing is decided by a slip."""

import pytest
from bs4 import BeautifulSoup

from practice.specialists import actions, policy, queries
from practice.specialists.answers import Verdict
from practice.specialists.states import ProfileState
from tests import factories
from tests.specialists import recipes

DECIDE = {"decision": "approve", "title": "Psychologist", "checks": list(policy.CHECKS), "words": ""}


@pytest.fixture
def sam_in(client, sam, sign_in):
    return sign_in(client, sam)


@pytest.fixture
def applied(mara):
    return recipes.sent(mara)


@pytest.fixture
def path(applied):
    return f"/admin/applications/{applied.code}"


def state(applied):
    return recipes.again(applied).state


def test_who_waits_longest_stands_first(sam_in, applied, clock):
    clock.advance(hours=2)
    recipes.sent(factories.user("Nils Berg"))

    text = sam_in.get("/admin/applications").text

    assert text.index("Mara Ellison") < text.index("Nils Berg")


def test_a_case_is_taken_before_it_is_decided(sam_in, applied, path, post):
    assert post(f"{path}/decide", **DECIDE).status_code == 422
    assert state(applied) == ProfileState.SUBMITTED

    post(f"{path}/claim")

    assert "Grant the title" in sam_in.get(path).text
    assert post(f"{path}/decide", **DECIDE).status_code == 303
    assert state(applied) == ProfileState.APPROVED


@pytest.mark.parametrize(
    "change, said",
    [
        ({"decision": ""}, "Choose a decision."),
        ({"decision": "publish"}, "Not a valid choice"),
        ({"checks": ["identity"]}, "Every check has to be ticked"),
        ({"checks": ["made-up"]}, "not a valid choice"),
        ({"title": ""}, "Choose the title to grant"),
        ({"title": "Relationship coach"}, "Not a valid choice"),
        ({"refused_topics": ["communication", "anxiety"]}, "No topic would be left"),
        ({"decision": "changes"}, "Write what is missing"),
        ({"decision": "refuse"}, "Write what is missing"),
        ({"words": "w" * 1001}, "1000 characters"),
    ],
)  # fmt: skip
def test_a_decision_with_a_mistake_comes_back_and_decides_nothing(
    sam_in, applied, path, post, outbox, mara, change, said
):
    post(f"{path}/claim")

    answer = post(f"{path}/decide", **DECIDE | change)

    assert answer.status_code == 422
    assert said in BeautifulSoup(answer.text, "html.parser").find("main").text
    assert state(applied) == ProfileState.IN_REVIEW
    assert outbox.kinds_to(mara) == ["specialists/received"]


def test_topics_can_be_left_out_of_a_grant(sam_in, applied, path, post):
    post(f"{path}/claim")

    post(f"{path}/decide", **DECIDE | {"refused_topics": ["anxiety"]})

    assert [row.topic.slug for row in recipes.again(applied).topics] == ["communication"]


def test_declining_waits_for_a_second_person(app, sam_in, sue, applied, path, post, sign_in):
    post(f"{path}/claim")
    post(f"{path}/decide", **DECIDE | {"decision": "refuse", "words": "No register knows the number."})
    assert state(applied) == ProfileState.IN_REVIEW
    assert "Agree to decline" not in sam_in.get(path).text
    assert post(f"{path}/agree").status_code == 403

    other = sign_in(app.test_client(), sue)
    assert "Second person needed" in other.get("/admin/applications").text
    assert post(f"{path}/agree", browser=other).status_code == 303

    assert state(applied) == ProfileState.REFUSED


def test_whoever_refused_is_offered_nothing_about_the_appeal(app, sam_in, mara, sam, sue, applied, path, sign_in, post):
    review = actions.claim(applied, by=sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)
    actions.confirm_refusal(review, by=sue)
    actions.submit(applied, by=mara)
    tom = factories.user("Tom", roles=("client", "staff"))
    third = actions.claim(applied, by=tom)
    pages = [sam_in.get(path).text]
    actions.propose_refusal(third, Verdict(words="No."), by=tom)
    pages.append(sam_in.get(path).text)

    for text in pages:
        assert "A colleague reads the appeal" in text
        assert "Take it over" not in text
        assert "Agree to decline" not in text
        assert "agree</button>" not in text


def test_a_colleague_takes_over_and_the_first_is_told(app, sam_in, sue, applied, path, post, sign_in):
    post(f"{path}/claim")
    other = sign_in(app.test_client(), sue)
    post(f"{path}/claim", browser=other)

    answer = post(f"{path}/decide", **DECIDE)

    assert answer.status_code == 409
    assert "taken this application over" in answer.text


def test_ones_own_application_is_a_colleagues_matter(client, sam, sign_in, post):
    recipes.topics()
    mine = recipes.sent(sam)
    sign_in(client, sam)
    path = f"/admin/applications/{mine.code}"

    assert "A colleague has to look at it" in client.get(path).text
    assert post(f"{path}/claim").status_code == 403
    assert state(mine) == ProfileState.SUBMITTED


@pytest.mark.parametrize("code", ["x", "%00", "1 OR 1=1", "a" * 22])
@pytest.mark.parametrize("verb", ["", "/claim", "/decide", "/agree", "/disagree"])
def test_an_application_that_does_not_exist_is_404(sam_in, post, code, verb):
    answer = sam_in.get(f"/admin/applications/{code}") if not verb else post(f"/admin/applications/{code}{verb}")

    assert answer.status_code == 404


def test_strangers_clients_and_specialists_see_nothing_of_it(app, cast, applied, path, sign_in, post):
    for person in (cast.ben, cast.anna):
        browser = sign_in(app.test_client(), person)
        for address in ("/admin/", "/admin/applications", path, "/admin/mail", "/admin/contests", "/admin/audit"):
            assert browser.get(address).status_code == 404
        assert post(f"{path}/claim", browser=browser).status_code == 404
    assert app.test_client().get(path).status_code in (302, 303)
    assert state(applied) == ProfileState.SUBMITTED


def test_staff_without_a_second_step_set_it_up_first(app, applied, path, sign_in):

    browser = sign_in(app.test_client(), factories.user("New", roles=("client", "staff")))

    answer = browser.get(path)

    assert (answer.status_code, answer.location) == (302, "/me/settings/security")


def test_hostile_words_of_an_applicant_are_inert_for_staff(sam_in, mara, path, applied):
    from practice.store.db import transaction

    evil = "<script>alert(1)</script>"
    with transaction():
        applied.name = applied.best_at = applied.training = evil
        applied.credentials[0].body = applied.credentials[0].document_name = evil

    for address in (path, "/admin/applications", "/admin/"):
        soup = BeautifulSoup(sam_in.get(address).text, "html.parser")
        assert not soup.find("script", string=lambda text: text and "alert" in text)


def test_a_change_of_checked_words_is_answered(sam_in, mara, sam, post, client):
    practice = recipes.published(mara, sam)
    revision = actions.ask_revision(practice, {"name": "Mara Smith", "permitted_places": ["IE"]}, by=mara)
    address = f"/admin/changes/{revision.code}"
    page = BeautifulSoup(sam_in.get(address).text, "html.parser")
    as_of = page.find("input", {"name": "as_of"})["value"]
    assert "Mara Ellison" in page.text
    assert "Mara Smith" in page.text

    assert post(address, answer="refuse", as_of=as_of).status_code == 422
    assert post(address, answer="accept", as_of="yesterday").status_code == 422
    assert recipes.again(practice).name == "Mara Ellison"
    assert post(address, answer="accept", as_of=as_of).status_code == 303

    assert recipes.again(practice).name == "Mara Smith"
    assert queries.waiting_revisions() == []
    assert post(address, answer="accept", as_of=as_of).status_code == 409


@pytest.mark.parametrize("queue", ["made-up", "Waiting", "%00", "waiting%20"])
def test_a_queue_that_does_not_exist_is_404(sam_in, applied, queue):
    assert sam_in.get(f"/admin/applications/in/{queue}").status_code == 404


@pytest.mark.parametrize("queue, is_there", [("waiting", True), ("applicant", False), ("decided", False)])
def test_each_queue_shows_its_own(sam_in, applied, queue, is_there):
    page = sam_in.get(f"/admin/applications/in/{queue}", follow_redirects=True)

    assert ("Mara Ellison" in page.text) is is_there


def test_the_queues_cost_as_many_questions_for_many_as_for_one(app, sam_in, applied, mara):
    from tests.directory.test_directory import count_queries

    one = count_queries(app, lambda: sam_in.get("/admin/applications"))
    for number in range(12):
        recipes.sent(factories.user(f"P{number} Q"))

    many = count_queries(app, lambda: sam_in.get("/admin/applications"))

    assert len(many) == len(one)


def test_a_refused_application_is_read_by_a_third_person(app, sam, sue, mara, applied, path, sign_in, post):
    review = actions.claim(applied, by=sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)
    actions.confirm_refusal(review, by=sue)
    recipes.draft(mara)
    actions.submit(applied, by=mara)

    browser = sign_in(app.test_client(), sue)

    page = BeautifulSoup(browser.get(path).text, "html.parser")
    assert "A colleague reads the appeal." in page.main.text
    assert not page.find("form", action=f"{path}/claim")
    assert post(f"{path}/claim", browser=browser).status_code == 403
