"""What one of the staff wants with money and another agrees to: beyond the rule, by hand, in doubt, and settings."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from practice.accounts import holdings
from practice.ledger.chart import Pot
from practice.payments import actions, jobs, queries
from practice.payments.desk_models import MoneyProposal
from practice.payments.kinds import Reason, SettingKey
from practice.payments.policy.effects import Concern
from practice.payments.states import OrderState, ProposalState
from practice.providers.stripe_gateway import money
from practice.sandbox import world
from practice.store.db import changed, db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed
from practice.values.money import Money
from tests import factories
from tests.payments.forks import crowd
from tests.payments.test_payees import account_of, earned
from tests.payments.test_paying import again, concerns, paid, work
from tests.shop import in_pot, opened, set_by_two, sue, unsound
from tests.shop import paid as seen

S = ProposalState


def more(amount, shown=0, currency="EUR"):
    return actions.Return(more=Money(amount, currency), shown=shown, reason=Reason.KINDNESS, words="Both asked for it.")


@pytest.fixture
def second(app):
    return sue()


def line_of(order):
    return again(order).lines[0]


# ---------------------------------------------------------------- beyond the rule


def test_one_is_enough_for_little_and_it_goes_back_at_once(buy, cast):
    order = paid(buy, 7000)
    row = actions.propose_refund(line_of(order), more(3000), by=cast.sam)
    work()

    assert (row.state, row.needs_two) == (S.AGREED, False)
    assert again(order).state == OrderState.PARTIALLY_REFUNDED
    # The commission of what is kept, and the specialist's share follows by the rule.
    assert (in_pot(order, Pot.PENDING), in_pot(order, Pot.COMMISSION)) == (3520, 480)
    assert unsound() == []


def test_whose_session_it_was_hears_what_our_staff_gave_back_and_what_is_theirs(buy, cast, second, outbox):
    order = paid(buy, 7000)
    actions.propose_refund(line_of(order), more(3000), by=cast.sam)
    actions.propose_refund(line_of(order), more(1000, shown=3000), by=cast.sam)

    told = [each.context for each in outbox.to(cast.anna) if each.template == "payments/given_back"]
    assert [(each["returned"], each["paid"], each["yours"]) for each in told] == [
        ("€30.00", "€70.00", "€35.20"),
        ("€10.00", "€70.00", "€26.40"),
    ]


def test_from_the_limit_on_nothing_moves_before_a_second_person_agrees(buy, cast, second):
    order = paid(buy, 30_000)
    row = actions.propose_refund(line_of(order), more(20_000), by=cast.sam)
    work()
    assert (row.state, again(order).state) == (S.PROPOSED, OrderState.PAID)

    with pytest.raises(NotAllowed):
        actions.agree(row, "", by=cast.sam)
    assert again(order).state == OrderState.PAID

    actions.agree(row, "Looked at both.", by=second)
    work()
    assert again(order).state == OrderState.PARTIALLY_REFUNDED
    assert again(order).refunds[0].amount == 20_000
    assert unsound() == []


def test_the_limit_counts_what_was_given_back_in_parts(buy, cast):
    order = paid(buy, 30_000)
    first = actions.propose_refund(line_of(order), more(15_000), by=cast.sam)
    then = actions.propose_refund(line_of(order), more(6000, shown=15_000), by=cast.sam)

    assert (first.state, then.state) == (S.AGREED, S.PROPOSED)


def test_a_currency_may_have_a_limit_of_its_own(buy, cast):
    set_by_two(cast.sam, SettingKey.TWO_FOR_REFUND, 5000, currency="JPY")

    assert queries.two_for_refund("JPY") == Money(5000, "JPY")
    assert queries.two_for_refund("EUR") == Money(20_000, "EUR")
    assert queries.two_for_refund("SEK") == Money(240_000, "SEK")


def test_what_the_specialist_has_already_comes_back_after_the_client(buy, cast, clock):
    account_of(cast.anna)
    order = earned(buy, clock, 7000)
    actions.propose_refund(line_of(order), more(7000), by=cast.sam)
    work()

    assert again(order).state == OrderState.REFUNDED
    assert in_pot(order, Pot.TRANSFERRED) == 0
    assert unsound() == []


@pytest.mark.parametrize("amount", [0, -1, 7001])
def test_what_is_no_part_of_what_is_left_is_refused_beside_the_amount(buy, cast, amount):
    order = paid(buy, 7000)
    with pytest.raises(Invalid) as refusal:
        actions.propose_refund(line_of(order), more(amount), by=cast.sam)
    assert list(refusal.value.fields) == ["amount"]
    assert db.session.scalars(select(MoneyProposal)).all() == []


def test_nothing_goes_back_while_a_bank_asks_for_it_nor_is_agreed_to(buy, cast, second):
    order = paid(buy, 30_000)
    row = actions.propose_refund(line_of(order), more(25_000), by=cast.sam)
    world.open_dispute(again(order).charge)
    work()

    with pytest.raises(Conflict, match="second time"):
        actions.agree(row, "", by=second)
    with pytest.raises(Conflict, match="second time"):
        actions.propose_refund(line_of(paid_again := again(order)), more(100), by=cast.sam)
    assert paid_again.refunds == []
    db.session.rollback()
    assert db.session.get_one(MoneyProposal, row.id).state == S.PROPOSED


def test_whoever_takes_a_part_in_an_order_decides_nothing_about_it(buy, cast, second):
    order = paid(buy, 7000)
    with transaction():
        cast.anna.roles = [*cast.anna.roles, *[role for role in cast.sam.roles if role.name == "staff"]]
    with pytest.raises(NotAllowed, match="colleague"):
        actions.propose_refund(line_of(order), more(100), by=cast.anna)
    with pytest.raises(NotAllowed, match="Only staff"):
        actions.propose_refund(line_of(order), more(100), by=cast.cleo)


def test_what_was_wanted_can_be_taken_back_refused_and_lapses(buy, cast, second, clock):
    order = paid(buy, 30_000)
    for who in (cast.sam, second):
        row = actions.propose_refund(line_of(order), more(25_000), by=cast.sam)
        actions.withdraw(row, "Not now.", by=who)
        with pytest.raises(Conflict):
            actions.agree(row, "", by=second)

    row = actions.propose_refund(line_of(order), more(25_000), by=cast.sam)
    with pytest.raises(Conflict, match="already waits"):
        actions.propose_refund(line_of(order), more(100), by=second)
    clock.advance(days=7)
    with pytest.raises(Conflict, match="lapsed"):
        actions.agree(row, "", by=second)
    assert actions.lapse() == 1
    assert actions.lapse() == 0
    assert again(order).state == OrderState.PAID


def test_the_database_itself_wants_two_people(buy, cast, second):
    order = paid(buy, 30_000)
    row = actions.propose_refund(line_of(order), more(25_000), by=cast.sam)
    alone = update(MoneyProposal).where(MoneyProposal.id == row.id)
    with pytest.raises(IntegrityError), transaction():
        changed(alone.values(state=S.AGREED, decided_by_id=cast.sam.id))


# ---------------------------------------------------------------- at once


def press(app, order, people):
    """Each gives the same part back, from pages that showed the same."""
    line, codes = line_of(order), [each.id for each in people]

    def one(number):
        from practice.accounts.models import User

        who = db.session.get_one(User, codes[number])
        try:
            actions.propose_refund(line_of(order), more(2000), by=who)
        except Conflict:
            return

    assert line.back == 0
    crowd(app, len(people), one)
    work()
    return again(order).lines[0].back


def test_two_who_press_at_once_give_back_once(app, engine_url, buy, cast, second):
    order = paid(buy, 7000)
    assert press(app, order, [cast.sam, second]) == 2000
    assert [each.amount for each in again(order).refunds] == [2000]


def test_without_what_the_page_showed_two_would_give_back_twice(app, engine_url, buy, cast, second, monkeypatch):
    """The control: the guard is what stops them."""
    order = paid(buy, 7000)

    class Blind:
        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

    careless = actions.Return(more=Money(2000, "EUR"), shown=Blind(), reason=Reason.KINDNESS, words="")
    monkeypatch.setattr("tests.payments.test_proposals.more", lambda amount: careless)
    assert press(app, order, [cast.sam, second]) == 4000


def test_two_who_agree_at_once_agree_once(app, engine_url, buy, cast, second):
    order = paid(buy, 30_000)
    row = actions.propose_refund(line_of(order), more(25_000), by=cast.sam)
    third = factories.user("Tove", email="tove@staff.example", roles=("client", "staff"))
    people, number_of = [second.id, third.id], row.id

    def one(number):
        from practice.accounts.models import User

        try:
            actions.agree(db.session.get_one(MoneyProposal, number_of), "", by=db.session.get_one(User, people[number]))
        except Conflict:
            return

    crowd(app, 2, one)
    work()
    assert [each.amount for each in again(order).refunds] == [25_000]


def test_staff_decide_nothing_about_their_own_orders_nor_does_anybody_else(buy, cast, second):
    """Neither what others want, nor what lies before staff, nor what the card processor is asked."""
    order = paid(buy, 30_000, buyer=second)
    row = actions.propose_refund(line_of(order), more(25_000), by=cast.sam)
    setting = actions.propose_setting(
        actions.Change(key=SettingKey.COMMISSION, value=1000, because="a try"), by=cast.sam
    )
    actions.park(Concern.DISPUTE, again(order), 30_000)
    (concern,) = queries.concerns()
    presses = (
        lambda by: actions.withdraw(row, "No.", by=by),
        lambda by: actions.agree(row, "", by=by),
        lambda by: actions.close_concern(concern, because="Nothing.", by=by),
        lambda by: actions.ask_again(concern, by=by),
    )
    for press in presses:
        for by in (second, cast.cleo):
            with pytest.raises(NotAllowed):
                press(by)
    with pytest.raises(NotAllowed):
        actions.agree(setting, "", by=cast.cleo)

    assert db.session.get_one(MoneyProposal, row.id).state == S.PROPOSED
    actions.close_concern(concern, because="Looked at it.", by=cast.sam)


# ---------------------------------------------------------------- in doubt, and by hand


def test_money_in_doubt_goes_back_as_one_or_two_decide_and_its_concern_is_closed(buy, cast, second):
    order = buy(30_000)
    actions.turn(order, opened(order))
    actions.turn(order, seen(order, amount=29_000))
    (concern,) = queries.concerns()
    with pytest.raises(Conflict, match="decide first"):
        actions.close_concern(concern, because="looked", by=cast.sam)

    row = actions.propose_return_in_doubt(again(order), "Wrong amount.", by=cast.sam)
    assert row.needs_two
    actions.agree(row, "", by=second)

    assert again(order).refunds[0].amount == 29_000
    assert queries.concerns() == []
    with pytest.raises(Conflict, match="in doubt any more"):
        actions.propose_return_in_doubt(again(order), "Again.", by=cast.sam)


def test_a_refund_that_failed_is_noted_as_paid_by_hand_by_two(buy, cast, second, gateway):
    order = paid(buy, 7000)
    actions.propose_refund(line_of(order), more(1000), by=cast.sam)
    work()
    world.fail_refund(money.refunds_of(gateway, again(order).intent)[0].id)
    work()
    assert "refund_failed" in concerns()
    (concern,) = queries.concerns()
    with pytest.raises(Conflict, match="decide first"):
        actions.close_concern(concern, because="looked", by=cast.sam)

    row = actions.propose_paid_by_hand(again(order), 1, "Transfer of today, to the account they named.", by=cast.sam)
    assert (row.state, row.needs_two, in_pot(order, Pot.OWN)) == (S.PROPOSED, True, 0)
    actions.agree(row, "Seen on our statement.", by=second)

    assert in_pot(order, Pot.OWN) == 1000
    assert queries.concerns() == []
    with pytest.raises(Conflict):
        actions.propose_paid_by_hand(again(order), 1, "Once more.", by=cast.sam)
    assert unsound() == []


# ---------------------------------------------------------------- settings


def test_a_setting_holds_from_a_day_to_come_and_needs_two(buy, cast, second, clock):
    before = paid(buy, 7000)
    wanted = actions.Change(
        key=SettingKey.COMMISSION, value=1000, because="A quieter year.", from_at=clock.now() + timedelta(hours=1)
    )
    row = actions.propose_setting(wanted, by=cast.sam)
    with pytest.raises(NotAllowed):
        actions.agree(row, "", by=cast.sam)
    actions.agree(row, "", by=second)
    assert queries.commission_rate() == 1200
    clock.advance(hours=1)

    (kept,) = queries.settings_history(SettingKey.COMMISSION)
    assert (queries.commission_rate(), kept.because) == (1000, "A quieter year.")
    assert (kept.by.display_name, kept.agreed_by.display_name) == ("Sam", "Sue")
    assert (line_of(before).rate, in_pot(before, Pot.COMMISSION)) == (1200, 840)


def about_our_share(outbox, payee):
    return [each for each in outbox.to(payee) if each.template == "payments/commission_changes"]


def test_who_sells_hears_once_that_our_share_changes_and_from_when(cast, second, clock, outbox):
    account_of(cast.anna)
    begins = clock.now() + timedelta(days=9)
    for value in (1100, 1100):
        clock.advance(minutes=1)
        wanted = actions.Change(key=SettingKey.COMMISSION, value=value, because="A quieter year.", from_at=begins)
        actions.agree(actions.propose_setting(wanted, by=cast.sam), "", by=second)
    for _ in range(2):
        jobs.announce()

    (letter,) = about_our_share(outbox, cast.anna)
    assert (letter.context["share"], letter.context["before"]) == ("11%", "12%")
    assert letter.context["from_at"] == begins.isoformat()
    assert outbox.to(cast.ben) == []


def set_for(day, value, cast, second):
    wanted = actions.Change(key=SettingKey.COMMISSION, value=value, because="A quieter year.", from_at=day)
    actions.agree(actions.propose_setting(wanted, by=cast.sam), "", by=second)


def test_of_two_for_the_same_day_the_one_that_holds_is_told(cast, second, clock, outbox):
    account_of(cast.anna)
    begins = clock.now() + timedelta(days=9)
    for value in (1100, 1000):
        clock.advance(minutes=1)
        set_for(begins, value, cast, second)
    jobs.announce()

    (letter,) = about_our_share(outbox, cast.anna)
    assert (letter.context["share"], letter.context["before"]) == ("10%", "12%")


def test_who_has_read_of_another_share_hears_that_it_stays(cast, second, clock, outbox):
    account_of(cast.anna)
    begins = clock.now() + timedelta(days=9)
    for value in (1100, 1200):
        clock.advance(minutes=1)
        set_for(begins, value, cast, second)
        jobs.announce()
    jobs.announce()

    assert [each.context["share"] for each in about_our_share(outbox, cast.anna)] == ["11%", "12%"]
    assert "stays 12%" in outbox.read(outbox.last_to(cast.anna)).text


def test_a_share_that_holds_from_now_on_was_another_until_then(cast, second, clock, outbox):
    account_of(cast.anna)
    clock.advance(minutes=1)
    set_for(None, 1000, cast, second)
    clock.advance(minutes=1)
    jobs.announce()

    (letter,) = about_our_share(outbox, cast.anna)
    assert "Until then it was 12%" in " ".join(outbox.read(letter).text.split())


def test_a_setting_never_holds_for_what_was_sold_before_its_second_person_agreed(cast, second, clock):
    day = clock.now() + timedelta(hours=1)
    row = actions.propose_setting(
        actions.Change(key=SettingKey.COMMISSION, value=900, because="a try", from_at=day), by=cast.sam
    )
    clock.advance(hours=3)
    actions.agree(row, "", by=second)

    assert queries.settings_history(SettingKey.COMMISSION)[0].from_at == clock.now()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 5001}, "value"),
        ({"value": -1}, "value"),
        ({"value": 1, "currency": "EUR"}, "currency"),
        ({"value": 1, "from_at": timedelta(seconds=-1)}, "from_on"),
    ],
)
def test_what_there_cannot_be_is_refused_beside_its_field(cast, clock, change, field):
    if "from_at" in change:
        change = change | {"from_at": clock.now() + change["from_at"]}
    with pytest.raises(Invalid) as refusal:
        actions.propose_setting(actions.Change(key=SettingKey.COMMISSION, because="greed", **change), by=cast.sam)
    assert list(refusal.value.fields) == [field]
    assert queries.settings_history(SettingKey.COMMISSION) == []


def test_the_least_that_is_paid_out_is_what_was_set(buy, cast, clock):
    assert queries.payout_least("EUR") == Money(2000, "EUR")
    set_by_two(cast.sam, SettingKey.PAYOUT_LEAST, 70)
    account_of(cast.anna)
    earned(buy, clock, 7000)
    clock.advance(days=10)
    jobs.payouts()

    assert queries.payouts_of(cast.anna) == []


def test_two_who_want_the_same_setting_at_once_are_told_that_one_waits(app, engine_url, cast, second):
    people = [cast.sam.id, second.id]

    def one(number):
        from practice.accounts.models import User

        who = db.session.get_one(User, people[number])
        with suppress(Conflict):
            actions.propose_setting(actions.Change(key=SettingKey.COMMISSION, value=1000, because="a try"), by=who)

    assert crowd(app, 2, one) == [0, 0]
    assert len(db.session.scalars(select(MoneyProposal)).all()) == 1


def test_what_staff_wrote_about_an_order_goes_with_its_buyer(buy, cast):
    order = paid(buy, 7000)
    actions.propose_refund(line_of(order), more(1000), by=cast.sam)
    wipe = {record.name: record.wipe for record in holdings.records()}["orders"]
    with transaction():
        wipe(db.session.get_one(type(cast.ben), cast.ben.id))

    (row,) = db.session.scalars(select(MoneyProposal)).all()
    assert (row.words, row.answer, row.amount) == ("", "", 1000)
