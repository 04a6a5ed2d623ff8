"""An account that was taken back is wholly its owner's: what an earlier holder left working ends, as one table says."""

import pytest
from sqlalchemy import select

from practice.accounts import actions, intents, jobs, policy, queries
from practice.accounts.models import LIFE_OF_AN_INTENT, ConsentRecord, Device, Intent, Intervention, User, hash_of
from practice.accounts.policy import ENDS, Change, Holding
from practice.bookings import actions as bookings
from practice.bookings import queries as booked
from practice.specialists import queries as specialists
from practice.specialists.actions import save
from practice.store.audit import AuditEvent
from practice.store.db import db, new_code, transaction
from tests import factories
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD

SECURITY = "/me/settings/security"
OTHER = "the intruder typed this one"


@pytest.fixture
def ben(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD, is_private="y")
    return visitor


def _fresh(address):
    db.session.rollback()
    return queries.user_by_email(address)


def _is_open(browser, token):
    return browser.get(f"/cal/{token}.ics").status_code == 200


# ---------------------------------------------------------------- the table


def test_every_change_ends_devices_browsers_and_links():
    assert all({Holding.DEVICES, Holding.BROWSERS, Holding.LINKS} <= ENDS[change] for change in Change)


def test_feeds_outlive_nothing_but_the_second_step():
    assert [change for change in Change if Holding.FEEDS not in ENDS[change]] == [Change.TWO_STEP]


def test_every_kind_that_is_held_is_let_go_of_by_some_room(app):
    from practice.accounts import holdings

    assert set(holdings._let_go) == set(Holding) - {Holding.DEVICES}


@pytest.mark.each_case
@pytest.mark.parametrize("change", Change)
def test_what_the_table_names_ends_and_nothing_else(app, cast, change):
    practice = cast.practice
    save(cast.ben, practice)
    bookings.new_feed(cast.ben, "busy")
    actions.ask_for_erasure(cast.ben)
    name = cast.ben.fs_uniquifier
    with transaction():
        cast.ben.calendar_label = "Dentist"

    actions.end_what_was_left(cast.ben, change)

    ben = _fresh(cast.ben.email)
    ended = {
        Holding.BROWSERS: ben.fs_uniquifier != name,
        Holding.FEEDS: not booked.feeds_of(ben),
        Holding.SAVED: not specialists.saved_by(ben),
        Holding.WISH: queries.open_erasure(ben) is None,
        Holding.SETTINGS: ben.calendar_label == "Appointment",
    }
    assert {held for held, is_over in ended.items() if is_over} == ENDS[change] & set(ended)


# ---------------------------------------------------------------- feeds


def test_a_feed_needs_the_password_and_its_owner_hears_of_it(ben, cast, clock, outbox):
    clock.advance(minutes=11)
    answer = ben.press("/me/calendar", "/me/calendar", purpose="details")
    assert answer.location == "/me/prove?next=/me/calendar"
    assert not booked.feeds_of(cast.ben)

    ben.fill("/me/prove?next=/me/calendar", "/me/prove", password=PASSWORD)
    ben.press("/me/calendar", "/me/calendar", purpose="details")

    assert len(booked.feeds_of(_fresh(cast.ben.email))) == 1
    assert outbox.kinds_to(cast.ben) == ["bookings/feed_opened"]
    assert "without signing in" in outbox.read(outbox.last_to(cast.ben)).text


def test_feeds_stand_beside_the_devices_and_are_closed_there(ben, cast):
    token = bookings.new_feed(cast.ben, "details")
    assert "Calendar address with details Open since" in words(ben.see(SECURITY))

    answer = ben.press(SECURITY, "/me/calendar/close", purpose="details")

    assert answer.location == SECURITY
    assert not _is_open(ben.browser, token)


