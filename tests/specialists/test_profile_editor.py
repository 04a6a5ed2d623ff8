"""The profile editor: free words at once, checked words through staff, a face made anew."""

import io
from datetime import date

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import delete

from practice.http.protection import limiter
from practice.providers import images
from practice.specialists import actions, queries
from practice.specialists.actions import editing
from practice.specialists.answers import Renewal
from practice.specialists.models import ProfileRevision
from practice.specialists.policy import FILES_PER_PERSON, PHOTO_BYTES, PHOTO_MB
from practice.specialists.states import ProfileState
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import factories
from tests.pages import csrf_of, tree_of

from . import recipes
from .test_wizard import BAD_WORDS, WORDS, errors, value_of

CHECKED = {
    "checked-name": "Mara Ellison", "checked-title": "Psychologist", "checked-country": "IE", "checked-place": "Dublin",
    "checked-permitted": "",
}  # fmt: skip


@pytest.fixture
def practice(mara, sam):
    return recipes.published(mara, sam)


@pytest.fixture
def mara_in(client, mara, practice, sign_in):
    return sign_in(client, mara)


def test_saving_keeps_the_order_of_what_nobody_touched(mara_in, practice, post):
    """A form sends its ticks in the order of its list, whatever order they stand in on the profile."""
    order = {"topics": ["sleep", "anxiety", "communication"], "approaches": ["Gestalt"], "formats": ["phone", "video"]}
    post("/practice/profile", **WORDS | order | {"main_topics": ["sleep"]})
    before = [row.topic.slug for row in practice.topics], list(practice.formats)
    sent = WORDS | {"topics": ["anxiety", "communication", "sleep"], "formats": ["video", "phone"]}

    post("/practice/profile", **sent | {"main_topics": ["sleep"], "headline": "Another first line"})

    assert practice.headline == "Another first line"
    assert ([row.topic.slug for row in practice.topics], list(practice.formats)) == before
    post("/practice/profile", **sent | {"main_topics": ["anxiety", "sleep"]})
    assert [row.topic.slug for row in practice.topics][:2] == ["sleep", "anxiety"]


def test_free_words_are_live_at_once(mara_in, client, practice, post):
    answer = post("/practice/profile", **WORDS | {"headline": "A new first line"})

    assert answer.status_code == 303
    assert "A new first line" in client.get(f"/specialists/{practice.slug}").text


@pytest.mark.parametrize("change, field", BAD_WORDS)
def test_words_with_a_mistake_come_back_and_the_old_ones_stay(mara_in, practice, post, change, field):
    answer = post("/practice/profile", **WORDS | change)

    assert answer.status_code == 422
    assert errors(answer).select_one(f'a[href^="#{field}"]')
    assert value_of(answer, "best_at") == "Slowing down"
    assert recipes.again(practice).headline == "We find out what is underneath"


def test_every_part_is_folded_and_says_in_a_line_what_it_holds(mara_in, practice):
    page = BeautifulSoup(mara_in.get("/practice/profile").text, "html.parser")

    parts = {part["id"]: part.summary.get_text(" ", strip=True) for part in page.select("details.part")}

    assert not page.select("details.part[open]")
    assert parts["own"] == "In your words We find out what is underneath"
    assert parts["with"] == "Topics Communication, Anxiety"
    assert parts["tongues"] == "Languages English, French"
    assert parts["papers"] == "Your papers 3 checked"


@pytest.mark.parametrize(
    "change, part",
    [
        ({"headline": ""}, "own"),
        ({"topics": []}, "with"),
        ({"formats": []}, "meet"),
        ({"language_1": ""}, "tongues"),
        ({"approaches": ["Astrology"]}, "how"),
    ],
)
def test_the_part_with_the_mistake_is_open(mara_in, practice, post, change, part):
    answer = post("/practice/profile", **WORDS | change)

    page = BeautifulSoup(answer.text, "html.parser")
    assert [each["id"] for each in page.select("details.part[open]")] == [part]


def test_checked_words_with_a_mistake_are_open(mara_in, practice, post):
    answer = post("/practice/profile/checked", **CHECKED | {"checked-name": ""})

    page = BeautifulSoup(answer.text, "html.parser")
    assert [each["id"] for each in page.select("details.part[open]")] == ["by-us"]
    assert errors(answer).select_one('a[href="#checked-name"]')


