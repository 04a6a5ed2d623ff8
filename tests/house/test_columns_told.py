"""A copy of somebody's data holds every column that is about them, or this list says why it is not one of theirs."""

import pytest

from practice.accounts import holdings
from practice.bookings import actions
from practice.contact import actions as contact
from practice.contact.actions import Opening
from practice.contact.states import Category
from practice.messages import actions as messages
from practice.moderation import actions as moderation
from practice.moderation.actions import Measure, Reported
from practice.moderation.states import ReportReason, Step
from practice.questions.actions import digest
from practice.questions.models import Answer
from practice.store.db import db, transaction
from tests import asked
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN

# Numbers that rows are found by, and what is told with another table; of nobody's life they say anything.
WIRING = {"id", "code"}
# By table: what a copy holds, and under which name; and what it does not, being the machine's or somebody else's.
TOLD = {
    "bookings": {
        "appointment_id": "starts", "specialist_id": "with", "client_zone": "your_zone", "state": "state",
        "format": "how", "call_name": "you_were_called", "topics": "about", "location": "where_you_were",
        "with_partner": "with_your_partner", "confirmed_at": "booked", "note_sealed": "note", "prep_sealed": "prep",
        "phone_sealed": "phone", "reason_sealed": "reason", "price_amount": "price", "price_currency": "price",
        "cancel_rule": "back_if_cancelled", "can_withdraw": "could_be_withdrawn_from",
        "is_express": "asked_for_at_once", "forgiven_at": "forgiven", "returned_why": "came_back_because",
        "choice_until": "choice_until", "lengthened_at": "made_longer", "instead_of_id": "kept_for_another_length",
    },
    "orders": {
        "state": "state", "checkout": "state", "payment": "state", "returned": "returned", "paid": "charged",
        "paid_in": "charged", "currency": "price", "hold_until": "could_be_paid_until", "created_at": "began",
        "paid_at": "paid", "dispute": "asked_back_by_your_bank",
    },
    "order_lines": {
        "label": "what", "price": "price", "rate": "commission_in_basis_points", "back": "back_to_the_client",
        "sent": "sent_to_you", "taken": "sent_to_you",
    },
    "payee_accounts": {
        "country": "country", "currency": "currency", "state": "state", "pays_out": "pays_out",
        "requirements": "asked_for", "until_at": "needed_until", "made_at": "since", "ended_at": "ended",
    },
    "questions": {
        "pseudonym": "shown_as", "first_name": "shown_as", "state": "state", "title_sealed": "question",
        "words_sealed": "you_wrote", "masked_title_sealed": "as_staff_would_show_it",
        "masked_words_sealed": "as_staff_would_show_it", "reason_sealed": "why", "relation": "about",
        "country": "about", "age_band": "about", "language": "language",
        "may_be_indexed": "search_engines_may_show_it", "may_stay": "may_stay_when_your_account_ends",
        "asked_at": "asked", "published_on": "published", "resolved_at": "resolved", "twin_id": "the_same_as",
    },
    "answers": {
        "question_id": "to", "state": "state", "words_sealed": "words", "public_words": "read_by_everybody",
        "reason_sealed": "we_wrote", "is_picked": "helped_the_asker_most", "written_at": "written",
        "published_at": "published", "published_on": "published",
    },
    "question_digests": {"weekday": "weekday", "hour": "hour", "next_at": "next"},
    "correspondents": {"side": "as", "agreed_at": "joined", "left_at": "left", "read_at": "last_read"},
    "message_wishes": {
        "quiet_from": "quiet_from_minute", "quiet_until": "quiet_until_minute", "away_sealed": "away",
        "away_from": "away_from", "away_until": "away_until", "shows_read": "shows_what_you_read",
    },
    "contact_tickets": {
        "category": "about", "about_id": "about_whom", "reference_sealed": "reference", "state": "state",
        "opened_at": "opened", "changed_at": "changed", "first_answered_at": "first_answered", "closed_at": "closed",
        "by_mail": "letters_by_mail",
    },
    "moderation_reports": {
        "reason": "reason", "words_sealed": "you_wrote", "made_at": "at", "appealed_at": "you_asked_another_person",
        "appeal_sealed": "you_asked_another_person",
    },
    "moderation_sanctions": {
        "step": "step", "reason_sealed": "why", "made_at": "at", "until_at": "until", "lifted_at": "taken_back",
    },
    "moderation_looks": {"kind": "what", "purpose_sealed": "why", "at": "at"},
}  # fmt: skip
NOT_TOLD = {
    "bookings": {
        # Keys, locks and entries of ours.
        "kind", "client_id", "person_key", "place", "claims_pair", "held_until", "browser_key", "network_key",
        "form_key", "ics_uid", "ics_sequence", "ics_stamped_at", "created_at",
        # In its history, which is told, or a fact of the other side.
        "reconfirmed_at", "ended_at", "joined_client_at", "joined_specialist_at", "moves_used", "is_emergency",
        "granted_again_at", "granted_because_sealed", "is_referred", "shares_note", "shares_prep",
    },
    "orders": {
        # Names that the card processor has for it, and where its rules stand.
        "buyer_id", "person_key", "live", "charge", "page", "page_ends_at", "intent", "changed_at",
        "looked_at",
        # In what it reached our own balance.
        "settled", "settled_in",
        # What a dispute did to our own books.
        "loss", "losses",
    },
    "order_lines": {
        "order_id", "at", "subject_kind", "subject_code", "payee_id", "payee_code", "seat", "kept", "ripe", "frozen",
        "open", "asked", "taking", "debt", "tries", "ripe_at",
    },
    "payee_accounts": {"payee_id", "payee_code", "name", "by_hand", "seen_at", "run_at"},
    "questions": {
        "asker_id", "public_title", "public_words", "edition", "form_key", "form_mark",
        # In its history, or what a machine did by.
        "published_at", "changed_at", "silence_told_at",
    },
    "answers": {"specialist_id", "place", "masked_words_sealed", "edition", "form_key", "form_mark"},
    "question_digests": {"specialist_id"},
    "correspondents": {"thread_id", "user_id", "read_id"},
    "message_wishes": {"user_id"},
    "contact_tickets": {"user_id", "form_key", "waits_since", "claimed_by_id", "claimed_until", "closed_by_id"},
    "moderation_reports": {"case_id", "reporter_id"},
    "moderation_sanctions": {"user_id", "by_id"},
    "moderation_looks": {"user_id", "subject", "by_id"},
}  # fmt: skip
RECORDS = {
    "bookings": "bookings", "orders": "orders", "order_lines": "earnings", "payee_accounts": "payout_account",
    "questions": "questions", "answers": "answers", "question_digests": "digest", "correspondents": "messages",
    "message_wishes": "message_wishes", "contact_tickets": "contact", "moderation_reports": "reports",
    "moderation_sanctions": "steps", "moderation_looks": "looks",
}  # fmt: skip


