"""What a visitor was doing when the gate appeared survives it, and is never sent by itself."""

import json

import pytest
from bs4 import BeautifulSoup
from flask import Blueprint, url_for
from flask_login import current_user
from sqlalchemy import select

from practice.accounts import intents, jobs, queries
from practice.accounts.models import Intent
from practice.accounts.states import MOVES, IntentState
from practice.http.access import client, public
from practice.http.pages import csrf_field
from practice.store.db import db, transaction
from practice.values.errors import IllegalMove, NotAllowed
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD

NOTE = "Can I start on my own and see?"
sent: list[str] = []


@pytest.fixture
def office(make_app, app):
    """The product with one more form that needs an account: a letter to somebody."""
    other = make_app()
    bp = Blueprint("letters", __name__)

    @bp.get("/letters/<name>")
    @public
    def new(name):
        intent = intents.current_intent()
        kept = intents.payload(intent).get("note", "") if intent else ""
        action = url_for("letters.create", name=name)
        return f'<main><form action="{action}" method="post">{csrf_field()}<textarea>{kept}</textarea></form></main>'

    @bp.post("/letters/<name>/send")
    @client
    def create(name):
        from flask import request

        sent.append(request.form["note"])
        if intent := intents.current_intent():
            intents.complete(intent)
        return f"<main>sent by {current_user.display_name}</main>"

    other.register_blueprint(bp)
    intents.keep_at_gate(
        "letters.create",
        intents.Gate(
            kind="letter",
            fields=("note", "topics"),
            target=lambda arguments, _fields: url_for("letters.new", name=arguments["name"]),
            task=lambda arguments, _fields: f"send your letter to {arguments['name'].capitalize()}",
        ),
    )
    sent.clear()
    yield other
    intents._gates.pop("letters.create")


@pytest.fixture
def person(office):
    return Person(office.test_client())


@pytest.fixture
def elsewhere(office):
    return Person(office.test_client())


def _write(person, name="ilse", note=NOTE):
    return person.fill(f"/letters/{name}", f"/letters/{name}/send", note=note, topics=["a", "b"], password="never-kept")


def _stored():
    db.session.rollback()
    return db.session.scalars(select(Intent).order_by(Intent.id)).all()


def _states():
    return [i.state for i in _stored()]


def test_the_gate_names_the_task_and_shows_what_was_written(person):
    answer = _write(person)
    page = person.see(answer.location)

    assert answer.location == "/sign-in"
    assert "<h1>Sign in to send your letter to Ilse</h1>" in page.text
    assert NOTE in words(page)
    assert "Create an account to send your letter to Ilse" in person.see("/sign-up").text


def test_after_signing_in_the_text_is_back_and_nothing_was_sent(person, cast):
    _write(person)
    answer = person.sign_in(cast.ben.email, PASSWORD)

    assert answer.location == "/letters/ilse"
    assert NOTE in person.see(answer.location).text
    assert sent == []
    assert _states() == [IntentState.CLAIMED]

    _write(person)
    assert sent == [NOTE]
    assert _states() == [IntentState.COMPLETED]


def test_secrets_and_fields_that_nobody_asked_for_are_not_kept(person):
    _write(person)
    (intent,) = _stored()

    with person.browser.application.app_context():
        assert intents.payload(db.session.get_one(Intent, intent.id)) == {"note": NOTE, "topics": ["a", "b"]}
    assert NOTE not in json.dumps({k: str(v) for k, v in vars(intent).items()})


def test_a_secret_cannot_even_be_asked_for():
    gate = intents.Gate("x", ("note", "new_password"), lambda *_: "/", lambda *_: "")

    with pytest.raises(ValueError, match="new_password"):
        intents.keep_at_gate("letters.other", gate)


def test_the_cookie_holds_only_a_random_token(person):
    _write(person)
    with person.browser.session_transaction() as session:
        kept = dict(session)

    assert NOTE not in str(kept)
    assert "ilse" not in str(kept).lower()
    assert _stored()[0].token_hash not in str(kept)


def test_a_new_person_confirms_on_another_device_and_lands_in_the_same_place(person, elsewhere, outbox, sign_up_form):
    _write(person)
    person.fill("/sign-up", **sign_up_form)
    nora = queries.user_by_email("nora@people.example")
    link = f"/confirm/{token_of(outbox.last_to(nora))}"

    answer = elsewhere.fill(link, password=GOOD)

    assert answer.location == "/letters/ilse"
    assert NOTE in elsewhere.see("/letters/ilse").text
    assert sent == []


def test_a_new_person_confirms_in_the_same_browser_and_lands_in_the_same_place(person, outbox, sign_up_form):
    _write(person)
    person.fill("/sign-up", **sign_up_form)
    nora = queries.user_by_email("nora@people.example")

    answer = person.fill(f"/confirm/{token_of(outbox.last_to(nora))}")

    assert answer.location == "/letters/ilse"
    assert NOTE in person.see("/letters/ilse").text


