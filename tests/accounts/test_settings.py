"""Settings: saved section by section, each value checked; an address changes by its new owner's hand."""

import pytest
from sqlalchemy import select, update

from practice.accounts import queries
from practice.accounts.models import User
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD
from tests.pages import tree_of

PAGE = "/me/settings"
NEW = "ben.new@people.example"


@pytest.fixture
def ben(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)
    return visitor


def _fresh(address="ben@people.example"):
    db.session.rollback()
    return queries.user_by_email(address)


def test_a_new_name_is_saved_and_shown(ben):
    answer = ben.fill(PAGE, f"{PAGE}/you", display_name="  Benedict ")

    assert answer.location == f"{PAGE}#you"
    assert _fresh().display_name == "Benedict"
    assert "Saved." in ben.see(PAGE).text


def test_a_bad_name_is_refused_with_the_form_filled(ben):
    answer = ben.fill(PAGE, f"{PAGE}/you", display_name="<script>x</script>")

    assert answer.status_code == 422
    assert "&lt;script&gt;x" in answer.text
    assert "<script>x" not in answer.text
    assert _fresh().display_name == "Ben"


def test_a_zone_is_chosen_and_times_follow(ben):
    ben.fill(PAGE, f"{PAGE}/zone", zone="Asia/Kathmandu")

    assert _fresh().zone == "Asia/Kathmandu"
    assert "It’s 13:45 there now" in words(ben.see(PAGE))


def test_a_zone_that_does_not_exist_is_refused(ben):
    assert ben.fill(PAGE, f"{PAGE}/zone", zone="Mars/Olympus").status_code == 422
    assert _fresh().zone == "Europe/Dublin"


def test_a_country_is_chosen_or_left_out(ben):
    ben.fill(PAGE, f"{PAGE}/place", country="NZ")
    assert _fresh().country == "NZ"

    ben.fill(PAGE, f"{PAGE}/place", country="")
    assert _fresh().country is None

    assert ben.fill(PAGE, f"{PAGE}/place", country="XX").status_code == 422
    assert ben.fill(PAGE, f"{PAGE}/place", country="NZ", locale="xx").status_code == 422


def test_discretion_is_saved(ben):
    ben.fill(PAGE, f"{PAGE}/discretion", calendar_label="Dentist", no_email="y")
    person = _fresh()

    assert (person.calendar_label, person.no_email, person.reminders, person.exit_everywhere) == (
        "Dentist",
        True,
        False,
        False,
    )

    ben.fill(PAGE, f"{PAGE}/discretion", calendar_label="  ", reminders="y")
    assert _fresh().calendar_label == "Appointment"


@pytest.mark.parametrize("label", ["Dentist\r\nATTENDEE:x", "x" * 61, "a\u2028b"])
def test_a_label_that_would_break_a_calendar_is_refused(ben, label):
    assert ben.fill(PAGE, f"{PAGE}/discretion", calendar_label=label).status_code == 422


def test_no_form_of_settings_touches_anything_else(ben, cast):
    before = {c.name: getattr(cast.ben, c.name) for c in type(cast.ben).__table__.columns}
    extra = {
        "email": "x@y.example",
        "is_staff": "1",
        "roles": "staff",
        "password": "x",
        "id": "99",
        "active": "",
        "code": "x",
    }
    for section in ("you", "place", "zone", "discretion"):
        ben.fill(PAGE, f"{PAGE}/{section}", display_name="Ben", zone="Europe/Dublin", country="IE", **extra)

    after = _fresh()
    changed = {name for name, value in before.items() if getattr(after, name) != value}
    assert changed <= {"reminders", "exit_everywhere"}
    assert [r.name for r in after.roles] == ["client"]


# ---------------------------------------------------------------- another address


def _ask(person, address=NEW, **more):
    return person.fill(f"{PAGE}/email", email=address, **{"others_read": "no"} | more)


def test_an_address_changes_when_its_owner_confirms_it(ben, other_browser, cast, outbox):
    _ask(ben)
    letter = outbox.last_to(cast.ben)
    assert letter.to_address == NEW
    assert _fresh().email == "ben@people.example"
    assert f"{NEW} waits for your confirmation" in words(ben.see(PAGE))

    link = f"/new-email/{token_of(letter)}"
    assert other_browser.see(link).status_code == 200
    assert _fresh().email == "ben@people.example"
    other_browser.press(link, link)

    assert _fresh(NEW).id == cast.ben.id
    assert ben.is_in()
    assert other_browser.see(link).status_code == 410


def test_the_old_address_is_told_and_can_undo_for_72_hours(ben, other_browser, cast, outbox, clock):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)
    letter = outbox.last_to(cast.ben)
    assert letter.to_address == "ben@people.example"
    assert letter.template == "accounts/email_changed"
    clock.advance(hours=71)

    undo = f"/undo-email/{token_of(letter)}"
    assert other_browser.see(undo).status_code == 200
    after = words(other_browser.see(other_browser.press(undo, undo).location))
    assert after.strip().startswith("Your old email is in use again")
    assert "has an account here" not in after

    owner = _fresh()
    assert owner.id == cast.ben.id
    assert _fresh(NEW) is None
    assert not ben.is_in()
    assert owner.password is None
    assert outbox.last_to(cast.ben).to_address == "ben@people.example"
    other_browser.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)
    other_browser.sign_in("ben@people.example", GOOD)
    assert other_browser.is_in()


