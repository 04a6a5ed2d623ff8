"""What people's copies hold of invoices, and what goes and stays when they leave."""

import pytest

from practice.accounts import holdings
from practice.invoices import actions, jobs, queries
from practice.store.db import transaction
from tests.invoices.conftest import REGISTERED, give_back, issued


@pytest.fixture
def line(sold, taxed, cast):
    taxed(REGISTERED)
    made = sold(7000)
    actions.name_buyer(cast.ben, made.code, {"name": "Ben Byrne"})
    return made


def told(name, person):
    (record,) = (each for each in holdings.records() if each.name == name)
    return record.tell(person)


def wipe_all(person):
    with transaction():
        for record in holdings.records():
            if record.name in ("invoices", "invoice_details", "invoices_of_practice", "tax_profiles"):
                record.wipe(person)


def test_a_copy_tells_each_side_what_is_theirs(line, cast):
    assert [each["number"] for each in told("invoices", cast.ben)] == ["2027-000001", "AK-2027-0001"]
    assert told("invoice_details", cast.ben)[0]["name"] == "Ben Byrne"
    assert [each["number"] for each in told("invoices_of_practice", cast.anna)] == ["AK-2027-0001"]
    assert told("tax_profiles", cast.anna)[0]["tax_number"] == "ATU12345678"
    assert told("invoices", cast.cleo) == told("invoices_of_practice", cast.ben) == []


def test_a_client_who_leaves_takes_their_name_along_and_the_books_stay(line, cast):
    before = [each.name for each in issued()]
    wipe_all(cast.ben)

    assert [each.name for each in issued()] == before
    assert [queries.buyer_of(each) for each in issued()] == [None, None]
    assert queries.details_of(cast.ben) is None


def test_what_goes_back_after_a_specialist_has_left_is_credited_all_the_same(line, cast):
    wipe_all(cast.anna)
    assert queries.profile_of(cast.anna.code) is None
    give_back(line, 7000)

    note = issued()[-1]
    assert (note.name, note.tax) == ("AK-CN-2027-0001", 1167)
    assert note.facts["seller"]["tax_number"] == "ATU12345678"


def test_names_of_clients_go_when_no_law_asks_for_them(line, clock):
    clock.advance(days=3651)
    jobs.forget_buyers()

    assert [queries.buyer_of(each) for each in issued()] == [None, None]


def test_what_stays_is_said(app):
    stays = [stay.what for each in holdings.records() for stay in each.stays]

    assert any("Not your name" in what for what in stays)
