"""A copy of everything for its owner, and the end of an account: seen beforehand, taken back for fourteen days."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from practice.accounts import actions, holdings, intents, jobs, queries
from practice.accounts.models import Device, Erasure, User
from practice.bookings import actions as bookings
from practice.bookings import records
from practice.bookings.models import Booking, CalendarFeed
from practice.bookings.states import BookingState
from practice.letters.outbox import OutboxMail
from practice.specialists.models import SavedSpecialist, Specialist
from practice.specialists.states import ProfileState
from practice.store import audit, vault
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from tests import factories
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD

PAGE = "/me/your-data"
WORD = "Zebulon"


@pytest.fixture
def ben(cast, clock):
    """Ben with a past full of words: his name and his address hold the canary, and so does all he wrote."""
    with transaction():
        cast.ben.display_name = f"{WORD} Ben"
        cast.ben.email = cast.ben.email_norm = f"{WORD.lower()}@people.example"
        db.session.add(SavedSpecialist(user_id=cast.ben.id, specialist_id=cast.practice.id))
    code = "b" * 22
    sealed = {
        f"{what}_sealed": vault.seal(f"{WORD} {what}", f"booking:{code}:{what}") for what in ("note", "prep", "phone")
    }
    factories.booking(
        cast.ben,
        cast.practice,
        clock.now() - timedelta(days=5),
        state=BookingState.COMPLETED,
        code=code,
        topics=["stress"],
        location="IE",
        with_partner=True,
        **sealed,
    )
    bookings.new_feed(cast.ben, "details")
    return cast.ben


@pytest.fixture
def person(app, ben):
    """Ben at his browser, his password typed a moment ago."""
    here = Person(app.test_client())
    here.sign_in(ben.email, PASSWORD)
    return here


def _open(answer):
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    return {name: packed.read(name) for name in packed.namelist()}


def _copy(person):
    return _open(person.press(PAGE, f"{PAGE}/copy"))


def _again():
    db.session.rollback()
    db.session.expire_all()


# ---------------------------------------------------------------- a copy


def test_the_copy_holds_what_was_written_down_in_a_page_and_for_programs(person, ben):
    found = _copy(person)
    told = json.loads(found["your-data.json"])

    assert set(found) == {"your-data.html", "your-data.json"}
    assert told["account"][0]["email"] == ben.email
    assert told["bookings"][0]["note"] == f"{WORD} note"
    assert told["bookings"][0]["phone"] == f"{WORD} phone"
    assert (told["bookings"][0]["where_you_were"], told["bookings"][0]["with_your_partner"]) == ("IE", True)
    assert told["bookings"][0]["starts"].endswith("+00:00")
    assert told["saved"] == [{"name": "Anna Kern", "saved": told["saved"][0]["saved"]}]
    page = BeautifulSoup(found["your-data.html"], "html.parser")
    for record in holdings.records():
        assert page.find("h2", string=record.title), record.name
        assert record.name in told
    assert f"{WORD} prep" in page.get_text()


def test_what_people_typed_is_text_in_the_page_and_never_markup(person, ben):
    with transaction():
        ben.display_name = "<script>alert(1)</script>"

    assert b"<script" not in _copy(person)["your-data.html"]


def test_nothing_of_others_is_in_it(app, person, cast, ben):
    anna = Person(app.test_client())
    anna.sign_in(cast.anna.email, PASSWORD)
    told = json.loads(_copy(anna)["your-data.json"])
    everything = "".join(str(part) for part in _copy(anna).values())

    assert len(told["practice_appointments"]) == 1
    assert told["hours"]
    assert WORD not in everything
    assert WORD.lower() not in everything


def test_the_copy_is_for_whoever_typed_the_password_a_moment_ago(person, ben, clock, outbox):
    clock.advance(minutes=11)
    answer = person.press(PAGE, f"{PAGE}/copy")

    assert answer.status_code == 302
    assert answer.location.startswith("/me/prove")
    assert "accounts/data_request" not in outbox.kinds_to(ben)


def test_its_owner_hears_of_it_and_the_log_has_it(person, ben, outbox):
    _copy(person)

    assert outbox.kinds_to(ben).count("accounts/data_request") == 1
    assert "was downloaded" in outbox.read(outbox.last_to(ben)).text
    assert db.session.scalar(select(AuditEvent.subject).where(AuditEvent.action == "account.copied"))


def test_a_stranger_gets_no_copy(client):
    assert client.get(PAGE).status_code == 302
    assert "zip" not in client.post(f"{PAGE}/copy").headers["Content-Type"]


# ---------------------------------------------------------------- fourteen days


def _ask(person):
    return person.press(PAGE, f"{PAGE}/delete")


def test_the_page_says_beforehand_what_goes_what_stays_and_why(person):
    said = words(person.see(PAGE))

    assert "Your bookings, and what you wrote for them Deleted" in said
    assert "Stays" in said
    for record in holdings.records():
        for stay in record.stays:
            if record.name in ("bookings", "agreements", "log"):
                assert (stay.why in said) == bool(record.tell(queries.user_by_email("zebulon@people.example")))


def test_nothing_happens_for_fourteen_days_and_it_can_be_taken_back_on_each(person, ben, outbox, clock):
    assert _ask(person).status_code == 302
    clock.advance(days=13, hours=23)
    jobs.erase_due()
    _again()
    assert ben.active

    back = Person(person.browser.application.test_client())
    back.sign_in(ben.email, PASSWORD)
    assert "goes on" in words(back.see(PAGE))
    assert "goes on" in words(back.see("/me"))
    back.press(PAGE, f"{PAGE}/keep")
    clock.advance(days=30)
    jobs.erase_due()
    _again()

    assert ben.active
    assert ben.email == "zebulon@people.example"
    assert [each for each in outbox.kinds_to(ben) if "data_request" in each] == ["accounts/data_request"] * 2


def test_asking_twice_is_one_wish(person, ben, outbox):
    _ask(person)
    actions.ask_for_erasure(ben)

    assert db.session.scalar(select(func.count()).select_from(Erasure)) == 1
    assert outbox.kinds_to(ben).count("accounts/data_request") == 1


def test_a_booking_ahead_has_to_be_settled_first(person, ben, cast, clock):
    cleo = factories.booking(ben, factories.specialist(cast.cleo), clock.now() + timedelta(days=2))
    page = person.see(PAGE)
    assert "A booking ahead" in words(page)
    assert f"/bookings/{cleo.code}" in page.text
    assert f'action="{PAGE}/delete"' not in page.text
    with pytest.raises(actions.erasing.Conflict):
        actions.ask_for_erasure(ben)


def test_a_booking_made_meanwhile_holds_the_end_up_until_it_is_over(person, ben, cast, clock):
    _ask(person)
    clock.advance(days=13)
    factories.booking(ben, factories.specialist(cast.cleo), clock.now() + timedelta(days=3))
    clock.advance(days=2)
    assert jobs.erase_due() == 0
    clock.advance(days=3)

    assert jobs.erase_due() == 1


def test_an_open_practice_and_staff_have_something_first(cast):
    assert [each.endpoint for each in holdings.blockers_of(cast.anna)] == ["home.close_practice"]
    assert [each.endpoint for each in holdings.blockers_of(cast.sam)] == ["accounts.settings"]
    assert holdings.blockers_of(cast.cleo) == []


# ---------------------------------------------------------------- the end


def _everything():
    """Every text and every byte in every table."""
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                if isinstance(value, bytes) or value is not None:
                    yield f"{table.name}.{column}", value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _erased(person, clock):
    _ask(person)
    clock.advance(days=14, seconds=1)
    assert jobs.erase_due() == 1
    _again()


def test_afterwards_nothing_in_any_table_names_the_person(person, ben, outbox, smtp, clock):
    key, address = ben.person_key, ben.email
    _erased(person, clock)
    outbox.deliver(smtp)
    _again()

    found = [
        place for place, value in _everything() if WORD.lower() in value.lower() or key in value or address in value
    ]
    assert found == []
    row = db.session.scalar(select(Booking).where(Booking.client_id == ben.id))
    assert (row.note_sealed, row.prep_sealed, row.phone_sealed, row.call_name, row.topics) == (None, None, None, "", [])


@pytest.mark.once
def test_not_even_the_bytes_of_the_database_name_the_person(person, ben, clock, outbox, smtp, config):
    """What is deleted is overwritten: a stolen file tells nothing more than the tables do."""
    _erased(person, clock)
    outbox.deliver(smtp)
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    bytes_of_it = Path(config.database_url.removeprefix("sqlite:///")).read_bytes()

    assert b"zebulon" not in bytes_of_it.lower()


def test_nobody_is_signed_in_any_more_and_no_door_stands_open(person, ben, clock):
    _erased(person, clock)

    assert not person.is_in()
    assert db.session.scalar(select(func.count()).select_from(CalendarFeed)) == 0
    assert db.session.scalar(select(func.count()).select_from(Device).where(Device.user_id == ben.id)) == 0
    person.sign_in("zebulon@people.example", PASSWORD)
    assert not person.is_in()


def test_a_new_account_with_the_address_sees_and_inherits_nothing(app, person, ben, clock, outbox, sign_up_form):
    old = ben.id
    _erased(person, clock)
    anew = Person(app.test_client())
    anew.fill("/sign-up", **{**sign_up_form, "email": "zebulon@people.example"})
    fresh = queries.user_by_email("zebulon@people.example")
    anew.fill(f"/confirm/{token_of(outbox.last_to(fresh))}")

    assert fresh.id != old
    assert "Anna" not in words(anew.see("/me"))
    assert json.loads(_copy_of(anew))["bookings"] == []
    assert fresh.person_key not in set(db.session.scalars(select(Booking.person_key)))


def _copy_of(person):
    person.fill("/me/prove", password=GOOD)
    return _copy(person)["your-data.json"]


def test_the_last_letter_names_the_certificate_and_is_kept_nowhere(person, ben, clock, outbox, smtp, client):
    _erased(person, clock)
    letters = outbox.deliver(smtp)
    (last,) = [each for each in letters if "deleted" in each.get_body(("plain",)).get_content()]
    number = db.session.scalar(select(Erasure.code))

    assert last["To"] == "zebulon@people.example"
    assert last["Subject"] == "Your data request"
    assert number in last.get_body(("plain",)).get_content()
    page = words(client.get(f"/certificate/{number}"))
    assert "Your bookings, and what you wrote for them" in page
    assert "was deleted on" in page
    _again()
    assert {(row.to_address, row.message_kept) for row in db.session.scalars(select(OutboxMail))} == {("", None)}


def test_a_last_letter_that_nobody_takes_is_kept_nowhere_either(person, ben, clock):
    from practice.letters import mail_worker

    _erased(person, clock)
    for _ in range(12):
        mail_worker.deliver_due()
        clock.advance(days=1)
    _again()

    assert [row.to_address for row in db.session.scalars(select(OutboxMail)) if row.to_address] == []


def test_the_last_letter_leaves_also_without_email_by_choice(person, ben, clock, outbox):
    with transaction():
        ben.no_email = True
    _erased(person, clock)

    assert "accounts/erased" in outbox.kinds_to(ben)


def test_the_log_stays_whole_and_tells_of_it_by_numbers_only(person, ben, clock):
    code = ben.code
    _erased(person, clock)

    assert audit.verify() is None
    assert (
        db.session.scalar(select(AuditEvent.subject).where(AuditEvent.action == "account.erased")) == f"account:{code}"
    )


def test_the_specialist_sees_that_somebody_was_there_and_not_who(person, cast, clock, sign_in, app):
    _erased(person, clock)
    code = db.session.scalar(select(Booking.code))
    page = words(sign_in(app.test_client(), cast.anna).get(f"/practice/bookings/{code}"))

    assert WORD not in page
    assert "Former member" in page or "F. M." in page


def test_a_closed_practice_goes_with_its_words_its_papers_and_its_face(cast, app, clock):
    with transaction():
        cast.practice.state = ProfileState.CLOSED
        cast.practice.about = cast.practice.headline = f"{WORD} listens"
    actions.ask_for_erasure(cast.anna)
    clock.advance(days=15)
    assert jobs.erase_due() == 1
    _again()

    found = [place for place, value in _everything() if WORD in value or "Anna Kern" in value or "anna-kern" in value]
    assert found == []
    assert db.session.scalar(select(Specialist.name)) == "Former member"


def test_a_draft_that_was_kept_is_in_the_copy_and_goes_with_the_account(person, ben, clock):
    person.see(PAGE)
    with person.browser.application.test_request_context():
        token = intents._store(
            intents._Begun("booking", "/", {"note": f"{WORD} draft"}, "book", None), ben.id, "t" * 43
        )
        assert token
    assert f"{WORD} draft" in _copy(person)["your-data.json"].decode()


# ---------------------------------------------------------------- a restored copy


def test_a_restored_copy_erases_again_what_the_list_kept_apart_names(app, person, ben, clock, tmp_path):
    runner = app.test_cli_runner()
    _erased(person, clock)
    kept = tmp_path / "erased.txt"
    kept.write_text(runner.invoke(args=["erasures", "list"]).output)
    assert kept.read_text().split()[0] == ben.code
    assert "people.example" not in kept.read_text()
    with transaction():
        row = db.session.get(User, ben.id)
        row.email, row.active, row.display_name = "zebulon@people.example", True, f"{WORD} Ben"

    said = runner.invoke(args=["erasures", "replay", str(kept)]).output
    _again()

    assert "1 of 1" in said
    assert not [place for place, value in _everything() if WORD in value or "zebulon" in value]
    assert "0 of 1" in runner.invoke(args=["erasures", "replay", str(kept)]).output


NOT_TOLD = {
    "id", "code", "email_norm", "person_key", "password", "active", "fs_uniquifier", "mail_bounced_at", "name_folded",
    "tf_primary_method", "tf_totp_secret", "two_step_at", "last_code_counter", "mf_recovery_codes",
    "spare_codes_at",
}  # fmt: skip


def test_everything_an_account_says_of_its_owner_is_in_the_copy(ben):
    """Secrets and numbers of ours are not; a new column has to be one or the other."""
    (told,) = next(record for record in holdings.records() if record.name == "account").tell(ben)

    assert set(User.__table__.columns.keys()) - set(told) == NOT_TOLD


def test_an_account_that_ended_is_as_it_was_on_the_first_day(person, ben, clock):
    with transaction():
        ben.zone, ben.country, ben.calendar_label, ben.reminders = "Asia/Tokyo", "JP", "Dentist", False
        ben.exit_everywhere, ben.is_twelve, ben.mail_bounced_at = False, True, clock.now()
    _erased(person, clock)
    fresh = factories.user("Eve", zone=None, country=None)
    kept = {
        "id",
        "code",
        "email",
        "email_norm",
        "person_key",
        "fs_uniquifier",
        "password",
        "active",
        "display_name",
        "name_folded",
    }
    kept |= {"created_at", "confirmed_at", "adult_declared_at"}

    names = set(User.__table__.columns.keys()) - kept
    assert {name: getattr(ben, name) for name in names} == {name: getattr(fresh, name) for name in names}
    assert (ben.password, ben.active, ben.roles) == (None, False, [])


def test_every_word_of_a_booking_goes(person, ben, clock):
    """What is left of one names nobody; a new column has to be among what goes, or among what stays."""
    stays = {
        "id", "code", "appointment_id", "specialist_id", "kind", "client_id", "state", "claims_pair", "held_until",
        "format", "created_at", "confirmed_at", "reconfirmed_at", "ended_at", "joined_client_at",
        "joined_specialist_at", "moves_used", "is_emergency", "granted_again_at", "ics_uid", "ics_sequence",
        "ics_stamped_at", "person_key", "place",
        # What was agreed about a price: a refund that fails, or a bank that asks, is still settled by it.
        "price_amount", "price_currency", "cancel_rule", "can_withdraw", "is_express", "forgiven_at", "returned_why",
        "choice_until", "lengthened_at", "instead_of_id",
    }  # fmt: skip

    assert set(Booking.__table__.columns.keys()) - stays == set(records.NOBODY)


def test_every_column_that_points_at_a_person_is_answered_for(app):
    """A new table about people has to say what a copy holds of it, and what its end is, in its room's `records`."""
    pointing = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "user" for key in column.foreign_keys)
        and not column.name.endswith(("by_id", "reviewer_id"))
    }
    assert pointing == ANSWERED_FOR