def test_after_72_hours_the_change_stands(ben, cast, outbox, clock):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)
    undo = f"/undo-email/{token_of(outbox.last_to(cast.ben))}"

    clock.advance(hours=72, seconds=1)

    assert ben.see(undo).status_code == 410


def test_a_second_change_does_not_outrun_the_undo(ben, other_browser, cast, outbox):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)
    undo = f"/undo-email/{token_of(outbox.last_to(cast.ben))}"
    _ask(ben, "third@people.example")
    link = f"/new-email/{token_of(next(m for m in outbox.to(cast.ben) if m.to_address == 'third@people.example'))}"
    ben.press(link, link)

    other_browser.press(undo, undo)

    assert _fresh().id == cast.ben.id


def test_an_undo_stops_every_change_that_was_still_on_its_way(ben, other_browser, cast, outbox):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)
    undo = f"/undo-email/{token_of(outbox.last_to(cast.ben))}"
    _ask(ben, "third@people.example")
    on_its_way = f"/new-email/{token_of(outbox.last_to(cast.ben))}"

    other_browser.press(undo, undo)

    assert other_browser.see(on_its_way).status_code == 410
    assert other_browser.see(undo).status_code == 410


@pytest.mark.parametrize("way", ["changed", "reset"])
def test_a_new_password_stops_a_change_of_address_that_was_on_its_way(ben, other_browser, cast, outbox, way):
    _ask(ben, "intruder@people.example")
    on_its_way = f"/new-email/{token_of(outbox.last_to(cast.ben))}"

    if way == "changed":
        ben.fill(f"{PAGE}/security", f"{PAGE}/security/password", current=PASSWORD, password=GOOD)
    else:
        other_browser.fill("/reset", email=cast.ben.email)
        other_browser.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)

    assert other_browser.see(on_its_way).status_code == 410
    assert _fresh().id == cast.ben.id


def test_two_who_take_one_address_at_once_both_get_an_answer(ben, cast, outbox, monkeypatch):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    # Both have looked before either has written: the second hears it from the database.
    monkeypatch.setattr(queries, "is_taken", lambda _address: False)
    with transaction():
        db.session.execute(update(User).where(User.id == cast.cleo.id).values(email=NEW))

    answer = ben.press(link, link)

    assert answer.status_code == 410
    assert _fresh().id == cast.ben.id


def test_an_address_in_its_undo_time_cannot_be_taken_by_another(ben, other_browser, cast, outbox, sign_up_form):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)

    answer = other_browser.fill("/sign-up", **{**sign_up_form, "email": "ben@people.example"})

    assert answer.location == "/sign-up/sent"
    assert _fresh() is None


def test_a_taken_address_reads_like_a_free_one(ben, cast, outbox):
    taken = _ask(ben, cast.cleo.email)
    free = _ask(ben, NEW)

    assert taken.location == free.location
    assert outbox.kinds_to(cast.cleo) == ["accounts/known_address"]
    assert _fresh().email == "ben@people.example"


def test_an_address_taken_meanwhile_is_not_taken_twice(ben, other_browser, cast, outbox, sign_up_form):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    other_browser.fill("/sign-up", **{**sign_up_form, "email": NEW})

    answer = ben.press(link, link)

    assert answer.status_code == 410
    assert _fresh().email == "ben@people.example"


def test_an_address_is_changed_only_with_a_fresh_password(ben, clock):
    clock.advance(minutes=11)

    assert ben.see(f"{PAGE}/email").location == f"/me/prove?next={PAGE}/email"


def test_a_new_address_never_changes_whose_session_it_is(ben, cast, outbox):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)
    ben.fill(PAGE, f"{PAGE}/you", display_name="Still Ben")

    assert _fresh(NEW).display_name == "Still Ben"
    assert queries.user_by_email(cast.cleo.email).display_name == "Cleo"


def test_every_sensitive_change_is_in_the_log(ben, cast, outbox):
    _ask(ben)
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    ben.press(link, link)

    actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()
    assert actions == ["account.signed_in", "account.email_change_asked", "account.email_changed"]


def test_mail_that_comes_back_shows_a_banner_until_the_address_changes(ben, cast):
    from practice.accounts.jobs import note_bounce

    note_bounce(cast.cleo.id, "ben@people.example")
    assert "came back" not in words(ben.see(PAGE))
    note_bounce(cast.ben.id, "ben@people.example")
    assert "came back" in words(ben.see(PAGE))


def test_a_sign_in_ends_where_the_address_was_never_confirmed(app, cast):
    cleo = Person(app.test_client())
    cleo.sign_in(cast.cleo.email, PASSWORD)
    with transaction():
        cast.cleo.confirmed_at = None

    assert cleo.see(PAGE).location == f"/sign-in?next={PAGE}"


@pytest.mark.parametrize(("mail", "invites"), [(True, True), (True, False), (False, True)])
def test_what_reaches_the_mailbox_is_said_as_it_was_chosen(ben, cast, mail, invites):
    with transaction():
        cast.ben.no_email, cast.ben.wants_invites = not mail, invites

    rows = {
        row.th.get_text(strip=True): row.td.get_text(" ", strip=True)
        for row in tree_of(ben.see(PAGE)).select("tbody tr")
    }
    assert rows["Bookings and changes"] == ("Always" if mail else "No, as you asked")
    assert ("comes with an invitation by mail" in words(ben.see("/me"))) == (mail and invites)