def test_a_known_address_at_sign_up_does_not_lose_the_task(person, cast, sign_up_form):
    _write(person)
    person.fill("/sign-up", **{**sign_up_form, "email": cast.ben.email})

    answer = person.sign_in(cast.ben.email, PASSWORD)

    assert answer.location == "/letters/ilse"


def test_a_new_password_in_the_middle_keeps_the_task_where_it_was_begun(person, elsewhere, cast, outbox):
    """And nowhere else: whoever asks for a reset of somebody else's account must not put words into it."""
    _write(person)
    person.fill("/reset", email=cast.ben.email)
    elsewhere.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)
    elsewhere.sign_in(cast.ben.email, GOOD)
    assert queries.drafts_for(cast.ben) == []

    answer = person.sign_in(cast.ben.email, GOOD)

    assert answer.location == "/letters/ilse"
    assert NOTE in person.see("/letters/ilse").text


def test_the_wrong_account_can_be_left_without_losing_the_text(person, cast):
    _write(person)
    person.sign_in(cast.cleo.email, PASSWORD)
    person.press("/me/settings", "/sign-out", keep="1")
    assert _states() == [IntentState.OPEN]

    answer = person.sign_in(cast.ben.email, PASSWORD)

    assert answer.location == "/letters/ilse"
    assert NOTE in person.see("/letters/ilse").text
    assert queries.drafts_for(cast.cleo) == []
    assert len(queries.drafts_for(cast.ben)) == 1


def test_signing_out_of_a_shared_computer_wipes_the_draft(person, cast):
    _write(person)
    person.sign_in(cast.ben.email, PASSWORD)
    person.press("/me/settings", "/sign-out")

    (intent,) = _stored()
    assert intent.state == IntentState.DISCARDED
    assert intent.sealed == ""
    assert NOTE not in person.see("/letters/ilse").text


def test_signing_out_of_an_own_device_keeps_the_draft_in_the_account(person, cast):
    _write(person)
    person.sign_in(cast.ben.email, PASSWORD, is_private="y")
    person.press("/me/settings", "/sign-out")

    assert _states() == [IntentState.CLAIMED]
    assert NOTE not in person.see("/letters/ilse").text
    person.sign_in(cast.ben.email, PASSWORD)
    assert "Send your letter to Ilse" in words(person.see("/me/settings"))


def test_the_newest_task_wins_and_the_older_one_waits_as_a_draft(person, cast):
    _write(person, "ilse", "the older text here")
    _write(person, "tom", "the newer text here")

    answer = person.sign_in(cast.ben.email, PASSWORD)

    assert answer.location == "/letters/tom"
    assert "the newer text" in person.see("/letters/tom").text
    drafts = queries.drafts_for(cast.ben)
    assert [intents.task(d) for d in drafts] == ["send your letter to Tom", "send your letter to Ilse"]

    answer = person.see(f"/drafts/{drafts[1].code}")
    assert answer.location == "/letters/ilse"
    assert "the older text" in person.see("/letters/ilse").text


def test_the_same_form_sent_twice_is_one_task(person, cast):
    _write(person, note="first words")
    _write(person, note="better words")

    assert _states() == [IntentState.OPEN]
    person.sign_in(cast.ben.email, PASSWORD)
    assert "better words" in person.see("/letters/ilse").text


def test_a_form_sent_many_times_does_not_crowd_out_another_task(person, cast):
    _write(person, "tom", "words for tom")
    for n in range(8):
        _write(person, note=f"version {n} of it")

    person.sign_in(cast.ben.email, PASSWORD)

    assert [intents.task(d) for d in queries.drafts_for(cast.ben)] == [
        "send your letter to Ilse",
        "send your letter to Tom",
    ]
    assert "version 7" in person.see("/letters/ilse").text


def test_after_48_hours_it_is_gone_and_wiped(person, cast, clock):
    _write(person)
    clock.advance(hours=48, seconds=1)

    answer = person.sign_in(cast.ben.email, PASSWORD)
    assert answer.location == "/me"
    assert jobs.expire_intents() == 1
    (intent,) = _stored()
    assert (intent.state, intent.sealed) == (IntentState.EXPIRED, "")
    assert jobs.expire_intents() == 0


def test_somebody_elses_draft_does_not_exist(person, elsewhere, cast):
    _write(person)
    person.sign_in(cast.ben.email, PASSWORD)
    code = _stored()[0].code
    elsewhere.sign_in(cast.cleo.email, PASSWORD)

    assert elsewhere.see(f"/drafts/{code}").status_code == 404
    token = elsewhere.see("/me/settings").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert elsewhere.browser.post(f"/drafts/{code}/discard", data={"csrf_token": token}).status_code == 404
    assert _states() == [IntentState.CLAIMED]