def test_a_topic_that_was_not_granted_is_not_taken_by_the_back_door(client, mara, sam, sign_in, post):
    specialist = actions.approve(recipes.in_review(mara, sam), recipes.verdict(refused_topics=("anxiety",)), by=sam)
    browser = sign_in(client, mara)

    page = BeautifulSoup(browser.get("/practice/profile").text, "html.parser")
    answer = post("/practice/profile", **WORDS | {"topics": ["communication", "anxiety"]})
    with pytest.raises(Invalid):
        actions.edit_words(specialist, recipes.words(), by=mara)

    assert not page.select('[name=topics][value="anxiety"]')
    assert "Not granted from the training you showed: Anxiety." in page.text
    assert errors(answer).select_one('a[href="#topics"]')
    assert [row.topic.slug for row in recipes.again(specialist).topics] == ["communication"]


def test_a_new_name_waits_while_the_old_one_stays_public(mara_in, client, practice, post):
    post(
        "/practice/profile/checked",
        **CHECKED | {"checked-name": "Mara Smith", "checked-title": "Clinical psychologist"},
    )

    assert queries.waiting_revision(practice).fields == {"name": "Mara Smith", "title": "Clinical psychologist"}
    public = client.get(f"/specialists/{practice.slug}").text
    assert "Mara Ellison" in public
    assert "Mara Smith" not in public
    assert "With a reviewer" in client.get("/practice/profile").text


def test_accepted_words_are_public_and_the_address_stays(practice, mara, sam, outbox):
    slug = practice.slug
    revision = actions.ask_revision(practice, {"name": "Mara Smith", "title": "Clinical psychologist"}, by=mara)

    actions.decide_revision(revision, True, by=sam)

    found = recipes.again(practice)
    assert (found.name, found.granted_title, found.slug) == ("Mara Smith", "Clinical psychologist", slug)
    assert outbox.kinds_to(mara)[-1] == "specialists/profile_decided"


def test_refused_words_leave_the_old_ones_and_need_a_reason(practice, mara, sam):
    revision = actions.ask_revision(practice, {"name": "Mara Smith"}, by=mara)

    with pytest.raises(Invalid):
        actions.decide_revision(revision, False, by=sam, reason=" ")
    actions.decide_revision(revision, False, by=sam, reason="Please send the certificate.")

    assert recipes.again(practice).name == "Mara Ellison"


def test_nobody_decides_about_their_own_words(practice, mara, cast):
    revision = actions.ask_revision(practice, {"name": "Mara Smith"}, by=mara)

    for person in (mara, cast.ben):
        with pytest.raises(NotAllowed):
            actions.decide_revision(revision, True, by=person)


def test_a_decision_is_about_the_words_that_were_read(practice, mara, sam, clock):
    revision = actions.ask_revision(practice, {"name": "Mara Smith"}, by=mara)
    read = revision.asked_at
    clock.advance(minutes=5)
    actions.ask_revision(practice, {"name": "Mara the Great"}, by=mara)

    with pytest.raises(Conflict):
        actions.decide_revision(revision, True, by=sam, as_of=read)

    assert recipes.again(practice).name == "Mara Ellison"


def test_a_second_request_joins_the_first(practice, mara):
    actions.ask_revision(practice, {"name": "Mara Smith"}, by=mara)
    actions.ask_revision(practice, {"place": "Cork"}, by=mara)

    assert queries.waiting_revision(practice).fields == {"name": "Mara Smith", "place": "Cork"}
    assert len(queries.waiting_revisions()) == 1


def test_what_is_not_different_asks_nobody(mara_in, practice, post):
    post("/practice/profile/checked", **CHECKED)

    assert queries.waiting_revision(practice) is None


@pytest.mark.parametrize(
    "change",
    [
        {"checked-title": "Relationship coach"},
        {"checked-name": ""},
        {"checked-country": "XX"},
        {"checked-permitted": "Paris"},
    ],
)
def test_checked_words_with_a_mistake_ask_nobody(mara_in, practice, post, change):
    answer = post("/practice/profile/checked", **CHECKED | change)

    assert answer.status_code == 422
    assert value_of(answer, "checked-place") == "Dublin"
    assert queries.waiting_revision(practice) is None


def test_fields_that_are_not_for_asking_are_left_out(practice, mara):
    assert actions.ask_revision(practice, {"state": "closed", "user_id": 1, "slug": "admin"}, by=mara) is None