@pytest.mark.parametrize("way", ["signed out", "new password", "reset", "taken back"])
def test_a_feed_that_somebody_else_opened_ends_when_the_owner_takes_the_account(ben, other_browser, cast, outbox, way):
    token = bookings.new_feed(cast.ben, "details")
    assert _is_open(ben.browser, token)

    if way == "signed out":
        ben.press(SECURITY, f"{SECURITY}/devices/end-others")
    elif way == "new password":
        ben.fill(SECURITY, f"{SECURITY}/password", current=PASSWORD, password=GOOD)
    elif way == "reset":
        other_browser.fill("/reset", email=cast.ben.email)
        other_browser.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)
    else:
        actions.undo_new_email(_changed(cast, outbox))

    assert not _is_open(ben.browser, token)


def _changed(cast, outbox):
    """The address of Ben's account was changed; what comes back is the token that undoes it."""
    actions.ask_for_new_email(cast.ben, "somebody@people.example")
    actions.take_new_email(token_of(outbox.last_to(cast.ben)))
    return token_of(outbox.last_to(cast.ben))


# ---------------------------------------------------------------- browsers


@pytest.mark.parametrize("way", ["signed out", "new password"])
def test_a_half_finished_sign_in_does_not_outlive_what_its_owner_does(ben, other_browser, cast, clock, way):
    totp = factories.with_two_step(cast.ben)
    other_browser.sign_in(cast.ben.email, PASSWORD)
    assert other_browser.see("/sign-in/code").status_code == 200

    if way == "signed out":
        ben.press(SECURITY, f"{SECURITY}/devices/end-others")
    else:
        code = factories.code_at(totp, clock.now())
        ben.fill(SECURITY, f"{SECURITY}/password", current=PASSWORD, password=GOOD, code=code)

    assert other_browser.see("/sign-in/code").location == "/sign-in"
    assert ben.is_in()


def test_a_browser_is_no_longer_known_after_signing_out_everywhere_else(app, ben, cast):
    from practice.accounts import access

    elsewhere = Person(app.test_client())
    elsewhere.sign_in(cast.ben.email, PASSWORD, is_private="y")
    address = cast.ben.email

    def is_known(browser):
        cookie = f"known={browser.get_cookie('known').value}"
        with app.test_request_context(headers={"Cookie": cookie}):
            return access.is_known_browser(address)

    assert is_known(elsewhere.browser)
    ben.press(SECURITY, f"{SECURITY}/devices/end-others")

    assert not is_known(elsewhere.browser)
    assert is_known(ben.browser)


def test_nobody_is_known_under_an_address_that_has_no_account(app, cast):
    from practice.accounts import access

    with app.test_request_context(headers={"Cookie": "known="}):
        assert not access.is_known_browser("nobody@people.example")


def test_a_change_of_address_on_its_way_ends_with_signing_out_everywhere(ben, other_browser, cast, outbox):
    actions.ask_for_new_email(cast.ben, "somebody@people.example")
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"

    ben.press(SECURITY, f"{SECURITY}/devices/end-others")

    assert other_browser.see(link).status_code == 410


# ---------------------------------------------------------------- drafts


def test_a_reset_that_a_stranger_asked_for_brings_no_words_of_theirs(visitor, other_browser, cast, outbox):
    _begin(visitor)
    visitor.fill("/reset", email=cast.ben.email)

    other_browser.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)

    assert not queries.drafts_for(_fresh(cast.ben.email))


def test_a_reset_in_the_browser_that_asked_brings_back_what_was_begun(visitor, cast, outbox):
    _begin(visitor)
    visitor.fill("/reset", email=cast.ben.email)

    visitor.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)

    assert len(queries.drafts_for(_fresh(cast.ben.email))) == 1


def test_all_drafts_are_wiped_however_many_there_are(app, cast, clock):
    now = clock.now()
    with transaction():
        for _ in range(25):
            code = new_code()
            kept = {
                "code": code,
                "token_hash": hash_of(code),
                "kind": "write",
                "target": "/",
                "sealed": "",
                "state": "claimed",
            }
            db.session.add(Intent(**kept, user_id=cast.ben.id, created_at=now, expires_at=now + LIFE_OF_AN_INTENT))

    assert intents.discard_claimed(cast.ben) == 25
    assert not queries.drafts_for(cast.ben)


def _begin(person):
    """Somebody without an account presses "save" and stands at the gate."""
    person.press("/specialists/anna-kern", "/specialists/anna-kern/save")
    assert db.session.scalar(select(Intent))


