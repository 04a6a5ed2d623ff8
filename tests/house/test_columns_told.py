"""A copy of somebody's data holds every column that is about them, or this list says why it is not one of theirs."""

import pytest

from practice.accounts import holdings
from practice.bookings import actions
from practice.store.db import db
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
}  # fmt: skip
RECORDS = {"bookings": "bookings", "orders": "orders", "order_lines": "earnings", "payee_accounts": "payout_account"}


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
    people = {"bookings": cast.ben, "orders": cast.ben, "order_lines": cast.anna, "payee_accounts": cast.anna}
    tell = {record.name: record.tell for record in holdings.records()}
    return {table: list(tell[RECORDS[table]](person)) for table, person in people.items()}


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