def test_a_newer_paper_waits_while_the_old_one_counts(mara_in, practice, post, sam):
    licence = next(c for c in practice.credentials if c.kind == "licence")

    # A prefix that ends in a dash already gets no second one; a random code may.
    prefix = licence.code if licence.code[-1] in "-_" else f"{licence.code}-"

    answer = post(
        f"/practice/profile/papers/{licence.code}",
        **{f"{prefix}kind": "licence", f"{prefix}expires_on": "2030-01-01"},
        **{f"{prefix}file": (io.BytesIO(recipes.PDF), "new.pdf")},
    )

    assert answer.status_code == 303
    papers = [(c.state, c.expires_on) for c in recipes.again(practice).credentials if c.kind == "licence"]
    assert papers == [("verified", date(2028, 12, 31)), ("submitted", date(2030, 1, 1))]
    actions.decide_revision(queries.waiting_revision(practice), True, by=sam)
    papers = [(c.state, c.expires_on) for c in recipes.again(practice).credentials if c.kind == "licence"]
    assert papers == [("replaced", date(2028, 12, 31)), ("verified", date(2030, 1, 1))]


def _renew(practice, kind, by):
    before = next(c for c in practice.credentials if c.kind == kind and c.state == "verified")
    return actions.ask_revision(practice, {}, renewal=Renewal(before.code, recipes.credential_file(kind)), by=by)


def _states(practice, kind):
    return [c.state for c in recipes.again(practice).credentials if c.kind == kind]


def test_two_newer_papers_wait_side_by_side_and_staff_decide_about_both(practice, mara, sam, client, sign_in):
    _renew(practice, "licence", mara)
    revision = _renew(practice, "insurance", mara)

    page = sign_in(client, sam).get(f"/admin/changes/{revision.code}").text
    queue = client.get("/admin/applications").text
    actions.decide_revision(revision, True, by=sam)

    for name in ("Proof of registration or accreditation", "Insurance certificate"):
        assert name in page
        assert name in queue
    assert [_states(practice, kind) for kind in ("licence", "insurance")] == [["replaced", "verified"]] * 2


def test_a_paper_asked_for_before_there_could_be_several_is_decided_as_well(practice, mara, sam):
    revision = _renew(practice, "licence", mara)
    with transaction():
        revision.fields = {"paper": revision.fields["paper:licence"]}
    _renew(practice, "insurance", mara)

    actions.decide_revision(revision, True, by=sam)

    assert [_states(practice, kind) for kind in ("licence", "insurance")] == [["replaced", "verified"]] * 2


def test_a_refused_newer_paper_is_decided_and_the_old_one_counts(practice, mara, sam, clock):
    revision = _renew(practice, "licence", mara)

    actions.decide_revision(revision, False, by=sam, reason="It cannot be read.")

    old, fresh = (c for c in recipes.again(practice).credentials if c.kind == "licence")
    assert (old.state, fresh.state) == ("verified", "refused")
    assert (fresh.checked_by_id, fresh.checked_at) == (sam.id, clock.now())
    _renew(practice, "licence", mara)
    assert _states(practice, "licence") == ["verified", "refused", "submitted"]


def test_what_is_asked_for_stands_in_the_form_and_is_taken_back_by_what_people_see(mara_in, practice, post):
    post("/practice/profile/checked", **CHECKED | {"checked-name": "Mara Mistyped", "checked-place": "Cork"})
    page = mara_in.get("/practice/profile")
    assert [value_of(page, name) for name in ("checked-name", "checked-place")] == ["Mara Mistyped", "Cork"]
    assert "people see" in tree_of(page).select_one("#by-us").text

    post("/practice/profile/checked", **CHECKED | {"checked-place": "Cork"})
    assert queries.waiting_revision(practice).fields == {"place": "Cork"}

    answer = post("/practice/profile/checked", **CHECKED)
    assert answer.status_code == 303
    assert queries.waiting_revision(practice) is None
    assert "Taken back." in mara_in.get("/practice/profile").text


def test_a_paper_stays_with_a_reviewer_when_the_words_beside_it_are_taken_back(practice, mara):
    _renew(practice, "licence", mara)
    actions.ask_revision(practice, {"name": "Mara Mistyped"}, by=mara)

    revision = actions.ask_revision(practice, {"name": "Mara Ellison"}, by=mara)

    assert list(revision.fields) == ["paper:licence"]


def test_asking_for_the_same_again_keeps_the_place_in_the_queue(practice, mara, clock):
    asked_at = actions.ask_revision(practice, {"name": "Mara Smith"}, by=mara).asked_at
    clock.advance(hours=2)

    assert actions.ask_revision(practice, {"name": "Mara Smith"}, by=mara).asked_at == asked_at