# ---------------------------------------------------------------- never confirmed


def test_an_account_that_nobody_confirmed_is_never_signed_in(visitor, other_browser, cast, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)

    answer = other_browser.sign_in(sign_up_form["email"], GOOD)

    assert answer.status_code == 422
    assert db.session.scalar(select(Device)) is None
    for page in ("/me", "/me/settings", "/me/calendar", "/me/letters", "/apply/words"):
        assert "/sign-in" in other_browser.see(page).location
    assert "/sign-in" in other_browser.press("/specialists/anna-kern", "/specialists/anna-kern/save").location


def test_a_sign_in_from_before_ends_where_the_address_was_never_confirmed(ben, cast):
    with transaction():
        cast.ben.confirmed_at = None

    assert not ben.is_in()


def test_no_feed_is_opened_for_an_address_that_was_never_confirmed(app, cast):
    from practice.values.errors import NotAllowed

    with transaction():
        cast.ben.confirmed_at = None

    with pytest.raises(NotAllowed):
        bookings.new_feed(cast.ben, "busy")


def test_the_first_proof_by_reset_asks_what_sign_up_asks_and_wipes_what_was_before(
    visitor, other_browser, cast, outbox, sign_up_form, clock
):
    visitor.fill("/sign-up", **{**sign_up_form, "display_name": "A stranger", "password": OTHER})
    nora = _fresh(sign_up_form["email"])
    save(nora, cast.practice)
    with transaction():
        nora.calendar_label = "Mine"
    clock.advance(hours=1)
    other_browser.fill("/reset", email=nora.email)
    link = f"/reset/{token_of(outbox.last_to(nora))}"

    refused = other_browser.fill(link, password=GOOD)
    assert refused.status_code == 422
    assert "A stranger" not in refused.text
    own = {"display_name": "Nora", "password": GOOD, "zone": "Asia/Tokyo", "safe": "no", "adult": "y", "terms": "y"}
    other_browser.fill(link, **own)

    nora = _fresh(nora.email)
    assert (nora.display_name, nora.zone, nora.no_email, nora.calendar_label) == (
        "Nora",
        "Asia/Tokyo",
        True,
        "Appointment",
    )
    assert nora.is_confirmed
    assert not specialists.saved_by(nora)
    agreed = db.session.scalars(select(ConsentRecord.at).where(ConsentRecord.user_id == nora.id)).all()
    assert set(agreed) == {clock.now()}
    assert visitor.sign_in(nora.email, OTHER).status_code == 422
    other_browser.sign_in(nora.email, GOOD)
    assert other_browser.is_in()


def test_a_stranger_who_signed_up_with_an_address_confirms_nothing_once_its_owner_has(
    visitor, other_browser, cast, outbox, sign_up_form
):
    visitor.fill("/sign-up", **sign_up_form)
    nora = _fresh(sign_up_form["email"])
    letter = outbox.last_to(nora)
    actions.ask_for_reset(nora.email)
    own = {**sign_up_form, "password": OTHER}
    other_browser.fill(f"/reset/{token_of(outbox.last_to(nora))}", **own)

    assert visitor.see(f"/confirm/{token_of(letter)}").status_code == 410
    assert visitor.sign_in(nora.email, GOOD).status_code == 422


def test_settings_that_sign_up_asked_for_stay_when_the_address_is_confirmed(visitor, outbox, sign_up_form):
    visitor.fill("/sign-up", **{**sign_up_form, "safe": "no"})
    visitor.fill(f"/confirm/{token_of(outbox.last_to(_fresh(sign_up_form['email'])))}")

    nora = _fresh(sign_up_form["email"])
    assert (nora.display_name, nora.zone, nora.no_email) == ("Nora", "Europe/Dublin", True)


def test_what_was_begun_before_the_address_was_confirmed_is_there_afterwards(visitor, cast, outbox, sign_up_form):
    _begin(visitor)
    visitor.fill("/sign-up", **sign_up_form)

    visitor.fill(f"/confirm/{token_of(outbox.last_to(_fresh(sign_up_form['email'])))}")

    assert len(queries.drafts_for(_fresh(sign_up_form["email"]))) == 1