@pytest.mark.parametrize("table", TOLD)
def test_every_column_is_told_or_named_as_not(app, table):
    columns = set(db.metadata.tables[table].columns.keys()) - WIRING

    assert set(TOLD[table]).isdisjoint(NOT_TOLD[table])
    assert columns == set(TOLD[table]) | NOT_TOLD[table]


@pytest.fixture
def told(cast, bought):
    """What the copies of a client and of their specialist hold after one sale, a proposal and a cancellation."""
    booking = bought(WEDNESDAY_TEN)
    actions.propose(booking, [THURSDAY_TEN], by=cast.anna)
    actions.cancel(booking, by=cast.ben)
    _talk(cast)
    of_anna = ("order_lines", "payee_accounts", "answers", "question_digests")
    people = {table: cast.anna if table in of_anna else cast.ben for table in TOLD}
    tell = {record.name: record.tell for record in holdings.records()}
    return {table: list(tell[RECORDS[table]](person)) for table, person in people.items()}


def _talk(cast):
    """Ben asked, reported, wrote to Anna and to us, and was warned; Anna answered."""
    question, other = asked.ask(cast.ben), asked.ask(cast.cleo, topic="Trust")
    with transaction():
        made = Answer(question=question, specialist=cast.practice, place=1, words="Plain words.")
        db.session.add(made)
    digest.want_digest(cast.practice, 0, 9)
    messages.begin(cast.ben, cast.practice)
    messages.save_wishes(cast.ben, None, shows_read=False)
    contact.open_ticket(cast.ben, Opening(Category.ACCOUNT, "A question."))
    moderation.report("question", other.code, Reported(ReportReason.SPAM, "It sells."), by=cast.ben)
    mine = moderation.report("question", question.code, Reported(ReportReason.SPAM, ""), by=cast.cleo).case
    moderation.sanction(mine, Measure(Step.NOTE), by=cast.sam)
    moderation.look(cast.sam, "question", question.code, "A street is named.")


def test_what_is_said_to_be_told_is_in_the_copy(told):
    for table, rows in told.items():
        assert rows, table
        assert set(TOLD[table].values()) <= set(rows[0]), table


def test_a_copy_says_what_a_session_was_sold_for_and_what_came_back(told):
    booking, order = told["bookings"][0], told["orders"][0]

    assert (booking["price"], booking["came_back_because"]) == ("€72.00", "undone")
    assert [each["by"] for each in booking["other_times"]] == ["your specialist"]
    assert order["what"] == [{"what": "Session, 50 min", "price": "€72.00", "promised_back": "€72.00"}]
    assert "commission" not in str(order)