def test_a_request_that_was_taken_back_meanwhile_is_decided_by_nobody(practice, mara, sam, monkeypatch):
    """Staff who waited for the lock see that it is gone."""
    revision = actions.ask_revision(practice, {"name": "Mara Mistyped"}, by=mara)
    lock = editing.touch

    def taken_back_first(specialist):
        db.session.execute(delete(ProfileRevision), execution_options={"synchronize_session": False})
        lock(specialist)

    monkeypatch.setattr(editing, "touch", taken_back_first)
    with pytest.raises(Conflict):
        actions.decide_revision(revision, True, by=sam)

    assert recipes.again(practice).name == "Mara Ellison"


def test_a_paper_of_somebody_else_cannot_be_renewed(practice, mara, cast):
    licence = next(c for c in practice.credentials if c.kind == "licence")

    with pytest.raises(NotFound):
        actions.ask_revision(cast.practice, {}, renewal=Renewal(licence.code, recipes.credential_file()), by=cast.anna)


# ---------------------------------------------------------------- the face


def test_a_face_is_made_anew_and_served_for_ever(mara_in, client, practice, post):
    answer = post("/practice/profile/photo", photo=(io.BytesIO(recipes.picture()), "me.jpg"))

    assert answer.status_code == 303
    face = BeautifulSoup(client.get(f"/specialists/{practice.slug}").text, "html.parser").select_one(
        ".profile-head img"
    )
    served = client.get(face["src"])
    with Image.open(io.BytesIO(served.data)) as image:
        assert (image.format, image.size) == ("WEBP", (512, 512))
    assert served.mimetype == "image/webp"
    assert "immutable" in served.headers["Cache-Control"]
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_face_is_taken_as_large_as_a_telephone_makes_it(mara_in, client, practice):
    content = recipes.telephone_picture()

    form = recipes.whole_form(csrf_of(client.get("/time-zone")), "photo", "me.jpg", content)
    answer = client.post("/practice/profile/photo", **form)

    assert 10 * 1024 * 1024 < len(content) < PHOTO_BYTES
    assert answer.status_code == 303
    assert recipes.again(practice).photo_key


def test_a_face_that_is_too_large_is_refused_beside_its_field_with_the_number(mara_in, client, practice):
    form = recipes.whole_form(csrf_of(client.get("/time-zone")), "photo", "me.jpg", b"x" * (PHOTO_BYTES + 1))
    answer = client.post("/practice/profile/photo", **form)

    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert f"larger than {PHOTO_MB} MB" in page.select_one("#photo-error").text
    assert f"{PHOTO_MB} MB at most" in page.select_one("#photo-hint").text


def test_a_stranger_may_send_no_more_there_than_anywhere(client):
    form = recipes.whole_form(csrf_of(client.get("/time-zone")), "photo", "me.jpg", recipes.telephone_picture())
    answer = client.post("/practice/profile/photo", **form)

    assert answer.status_code == 413
    assert f"a picture of you {PHOTO_MB} MB" in answer.text
    assert "You are not signed in" in answer.text


def test_another_face_takes_the_place_of_the_first(mara_in, practice, post, config):
    post("/practice/profile/photo", photo=(io.BytesIO(recipes.picture()), "me.jpg"))
    first = recipes.again(practice).photo_key

    post("/practice/profile/photo", photo=(io.BytesIO(recipes.picture(kind="PNG")), "me.png"))

    assert recipes.again(practice).photo_key != first
    assert len(list(config.uploads.glob("photos/*"))) == 2
    post("/practice/profile/photo/remove")
    assert recipes.again(practice).photo_key is None
    assert not list(config.uploads.glob("photos/*"))


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg/>", recipes.PDF, b"GIF89a", recipes.picture((50, 50)), recipes.picture()[:500]],
    ids=range(6),
)
def test_what_is_no_face_is_refused_beside_its_field(mara_in, practice, post, config, content):
    answer = post("/practice/profile/photo", photo=(io.BytesIO(content), "me.jpg"))

    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one("#photo-error").text.strip()
    assert recipes.again(practice).photo_key is None
    assert not list(config.uploads.glob("photos/*"))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "x.webp", "a" * 22 + "-96.webp", "a" * 22 + "-97.webp", "%00.webp"]
)
def test_a_face_that_does_not_exist_is_404(client, app, name):
    assert client.get(f"/photos/{name}").status_code == 404


# ---------------------------------------------------------------- rest and return


def test_resting_and_coming_back(mara_in, practice, post):
    answer = post("/practice/profile/pause", **{"pause-until": "2027-03-20"})
    assert answer.status_code == 303
    assert recipes.again(practice).state == ProfileState.PAUSED

    post("/practice/profile/publish")

    assert recipes.again(practice).state == ProfileState.PUBLISHED