def test_a_password_that_was_not_typed_proves_nothing(visitor, outbox, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)
    visitor.fill(f"/confirm/{token_of(outbox.last_to(_fresh(sign_up_form['email'])))}")

    assert visitor.is_in()
    assert visitor.see("/me/settings/email").location == "/me/prove?next=/me/settings/email"


def test_an_unconfirmed_account_goes_after_seven_days(visitor, outbox, cast, sign_up_form, clock):
    visitor.fill("/sign-up", **sign_up_form)
    clock.advance(days=7)
    jobs.remove_unconfirmed()
    assert _fresh(sign_up_form["email"])

    clock.advance(seconds=1)
    jobs.remove_unconfirmed()

    assert _fresh(sign_up_form["email"]) is None
    assert db.session.scalars(select(User.email)).all()
    assert _fresh(cast.ben.email)


def test_an_unconfirmed_account_stays_while_a_link_to_confirm_it_works(visitor, outbox, sign_up_form, clock):
    visitor.fill("/sign-up", **sign_up_form)
    clock.advance(days=6, hours=23)
    visitor.fill("/sign-up", **sign_up_form)
    clock.advance(hours=2)
    jobs.remove_unconfirmed()

    visitor.fill(f"/confirm/{token_of(outbox.last_to(_fresh(sign_up_form['email'])))}")

    assert visitor.is_in()


def test_an_account_that_a_room_still_needs_is_left_alone(app, cast):
    eve = factories.user("Eve", confirmed_at=None, created_at=factories.clock.now() - factories.timedelta(days=30))
    factories.specialist(eve)
    mallory = factories.user("Mal", confirmed_at=None, created_at=factories.clock.now() - factories.timedelta(days=30))

    assert jobs.remove_unconfirmed() == 1
    assert _fresh(eve.email)
    assert _fresh("mal@people.example") is None
    assert mallory


def test_an_invited_member_of_staff_comes_in_by_the_invitation_alone(app, visitor, cast, outbox):
    actions.invite_staff("nina@people.example")

    visitor.fill("/reset", email="nina@people.example")

    assert not outbox.to(_fresh("nina@people.example"))


# ---------------------------------------------------------------- a change of address, taken back


def _undo_link(cast, outbox, browser, address="somebody@people.example", **facts):
    actions.ask_for_new_email(cast.ben, address, **facts)
    asked = next(m for m in reversed(outbox.to(cast.ben)) if m.to_address == address)
    actions.take_new_email(token_of(asked))
    return f"/undo-email/{token_of(outbox.last_to(cast.ben))}"


def test_the_undo_takes_off_a_second_step_that_the_intruder_turned_on(ben, other_browser, cast, outbox, clock):
    owner = cast.ben.email
    undo = _undo_link(cast, outbox, ben)
    factories.with_two_step(cast.ben)
    with transaction():
        cast.ben.two_step_at = clock.now()

    other_browser.press(undo, undo)

    assert not _fresh(owner).has_two_step
    other_browser.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)
    assert other_browser.sign_in(owner, GOOD).location == "/me"


@pytest.mark.parametrize(("hours", "stays"), [(None, True), (73, True), (71, False)])
def test_a_second_step_from_long_before_the_change_stays(app, other_browser, cast, outbox, clock, hours, stays):
    owner = cast.ben.email
    factories.with_two_step(cast.ben)
    with transaction():
        cast.ben.two_step_at = None if hours is None else clock.now() - factories.timedelta(hours=hours)
    undo = _undo_link(cast, outbox, other_browser)

    other_browser.press(undo, undo)

    assert _fresh(owner).has_two_step == stays


def test_an_undo_signs_nobody_in_and_says_so_to_the_other_address(other_browser, cast, outbox):
    owner = cast.ben.email
    undo = _undo_link(cast, outbox, other_browser)

    answer = other_browser.press(undo, undo)

    assert answer.location == "/reset/sent"
    assert not other_browser.is_in()
    said = {m.template: m.to_address for m in outbox.to(cast.ben)}
    assert said["accounts/email_taken_back"] == "somebody@people.example"
    assert said["accounts/reset"] == owner