def test_a_draft_can_be_thrown_away(person, cast):
    _write(person)
    person.sign_in(cast.ben.email, PASSWORD)
    code = _stored()[0].code

    person.press("/me/settings", f"/drafts/{code}/discard")

    assert _states() == [IntentState.DISCARDED]
    assert person.see(f"/drafts/{code}").status_code == 404


def test_a_stolen_token_opens_nothing_once_the_owner_has_claimed_it(person, elsewhere, cast):
    _write(person)
    with person.browser.session_transaction() as session:
        tokens = list(session[intents.TOKENS])
    with elsewhere.browser.session_transaction() as session:
        session[intents.TOKENS] = tokens
    person.sign_in(cast.ben.email, PASSWORD)

    assert NOTE not in elsewhere.see("/letters/ilse").text
    elsewhere.sign_in(cast.cleo.email, PASSWORD)
    assert NOTE not in elsewhere.see("/letters/ilse").text


def test_somebody_elses_intent_cannot_be_claimed(office, cast):
    with office.test_request_context():
        intent = intents.open_intent("letter", "/letters/ilse", {"note": NOTE})
        intents.claim(intent, cast.ben)
        intents.claim(intent, cast.ben)

        with pytest.raises(NotAllowed):
            intents.claim(intent, cast.cleo)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "nowhere", "/none"])
def test_an_intent_leads_only_to_pages_of_ours(office, target):
    with office.test_request_context(), pytest.raises(ValueError, match="page of ours"):
        intents.open_intent("letter", target, {})


def test_only_the_moves_of_the_table_exist(app):
    for before in IntentState:
        for after in IntentState:
            intent = Intent(state=before)
            if after in MOVES.get(before, set()):
                intent.move_to(after)
                assert intent.state == after
            else:
                with pytest.raises(IllegalMove):
                    intent.move_to(after)
                assert intent.state == before


def test_what_was_kept_cannot_be_moved_to_another_row(office):
    with office.test_request_context():
        first = intents.open_intent("letter", "/letters/ilse", {"note": NOTE})
        second = intents.open_intent("letter", "/letters/tom", {"note": "other"})
        with transaction():
            second.sealed = first.sealed

        with pytest.raises(Exception, match="locked"):
            intents.payload(second)


def test_a_post_without_a_form_to_come_back_to_leads_to_a_page_that_can_be_read(person):
    answer = person.browser.post("/me/settings/you", data={"csrf_token": _token(person), "display_name": "x"})

    assert answer.location == "/sign-in"


def _token(person):
    return person.see("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_the_place_that_is_held_can_be_noted(office):
    with office.test_request_context():
        intent = intents.open_intent("letter", "/letters/ilse", {}, booking_id=7)
        assert intent.booking_id == 7


def test_coming_back_to_the_form_says_that_nothing_was_sent(person, cast):
    _write(person)
    person.sign_in(cast.ben.email, PASSWORD)

    assert "Nothing has been sent: check it, then press the button." in words(person.see("/me/settings"))


def test_the_gate_of_somebody_who_wrote_something_can_be_left_quickly(person):
    assert "data-exit" not in person.see("/sign-up").text
    _write(person)

    for page in ("/sign-in", "/sign-up", "/sign-up/sent"):
        assert "data-exit" in person.see(page).text, page


def test_leaving_hides_what_was_begun_from_this_browser_and_not_from_its_owner(person, elsewhere, outbox, sign_up_form):
    _write(person)
    person.fill("/sign-up", **sign_up_form)
    nora = queries.user_by_email("nora@people.example")
    token = BeautifulSoup(person.see("/time-zone").data, "html.parser").find("input", {"name": "csrf_token"})["value"]
    assert person.browser.post("/forget", data={"csrf_token": token}).status_code == 204

    for page in ("/sign-in", "/sign-up", "/sign-up/sent", "/letters/ilse"):
        assert NOTE not in person.see(page).text, page
        assert nora.email not in person.see(page).text, page
    elsewhere.fill(f"/confirm/{token_of(outbox.last_to(nora))}", password=GOOD)
    assert NOTE in elsewhere.see("/letters/ilse").text


def test_where_somebody_had_begun_to_book_is_forgotten_after_a_month(app, clock):
    with app.test_request_context():
        intents.open_intent("book", "/specialists", {"note": NOTE})
    clock.advance(hours=49)
    jobs.expire_intents()
    jobs.forget_devices()
    assert db.session.scalar(select(Intent)) is not None

    clock.advance(days=30)
    jobs.forget_devices()
    assert db.session.scalar(select(Intent)) is None
