"""This file knows what it costs the processor to say whether the books hold, over a hundred thousand entries of them, and
to show a specialist what they earned, over thousands of lines.

Run it with `python -m tests.bench.bench_money`.
"""

import contextvars
import sys
import time
from datetime import timedelta
from functools import partial
from statistics import median

from sqlalchemy import delete, insert, text, update

from practice.ledger.checks import MONEY
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.payments.models import Order, OrderLine, PayeeAccount, Payout
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values import clock
from tests import factories
from tests.bench import stage

ORDERS, ROUNDS = 6_250, 5
A_WEEK = 25  # sessions
EARNINGS = {
    "the first page": "/practice/earnings",
    "the last page": f"/practice/earnings?page={ORDERS // 25}",
}
# One paid session from the card to the bank: eight postings, sixteen entries.
LIFE = (
    ("charged", (("client", "unearned", 7000),)),
    ("earned", (("unearned", "pending", 6160), ("unearned", "commission", 840))),
    ("fee", (("provider_fees", "provider", 230),)),
    ("released", (("pending", "available", 6160),)),
    ("transferred", (("available", "transferred", 6160),)),
    ("payout_sent", (("transferred", "in_payout", 6160),)),
    ("payout_paid", (("in_payout", "paid_out", 6160),)),
)
NOBODYS = ("charged", "fee")


def fill(cast, count=ORDERS):
    """So many orders whose money has arrived, with all that the ledger has of them."""
    with transaction() as session:
        account = PayeeAccount(
            payee_id=cast.anna.id, payee_code=cast.anna.code, country="AT", currency="EUR", state="ready"
        )
        account.pays_out, account.by_hand, account.name = True, True, "acct_1"
        session.add(account)
        session.flush()
        session.execute(insert(Order), [_order(cast, number) for number in range(1, count + 1)])
        session.execute(insert(OrderLine), [_line(cast, number) for number in range(1, count + 1)])
        session.execute(insert(Payout), [_payout(cast, account.id, number) for number in range(1, count + 1)])
        _write_down(session, cast.anna.code, count)
        session.execute(text("ANALYZE"))


def _order(cast, number):
    paid = {"checkout": "complete", "payment": "paid", "dispute": "none", "state": "paid", "charge": f"ch_{number}"}
    sums = {"paid": 7000, "paid_in": "EUR", "returned": 0, "loss": 0, "losses": 0}
    who = {"buyer_id": cast.ben.id, "person_key": cast.ben.person_key, "live": False, "currency": "EUR"}
    at = {"hold_until": clock.now(), "paid_at": clock.now() - timedelta(hours=3 * (ORDERS - number))}
    return {"id": number, "code": f"O{number:021}", **at, **paid, **sums, **who}


def _line(cast, number):
    what = {"subject_kind": "place", "subject_code": f"S{number}", "label": "Session, 50 min", "seat": "taken"}
    sums = {"price": 7000, "rate": 1200, "kept": 7000, "sent": 6160, "ripe": True}
    payee = {"payee_id": cast.anna.id, "payee_code": cast.anna.code}
    return {"order_id": number, "at": 0, "code": f"L{number:021}", **what, **sums, **payee}


def _payout(cast, account, number):
    payee = {"payee_id": cast.anna.id, "payee_code": cast.anna.code, "account_id": account}
    return {"code": f"P{number:021}", "currency": "EUR", "amount": 6160, "state": "paid", **payee}


def _write_down(session, payee, count):
    batches, postings = [], []
    for number in range(count):
        for event, moves in LIFE:
            about = len(batches) + 1
            is_payout = event.startswith("payout")
            order = "" if is_payout else f"O{number + 1:021}"
            total = sum(amount for _, _, amount in moves)
            row = {"id": about, "event": event, "about": f"x:{about}", "order_code": order, "size": len(moves)}
            batches.append(
                {**row, "total": total, "currency": "EUR", "actor": "system", "digest": "", "at": clock.now()}
            )
            for at, (source, target, amount) in enumerate(moves, 1):
                whose = "" if event in NOBODYS else payee
                line = "" if event in NOBODYS or is_payout else f"L{number + 1:021}"
                way = {"source": source, "target": target, "amount": amount, "payee": whose, "line_code": line}
                postings.append({"batch_id": about, "number": at, "size": len(moves), "currency": "EUR", **way})
    session.execute(insert(LedgerBatch), batches)
    session.execute(insert(LedgerPosting), postings)


def figures():
    """Processor's milliseconds for what the page asks, and for the page as a whole."""
    with stage.product() as arena, arena.inside():
        cast = factories.cast()
        fill(cast)
        assert faults(MONEY, at_a_glance=True) == []
        entries = db.session.scalar(text("SELECT count(*) FROM ledger_entries"))
        staff, anna = (factories.sign_in(arena.app.test_client(), each) for each in (cast.sam, cast.anna))
        yield _row(
            f"{entries:,} entries of the ledger, whether the books hold", lambda: faults(MONEY, at_a_glance=True)
        )
        yield _row("the page of the staff that says so", lambda: _page(staff, "/admin/finance"))
        _by_week()
        for what, address in EARNINGS.items():
            yield _row(f"{ORDERS:,} lines of earnings, {what}", partial(_page, anna, address))
        yield _row(f"{ORDERS:,} lines of earnings, as a file", partial(_page, anna, "/practice/earnings.csv"), "")


def _by_week():
    """Payouts as a payee has them: each of all that came in its week."""
    with transaction() as session:
        session.execute(delete(Payout).where(Payout.id % A_WEEK != 0))
        session.execute(update(Payout).values(amount=Payout.amount * A_WEEK))


def _row(what, work, wanted="at most 300"):
    return what, "ms of processor", f"{median(_spent(work) for _ in range(ROUNDS)):.0f}", "", "", wanted


def _page(browser, address):
    # As servers do: outside of whatever stands around, where somebody else may be signed in.
    answer = contextvars.Context().run(browser.get, address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"


def _spent(work):
    db.session.rollback()
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1e3


def main():
    for row in figures():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