# Who decided, moved or checked something stays as a number. These are somebody's own rows.
ANSWERED_FOR = {
    "account_lock.user_id",
    "intervention.user_id",
    "bookings.client_id",
    "buyer_details.user_id",
    "calendar_feeds.user_id",
    "consent_record.user_id",
    "contact_tickets.user_id",
    "correspondents.user_id",
    "device.user_id",
    "erasure.user_id",
    "fit_partners.user_id",
    "helpful_votes.user_id",
    "intent.user_id",
    "lower_prices.client_id",
    "mailed_link.user_id",
    "message_blocks.user_id",
    "message_wishes.user_id",
    "messages.author_id",
    "moderation_care.user_id",
    "moderation_care_topics.user_id",
    "moderation_cases.author_id",
    "moderation_looks.user_id",
    "moderation_parties.user_id",
    "moderation_reports.reporter_id",
    "moderation_sanctions.user_id",
    # What was sold stays in the books, under a code: of a client the buyer goes, of a specialist the payee stays.
    "order_lines.payee_id",
    "orders.buyer_id",
    "payee_accounts.payee_id",
    "payouts.payee_id",
    "questions.asker_id",
    "referrals.client_id",
    "roles_users.user_id",
    "safety_cases.client_id",
    "saved_specialists.user_id",
    "specialists.user_id",
    "threads.client_id",
}


def test_a_copy_asks_the_same_questions_however_many_appointments_are_in_it(person, ben, cast, clock, questions):
    """Of each appointment the copy says how it went, and asks for all of them at once."""
    counted = []
    for days in (1, 2, 3):
        booked = factories.booking(
            ben, cast.practice, clock.now() + timedelta(days=7 * days), state="cancelled_by_client"
        )
        with transaction():
            booked.note_move("cancelled_by_client", by=None)
        db.session.expire_all()
        questions.clear()
        records._bookings(ben)
        counted.append(len(questions))

    assert counted[1] == counted[2]
