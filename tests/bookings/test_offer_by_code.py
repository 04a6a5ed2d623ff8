"""An offer is chosen by its code; older addresses and drafts lead on, and say what has changed since."""

import pytest

from practice.accounts import intents
from practice.accounts.models import Intent
from practice.accounts.states import IntentState
from practice.bookings import labels
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.specialists import actions as offers
from practice.specialists.models import Offer
from practice.specialists.states import OfferKind, ProfileState
from practice.store.db import db, transaction
from practice.values.money import Money
from tests import factories
from tests.bookings.conftest import WEDNESDAY_TEN, value
from tests.pages import csrf_of, fields_of, tree_of

OLD = "/specialists/anna-kern/book"
CHANGED = "This offer has changed: it was 50 minutes for €72.00, and is 30 minutes free of charge now."


def address(offer, what="book"):
    return f"/specialists/anna-kern/offers/{offer.code}/{what}"


def by_script(browser, path, **fields):
    token = csrf_of(browser.get("/time-zone"))
    return browser.post(path, data={"csrf_token": token} | fields, headers={"Accept": "application/json"})


@pytest.fixture
def consult(cast):
    return cast.practice.consult


@pytest.fixture
def session(cast):
    return next(each for each in cast.practice.offers if each.kind == OfferKind.INDIVIDUAL)


@pytest.fixture
def became_free(session, consult, cast):
    """What was a session of fifty minutes has become the consultation: the one change that can be booked today."""
    with transaction():
        session.ended_at, consult.follows_id = cast.anna.created_at, session.id
    return session


def renewed(cast):
    """The consultation was taken off and put on again: another version, nothing else."""
    offers.set_consult(cast.practice, False, by=cast.anna)
    return offers.set_consult(cast.practice, True, by=cast.anna)


# ---------------------------------------------------------------- where one chooses


def test_every_way_to_a_time_names_the_offer(client, consult, post):
    listed = tree_of(client.get("/specialists")).select("button[formaction]")
    picker = tree_of(client.get("/specialists/anna-kern")).select_one("form[data-picker]")
    chosen = post(address(consult), start=value(WEDNESDAY_TEN))
    form = tree_of(client.get(chosen.location)).select_one("form[action$='/confirm']")
    lost = tree_of(client.get(f"{address(consult)}?start=2020-01-01T09:00:00Z")).select_one("form[action$='/book']")

    assert {each["formaction"] for each in listed} == {address(consult)}
    assert picker["action"] == lost["action"] == chosen.location == address(consult)
    assert form["action"] == address(consult, "book/confirm")


def test_times_are_read_for_an_offer(client, consult, session):
    half, fifty = (set(client.get(address(each, "slots")).json["starts"]) for each in (consult, session))

    assert (
        client.get("/specialists/anna-kern/slots").json["starts"]
        == client.get(address(consult, "slots")).json["starts"]
    )
    assert half
    assert fifty
    assert half != fifty


def test_a_time_can_be_gone_for_one_length_and_not_for_another(client, post, cast, consult, session):
    """Ten is kept: half past nine is free for half an hour and not for fifty minutes, and each hears so of itself."""
    post(address(consult), start="2027-03-03T09:00:00Z")
    db.session.rollback()
    stranger = client.application.test_client()

    assert by_script(stranger, address(session), start="2027-03-03T08:30:00Z").json["error"] == "slot_taken"
    assert by_script(stranger, address(consult), start="2027-03-03T08:30:00Z").status_code == 303


@pytest.mark.parametrize("path", ["offers/nothing/book", "offers/nothing/slots"])
def test_a_code_of_nothing_or_of_somebody_else_is_not_found(client, cast, path):
    assert client.get(f"/specialists/anna-kern/{path}").status_code == 404


def test_what_has_a_price_is_kept_for_nobody_and_says_why(client, cast, session, post):
    answer = post(address(session), start=value(WEDNESDAY_TEN))

    assert answer.location == "/specialists/anna-kern#book"
    assert "This cannot be paid here at the moment, so nothing is booked." in client.get("/specialists/anna-kern").text
    assert db.session.query(Booking).count() == 0


WORDS = {"start": value(WEDNESDAY_TEN), "format": "video", "consent": "y", "note": "Kept as it is"}
ITS_OWN = ("It becomes yours", "holding this time", "isn’t held")  # what waits for nobody who is refused