def test_whoever_owns_a_later_address_does_not_shut_the_owners_way_back(other_browser, cast, outbox):
    owner = cast.ben.email
    first = _undo_link(cast, outbox, other_browser)
    second = _undo_link(cast, outbox, other_browser, "third@people.example")
    other_browser.press(second, second)

    other_browser.press(first, first)

    assert _fresh(owner).id == cast.ben.id


def test_nothing_is_written_to_a_mailbox_that_others_read(ben, other_browser, cast, outbox):
    owner = cast.ben.email
    ben.fill("/me/settings/email", email="safe@people.example", others_read="yes")
    link = f"/new-email/{token_of(outbox.last_to(cast.ben))}"
    assert "The old address is not told" in words(ben.see(link))
    ben.press(link, link)

    assert _fresh("safe@people.example").id == cast.ben.id
    assert owner not in {m.to_address for m in outbox.to(cast.ben)}


def test_a_change_of_address_asks_who_reads_the_old_mailbox(ben, cast):
    answer = ben.fill("/me/settings/email", email="safe@people.example")

    assert answer.status_code == 422
    assert "Say whether somebody else can read it" in words(answer)
    assert not queries.pending_email(cast.ben)


def test_the_way_back_is_mailed_also_to_who_wants_no_mail_and_never_shown_inside(ben, cast, outbox, smtp):
    with transaction():
        cast.ben.no_email = True
    _undo_link(cast, outbox, ben)

    arrived = outbox.deliver(smtp)

    assert "ben@people.example" in [m["To"].addresses[0].addr_spec for m in arrived]
    assert "Your email was changed" not in words(ben.see("/me/letters"))


def test_a_letter_that_opens_something_is_refused_where_it_could_be_read_inside(app, cast):
    from practice.letters.outbox import enqueue_mail

    with pytest.raises(ValueError, match="opens something"), transaction():
        enqueue_mail("x:1", "accounts/welcome", cast.ben, {"token": "t"})


def test_the_operator_takes_a_quiet_change_back(app, cast, outbox):
    owner = cast.ben.email
    actions.ask_for_new_email(cast.ben, "intruder@people.example", is_quiet=True)
    actions.take_new_email(token_of(outbox.last_to(cast.ben)))
    run = app.test_cli_runner().invoke

    answer = run(args=["account", "take-back", owner, "--reason", "Seen in person"])

    assert answer.exit_code == 0, answer.output
    assert _fresh(owner).id == cast.ben.id
    assert outbox.last_to(cast.ben).template == "accounts/reset"
    assert [each.reason for each in db.session.scalars(db.select(Intervention))] == ["Seen in person"]
    assert "Seen in person" not in {row.reason for row in db.session.scalars(db.select(AuditEvent))}
    assert run(args=["account", "take-back", owner, "--reason", "again"]).exit_code == 1


def test_a_form_that_was_kept_for_an_account_ends_with_its_drafts(app, cast, clock):
    now, code = clock.now(), new_code()
    with transaction():
        kept = {"kind": queries.FORM, "target": "/", "sealed": "x", "state": "claimed", "user_id": cast.ben.id}
        lives = {"created_at": now, "expires_at": now + LIFE_OF_AN_INTENT}
        db.session.add(Intent(code=code, token_hash=hash_of(code), **kept, **lives))

    actions.end_what_was_left(cast.ben, Change.TAKEN_BACK)

    db.session.rollback()
    form = db.session.scalars(select(Intent).where(Intent.code == code)).one()
    assert (form.state, form.sealed) == ("discarded", "")


def test_accounts_that_a_room_still_needs_keep_no_other_here(app, monkeypatch):
    monkeypatch.setattr(policy, "ENDED_AT_ONCE", 1)
    old = {"confirmed_at": None, "created_at": factories.clock.now() - factories.timedelta(days=30)}
    factories.specialist(factories.user("Eve", **old))
    factories.user("Mal", **old)

    assert jobs.remove_unconfirmed() == 1
    assert _fresh("mal@people.example") is None