@pytest.mark.parametrize("until", ["2027-03-01", "2020-01-01", "2027-02-30", "2099-01-01", "soon"])
def test_a_day_that_makes_no_sense_is_refused_and_nothing_rests(mara_in, practice, post, until):
    answer = post("/practice/profile/pause", **{"pause-until": until})

    assert answer.status_code in (409, 422)
    assert recipes.again(practice).state == ProfileState.PUBLISHED


# ---------------------------------------------------------------- whose pages these are


@pytest.mark.parametrize("path", ["/practice/profile", "/practice/offers"])
def test_an_applicant_is_led_to_the_application(client, mara, sign_in, path):
    recipes.sent(mara)
    sign_in(client, mara)

    assert client.get(path).location == "/apply"


@pytest.mark.parametrize("path", ["/practice/profile", "/practice/offers"])
def test_the_pages_of_a_practice_are_not_for_clients(client, cast, sign_in, path):
    sign_in(client, cast.ben)

    assert client.get(path).status_code == 403


def test_nobody_changes_somebody_elses_profile(practice, cast):
    for attempt in (
        lambda: actions.edit_words(practice, recipes.words(), by=cast.anna),
        lambda: actions.ask_revision(practice, {"name": "X"}, by=cast.anna),
        lambda: actions.set_photo(practice, None, by=cast.anna),
        lambda: actions.pause(practice, None, by=cast.anna),
        lambda: actions.publish(practice, by=cast.anna),
        lambda: actions.close(practice, by=cast.anna),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_paused_name_is_still_edited(practice, mara):
    actions.pause(practice, None, by=mara)

    actions.edit_words(practice, recipes.words(headline="Back in spring"), by=mara)

    assert recipes.again(practice).headline == "Back in spring"


def test_an_applicant_edits_in_the_application_only(mara):
    with pytest.raises(Conflict):
        actions.edit_words(recipes.sent(mara), recipes.words(), by=mara)


def test_every_kind_of_person_sees_the_editor_of_their_own(client, sign_in, cast):
    sign_in(client, cast.anna)

    assert "Anna Kern" in client.get("/practice/profile").text
    assert factories.PASSWORD not in client.get("/practice/profile").text


@pytest.mark.parametrize("until", ["2027-03-01", "2020-01-01", "2028-04-01", "2028-12-31", "tomorrow"])
def test_a_day_to_come_back_on_that_is_none_is_refused_beside_its_field(mara_in, practice, post, until):
    answer = post("/practice/profile/pause", **{"pause-until": until})

    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert page.select_one("#pause-until-error")
    assert page.select_one("#pause-until")["value"] == until
    assert recipes.again(practice).state == ProfileState.PUBLISHED


def test_who_rests_reads_so_beside_their_hours_and_comes_back(mara_in, practice, post):
    post("/practice/profile/pause", **{"pause-until": "2027-03-09"})
    hours = mara_in.get("/practice/availability").text

    post("/practice/profile/publish")

    assert "You’re taking no new clients until Tuesday 9 March" in hours
    assert "isn’t published" not in hours
    assert "Your pause is over." in mara_in.get("/practice").text


def test_a_face_that_found_no_turn_leaves_the_form_and_says_so(mara_in, practice, post, monkeypatch):
    monkeypatch.setattr(images, "TURN", 0.01)
    with images._ONE:
        answer = post("/practice/profile/photo", photo=(io.BytesIO(recipes.picture()), "me.jpg"))

    assert answer.status_code == 422
    assert "again in a minute" in tree_of(answer).select_one("#photo-error").text
    assert recipes.again(practice).photo_key is None


@pytest.fixture
def counted(make_app):
    """A browser of an application that counts how often a form is sent."""
    other = make_app(overrides={"RATELIMIT_ENABLED": True})
    limiter.reset()
    yield other.test_client()
    limiter.reset()


def test_one_person_sends_so_many_files_whichever_form_they_choose(counted, practice, mara, sam, sign_in):
    most = int(FILES_PER_PERSON.split()[0])
    sign_in(counted, mara)
    fields = {"csrf_token": csrf_of(counted.get("/time-zone"))}
    doors = ("/apply/documents", "/practice/profile/photo", "/practice/profile/papers/x")

    codes = [counted.post(doors[number % 3], data=fields).status_code for number in range(most + 3)]

    assert 429 not in codes[:most]
    assert codes[most:] == [429] * 3
    sign_in(counted, sam)
    assert counted.post("/apply/documents", data={"csrf_token": csrf_of(counted.get("/time-zone"))}).status_code != 429