@pytest.mark.parametrize("who", ["a visitor", "ben"])
def test_the_form_of_what_has_a_price_opens_for_nobody_and_says_why(client, cast, session, sign_in, who):
    if who == "ben":
        sign_in(client, cast.ben)

    answer = client.get(f"{address(session)}?start={value(WEDNESDAY_TEN)}")

    assert (answer.status_code, answer.location) == (303, "/specialists/anna-kern#book")
    assert "This cannot be paid here at the moment, so nothing is booked." in client.get("/specialists/anna-kern").text
    assert by_script(client, address(session), start=value(WEDNESDAY_TEN)).json["rule"] == "price"


@pytest.mark.parametrize("who", ["a visitor", "ben"])
def test_a_form_of_what_has_a_price_leads_nobody_to_an_account_for_nothing(client, cast, session, sign_in, post, who):
    if who == "ben":
        sign_in(client, cast.ben)

    answer = post(address(session, "book/confirm"), **WORDS)

    assert answer.status_code == 409
    assert "This cannot be paid here at the moment, so nothing is booked." in answer.text
    assert "Kept as it is" in answer.text
    assert not [words for words in ITS_OWN if words in answer.text]
    told = by_script(client, address(session, "book/confirm"), **WORDS)
    assert (told.status_code, told.json["rule"]) == (409, "price")


def test_a_visitor_of_a_practice_that_takes_nobody_hears_so_before_an_account(client, cast, consult, post):
    with transaction():
        cast.practice.state = ProfileState.PAUSED

    answer = post(address(consult, "book/confirm"), **WORDS)

    assert answer.status_code == 409
    assert "Free consultations with this specialist cannot be booked at the moment." in answer.text
    assert "Kept as it is" in answer.text
    assert not [words for words in ITS_OWN if words in answer.text]


def test_a_visitor_whose_time_is_gone_hears_so_before_an_account(client, cast, consult, post):
    factories.booking(cast.cleo, cast.practice, WEDNESDAY_TEN)

    answer = post(address(consult, "book/confirm"), **WORDS)

    assert answer.status_code == 409
    assert tree_of(answer).find("h1").text.strip() == "That time is not free any more"
    assert "Kept as it is" in client.get(f"{address(consult)}?start={value(WEDNESDAY_TEN.replace(hour=12))}").text


def test_whoever_may_not_book_is_not_told_that_the_time_waits_for_them(client, cast, consult, post):
    post(address(consult), start=value(WEDNESDAY_TEN))
    factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN.replace(day=4))
    post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)

    page = client.get(address(consult)).text

    assert "You have a free consultation with this specialist booked already." in page
    assert not [words for words in ITS_OWN if words in page]


# ---------------------------------------------------------------- addresses from before


def test_the_address_without_a_code_leads_to_the_consultation_for_good(client, consult):
    answer = client.get(f"{OLD}?start={value(WEDNESDAY_TEN)}")

    assert (answer.status_code, answer.location) == (301, f"{address(consult)}?start={value(WEDNESDAY_TEN)}")


def test_a_page_that_was_open_before_still_books(ben_in, cast, post, consult):
    post(OLD, start=value(WEDNESDAY_TEN))
    form = fields_of(ben_in.get(address(consult)), address(consult, "book/confirm"))
    answer = ben_in.post(f"{OLD}/confirm", data=form | {"format": "video", "consent": "y"})

    assert "/confirmed" in answer.location
    assert [each.state for each in db.session.query(Booking)] == [BookingState.CONFIRMED]


@pytest.mark.parametrize("what", ["book", "slots"])
def test_an_older_version_leads_to_the_present_one_without_a_word_if_nothing_changed(client, cast, consult, what):
    now = renewed(cast)

    answer = client.get(address(consult, what), query_string={"start": value(WEDNESDAY_TEN)})

    assert answer.status_code == 302
    assert answer.location.startswith(address(now, what))
    assert "has changed" not in client.get(answer.location).text


def test_an_older_version_with_another_price_or_length_says_so(client, consult, became_free):
    answer = client.get(address(became_free), query_string={"start": value(WEDNESDAY_TEN)}, follow_redirects=True)

    assert answer.request.path == address(consult)
    assert CHANGED in answer.text


def test_a_time_chosen_on_an_older_page_is_kept_of_the_present_offer_and_says_so(client, post, consult, became_free):
    answer = post(address(became_free), start=value(WEDNESDAY_TEN))

    assert answer.location == address(consult)
    assert CHANGED in client.get(answer.location).text
    assert [each.appointment.offer_id for each in db.session.query(Booking)] == [consult.id]


