"""What was booked stands: once, whole, in one currency, and the database itself refuses anything else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from practice.ledger import actions, events, queries
from practice.ledger.actions import BookedOtherwise
from practice.ledger.chart import Balances, Line, Pot
from practice.ledger.events import Batch, Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.store.db import db, transaction
from practice.values.commission import STANDARD, shares
from practice.values.money import Money
from tests.plain import Person

from .purse import ANNAS, HALF, NEXT, PRICE, SHARES, eur

BATCH = {
    "event": "fee", "about": "payment:two", "order_code": "", "currency": "EUR", "size": 1, "total": 100,
    "actor": "system", "digest": "x",
}  # fmt: skip
POSTING = {
    "number": 1, "currency": "EUR", "size": 1, "source": "provider_fees", "target": "provider", "amount": 100,
    "payee": "", "line_code": "",
}  # fmt: skip


NOTHING_YET = Balances({})
EARNED = events.earned(ANNAS, SHARES, NOTHING_YET, is_due=False)


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model)).all()


def test_an_event_says_what_moved_about_what_when_and_by_whom(book, clock):
    assert book(Event.EARNED, "line:one", EARNED, by=Person())

    (found,) = queries.of_orders(["order-one"])
    assert found.batch == Batch(Event.EARNED, "line:one", EARNED, "order-one")
    assert (found.size, found.total, found.actor, found.at) == (2, 7200, "account:ben-code", clock.now())


def test_the_same_event_books_once_however_often_it_is_reported(book, paid):
    assert not book(Event.CHARGED, "payment:one", events.charged(PRICE))

    assert len(rows(LedgerBatch)) == 2
    assert len(rows(LedgerPosting)) == 3


def test_reported_by_many_at_once_it_books_once(app, book):
    def report(_number):
        with app.app_context():
            return book(Event.CHARGED, "payment:one", events.charged(PRICE))

    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(report, range(12)))

    assert sorted(answers) == [False] * 11 + [True]
    assert len(rows(LedgerPosting)) == 1


@pytest.mark.parametrize(
    ("amount", "order"),
    [(eur(7100), "order-one"), (Money(7200, "USD"), "order-one"), (PRICE, "order-two")],
    ids=["amount", "currency", "order"],
)
def test_the_same_event_with_another_amount_is_a_fault_that_is_not_swallowed(book, paid, amount, order):
    with pytest.raises(BookedOtherwise):
        book(Event.CHARGED, "payment:one", events.charged(amount), order)

    assert len(rows(LedgerBatch)) == 2


def test_from_which_pots_it_was_taken_is_decided_once(book, paid):
    taken = events.unearned(ANNAS, SHARES, queries.of_line(ANNAS.code))
    assert book(Event.UNEARNED, "line:one", taken)

    again = events.unearned(ANNAS, SHARES, queries.of_line(ANNAS.code))
    assert again != taken
    assert not book(Event.UNEARNED, "line:one", again)


def test_what_happens_again_to_a_thing_has_a_number(book, paid):
    for number in (1, 2):
        half = events.unearned(ANNAS, HALF, queries.of_line(ANNAS.code))
        assert book(Event.UNEARNED, f"line:one:{number}", half)

    assert told(queries.of_order("order-one")) == {"client": -7200, "unearned": 7200}


def test_what_moved_is_stored_with_its_cause_or_not_at_all(book):
    def fail():
        with transaction():
            book(Event.CHARGED, "payment:one", events.charged(PRICE))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert rows(LedgerBatch) == []
    assert book(Event.CHARGED, "payment:one", events.charged(PRICE))


# ---------------------------------------------------------------- what the database refuses


@pytest.mark.parametrize("model", [LedgerBatch, LedgerPosting])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_booked(paid, model, change):
    statement = update(model).values(currency="USD") if change == "update" else delete(model)

    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(statement)

    assert len(rows(model)) in (2, 3)


def stored(batch=None, *postings):
    """Past everything of ours, straight into the tables."""
    with transaction() as session:
        number = session.execute(insert(LedgerBatch).values(BATCH | (batch or {})).returning(LedgerBatch.id)).scalar()
        for each in postings:
            session.execute(insert(LedgerPosting).values({"batch_id": number} | POSTING | each))


@pytest.mark.each_case
@pytest.mark.parametrize(
    "posting",
    [
        {"amount": 0},
        {"amount": -100},
        {"target": "provider_fees"},
        {"target": "elsewhere"},
        {"source": "available"},
        {"target": "pending"},
        {"currency": "USD"},
        {"size": 2},
        {"number": 0},
        {"number": 2},
        {"batch_id": 4711},
    ],
    ids=str,
)
def test_the_database_refuses_a_posting_that_is_one_sided_or_does_not_belong(app, clock, posting):
    with pytest.raises(IntegrityError):
        stored({}, posting)

    assert rows(LedgerPosting) == []


@pytest.mark.parametrize("batch", [{"size": 0}, {"total": 0}, {"event": "guessed"}], ids=str)
def test_the_database_refuses_a_batch_of_nothing(app, clock, batch):
    with pytest.raises(IntegrityError):
        stored(batch, {})


def test_the_database_refuses_a_batch_without_what_it_moves_when_it_is_to_be_stored(app, clock):
    with pytest.raises(IntegrityError):
        stored({"size": 2}, {"size": 2})
    with pytest.raises(IntegrityError):
        stored({})

    assert rows(LedgerBatch) == []
    stored({}, {})
    assert len(rows(LedgerBatch)) == 1


def test_nothing_is_added_to_a_batch_afterwards(paid):
    more = POSTING | {"batch_id": rows(LedgerBatch)[1].id, "size": 2}

    for number in (1, 2, 3):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(insert(LedgerPosting).values(more | {"number": number}))


def test_both_sides_of_each_batch_add_up_to_nothing(book, paid):
    book(Event.FEE, "payment:one", events.fee(eur(240)))

    sides = db.session.execute(
        text("SELECT batch_id, count(*), sum(amount) FROM ledger_entries GROUP BY batch_id ORDER BY batch_id")
    )
    assert [tuple(row)[1:] for row in sides] == [(2, 0), (4, 0), (2, 0)]


# ---------------------------------------------------------------- what is where


@pytest.fixture
def busy(book, paid):
    """Two orders of Anna's, of which one was released and paid out, and one of somebody else's in yen."""
    yen = Money(9000, "JPY")
    for name, line, price in (("two", NEXT, eur(10_000)), ("three", Line("line-three", "yuki"), yen)):
        book(Event.CHARGED, f"payment:{name}", events.charged(price), f"order-{name}")
        stands = events.earned(line, shares(price, STANDARD), NOTHING_YET, is_due=False)
        book(Event.EARNED, f"line:{name}", stands, f"order-{name}")
    book(Event.RELEASED, "line:one", events.released(ANNAS, SHARES.payee))
    book(Event.TRANSFERRED, "transfer:one", events.transferred(ANNAS, SHARES.payee, queries.of_line(ANNAS.code)))
    book(Event.PAYOUT_SENT, "payout:one", events.payout_sent("anna", eur(6000)), "")


def told(balances, currency="EUR"):
    return {
        pot.value: amount for (pot, known), amount in sorted(balances.amounts.items()) if amount and known == currency
    }


def test_balances_of_a_line_an_order_a_payee_and_everybody(busy):
    assert told(queries.of_line("line-two")) == {"commission": 1200, "pending": 8800, "unearned": -10_000}
    assert told(queries.of_order("order-one")) == {"client": -7200, "commission": 864, "transferred": 6336}
    assert told(queries.of_payee("anna")) == {
        "commission": 2064, "in_payout": 6000, "pending": 8800, "transferred": 336, "unearned": -17_200,
    }  # fmt: skip
    everybody = queries.of_everybody()
    assert everybody.currencies == ["EUR", "JPY"]
    assert told(everybody) == {
        "client": -17_200, "commission": 2064, "in_payout": 6000, "pending": 8800, "transferred": 336,
    }  # fmt: skip
    assert everybody.of(Pot.PENDING, "JPY") == Money(7920, "JPY")
    assert everybody.of(Pot.DEBT, "JPY") == Money(0, "JPY")


def test_what_is_nowhere_is_nothing(app):
    assert queries.of_everybody().currencies == []
    assert queries.of_line("line-one").of(Pot.PENDING, "EUR") == eur(0)
    assert queries.by_payee() == queries.by_order() == {}
    assert queries.of_orders(["order-one"]) == []


def test_each_payee_and_order_at_once_is_one_question(busy, questions):
    by_payee, by_order = queries.by_payee(), queries.by_order()

    assert len(questions) == 2
    assert by_payee == {payee: queries.of_payee(payee) for payee in ("anna", "yuki", "")}
    orders = ("order-one", "order-two", "order-three", "")
    assert by_order == {order: queries.of_order(order) for order in orders}


def test_what_happened_to_an_order_can_be_read_in_its_order(busy, questions):
    found = queries.of_orders(["order-one", "order-two"])

    assert len(questions) == 1
    events_in_order = ["charged", "earned", "charged", "earned", "released", "transferred"]
    assert [each.batch.event for each in found] == events_in_order
    assert found[0].batch.total == PRICE.amount


def test_whoever_reads_with_sql_finds_in_each_pot_what_we_find(busy):
    asked = text("SELECT pot, currency, CAST(sum(amount) AS BIGINT) FROM ledger_entries GROUP BY pot, currency")

    assert {(Pot(pot), currency): amount for pot, currency, amount in db.session.execute(asked)} == dict(
        queries.of_everybody().amounts
    )


def test_an_event_costs_two_statements(app, clock, questions):
    actions.book(Batch(Event.CHARGED, "payment:one", events.charged(PRICE), "order-one"), by=None)

    assert len([each for each in questions if each.startswith("INSERT")]) == len(questions) == 2