def test_nobody_books_for_a_price_or_length_that_their_form_did_not_show(ben_in, post, consult, became_free):
    words = {"start": value(WEDNESDAY_TEN), "format": "video", "consent": "y", "note": "Kept as it is"}

    told = by_script(ben_in, address(became_free, "book/confirm"), **words)
    answer = post(address(became_free, "book/confirm"), **words)
    form = ben_in.get(answer.location).text

    assert (told.status_code, told.json["error"]) == (409, "offer_changed")
    assert (answer.status_code, answer.location) == (303, address(consult))
    assert CHANGED in form
    assert "Kept as it is" in form
    assert db.session.query(Booking).count() == 0


def test_what_is_not_offered_any_more_is_not_found_and_says_so(client, cast, consult):
    offers.set_consult(cast.practice, False, by=cast.anna)

    answer = client.get(address(consult))

    assert answer.status_code == 404
    assert "Anna does not offer this any more." in answer.text


def test_a_session_offered_again_after_it_ended_follows_what_it_was(cast, session):
    offers.end_offer(cast.practice, session, by=cast.anna)
    again = offers.set_offer(cast.practice, 50, Money(7200, "EUR"), by=cast.anna)

    assert (again.follows_id, again.version) == (session.id, 2)
    assert db.session.get_one(Offer, session.id).ended_at is not None


# ---------------------------------------------------------------- drafts


def drafts():
    db.session.rollback()
    return [(each.target, each.state) for each in db.session.query(Intent).order_by(Intent.id)]


@pytest.fixture
def begun(client, post, consult, app):
    """A visitor wrote something, and met the sign-in gate; `moved` puts their draft under an older address."""
    words = {"start": value(WEDNESDAY_TEN), "format": "video", "consent": "y", "note": "Please keep this"}
    post(address(consult, "book/confirm"), **words)

    def moved(target):
        with transaction():
            db.session.query(Intent).one().target = target

    return moved


def test_a_draft_from_before_is_read_as_the_consultation(client, consult, begun, post):
    begun(OLD)

    assert "Please keep this" in client.get(OLD, follow_redirects=True).text
    post(address(consult), start=value(WEDNESDAY_TEN))
    assert "Please keep this" in client.get(address(consult)).text
    assert drafts() == [(OLD, IntentState.DISCARDED), (address(consult), IntentState.OPEN)]


def test_a_draft_of_an_older_version_goes_on_under_the_present_one(client, cast, consult, begun):
    now = renewed(cast)

    page = client.get(address(consult), follow_redirects=True)

    assert page.request.path == address(now)
    assert "Please keep this" in page.text


def test_a_draft_of_another_offer_is_not_mixed_up_with_it(client, session, begun):
    begun(address(session))

    assert "Please keep this" not in client.get(f"{OLD}?start={value(WEDNESDAY_TEN)}", follow_redirects=True).text


def test_a_draft_is_named_after_its_offer(client, consult, begun):
    with client.session_transaction() as browser:
        tokens = browser[intents.TOKENS]

    assert len(tokens) == 1
    assert "book your free consultation with Anna" in client.get("/sign-up").text.replace("Book", "book")


# ---------------------------------------------------------------- each form speaks of its own offer


def words_at(browser, offer):
    page = browser.get(f"{address(offer)}?start={value(WEDNESDAY_TEN)}", follow_redirects=True)
    return " ".join(tree_of(page).find("main").get_text(" ").split())


def test_the_form_of_a_free_consultation_speaks_of_that(client, consult):
    said = words_at(client, consult)

    assert "Nothing to pay, now or later." in said
    assert "Your free consultation" in said
    assert "Free. Nothing is charged, now or later. No card." in said
    assert "Move it twice or cancel it any time before it starts." in said
    assert "A first talk to see if it fits. Not a session" in said
    assert "One free consultation with each specialist. We remind you the day before and an hour before." in said
    assert "Book my free consultation" in said


def test_the_form_of_a_session_speaks_of_its_own_name_and_length(client, cast):
    """Of one that is free of charge: what has a price is bought."""
    session = factories.offer(
        cast.practice, kind=OfferKind.INDIVIDUAL, name="Long", minutes=60, price=Money(0, "EUR"), consult_first=False
    )
    said = words_at(client, session)

    assert "Your session" in said
    assert "Long, 1 hour." in said
    assert "Book my session" in said
    assert "free consultation with each" not in said
    assert "We remind you the day before and an hour before." in said


def test_the_summary_of_a_session_names_its_price_and_length(session, client):
    with client.application.test_request_context():
        said = str(labels.summary(session, WEDNESDAY_TEN))

    assert "€72.00 for 50 minutes." in said
    assert "Nothing is charged" not in said
