"""An account that two of the staff, or the operator, locked: nothing opens it, and it is opened again as it was."""

import pytest
from sqlalchemy import select

from practice.accounts import actions, queries
from practice.bookings import actions as bookings
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values.errors import Conflict, NotAllowed
from tests import factories
from tests.accounts.conftest import Person, token_of, words
from tests.factories import PASSWORD

WHY = "Somebody else seems to be in it"


@pytest.fixture
def uma(cast):
    """A second member of staff."""
    return factories.user("Uma", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")


@pytest.fixture
def sam(app, cast, sign_in):
    return Person(sign_in(app.test_client(), cast.sam))


def _fresh(person):
    db.session.rollback()
    return queries.user_by_email(person.email)


def _page(person):
    return f"/admin/accounts/{person.code}"


def test_a_lock_ends_everything_at_once_and_says_why(app, cast, outbox, sign_in):
    ben = Person(sign_in(app.test_client(), cast.ben))
    feed = bookings.new_feed(cast.ben, "busy")
    actions.ask_for_reset(cast.ben.email)
    reset = f"/reset/{token_of(outbox.last_to(cast.ben))}"

    answer = app.test_cli_runner().invoke(args=["account", "lock", cast.ben.email, "--reason", WHY])

    assert answer.exit_code == 0, answer.output
    assert not ben.is_in()
    stranger = Person(app.test_client())
    assert stranger.sign_in(cast.ben.email, PASSWORD).status_code == 422
    assert stranger.see(reset).status_code == 410
    assert stranger.browser.get(f"/cal/{feed}.ics").status_code == 404
    assert outbox.last_to(cast.ben).template == "accounts/locked"
    assert WHY in outbox.read(outbox.last_to(cast.ben)).text
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.locked")).one()
    assert (row.actor, row.reason) == ("operator", "")


@pytest.mark.parametrize("purpose", ["confirm", "reset", "new_email", "undo_email", "stay_on", "two_step_off"])
def test_no_link_of_any_kind_opens_a_locked_account(app, cast, purpose):
    from practice.accounts import policy
    from practice.accounts.actions.links import LinkGone, make_link, use_link

    actions.lock_as_operator(cast.ben, WHY)
    with transaction():
        token = make_link(cast.ben, purpose, policy.RESET_WITHIN)

    assert queries.open_link(token, purpose) is None
    with pytest.raises(LinkGone):
        use_link(token, purpose)


def test_a_held_time_is_free_again(app, cast):
    from practice.bookings import queries as booked
    from practice.bookings.actions import Visitor

    held = bookings.hold(
        booked.chosen_offer("anna-kern").offer,
        factories.clock.now() + factories.timedelta(days=2, hours=1),
        Visitor(cast.ben, "b", "n", "UTC"),
    )
    assert held

    actions.lock_as_operator(cast.ben, WHY)

    db.session.rollback()
    assert not booked.holds_of(cast.ben.id, None)


def test_unlocked_it_is_as_it_was(app, cast, outbox):
    run = app.test_cli_runner().invoke
    run(args=["account", "lock", cast.ben.email, "--reason", WHY])
    run(args=["account", "lock", cast.ben.email, "--reason", WHY])

    answer = run(args=["account", "unlock", cast.ben.email, "--reason", "Seen in person"])

    assert answer.exit_code == 0, answer.output
    ben = Person(app.test_client())
    assert ben.sign_in(cast.ben.email, PASSWORD).location == "/me"
    assert outbox.kinds_to(cast.ben).count("accounts/locked") == 1
    assert outbox.kinds_to(cast.ben).count("accounts/unlocked") == 1


def test_what_is_so_already_is_not_said_to_be_done(app, cast, outbox):
    run = app.test_cli_runner().invoke
    was_open = run(args=["account", "unlock", cast.ben.email, "--reason", WHY])
    run(args=["account", "lock", cast.ben.email, "--reason", WHY])

    again = run(args=["account", "lock", cast.ben.email, "--reason", "Another reason"])

    assert (was_open.exit_code, again.exit_code) == (1, 1)
    assert "not locked" in was_open.output
    assert "Locked already" in again.output
    assert "mail" not in again.output
    assert outbox.kinds_to(cast.ben) == ["accounts/locked"]


@pytest.mark.parametrize("command", ["lock", "unlock", "two-step-off", "take-back"])
@pytest.mark.parametrize("words", ["", " \n ", "caf\udce9", "a\x00b", "x" * 501])
def test_a_reason_is_some_words_that_can_be_kept(app, cast, outbox, command, words):
    answer = app.test_cli_runner().invoke(args=["account", command, cast.ben.email, "--reason", words])

    assert answer.exit_code == 2
    assert "Invalid value for '--reason'" in answer.output
    assert _fresh(cast.ben).active
    assert outbox.kinds_to(cast.ben) == []


def test_two_of_the_staff_lock_together(app, sam, cast, uma, sign_in):
    found = sam.fill("/admin/accounts", who=f" {cast.ben.email.upper()} ")
    assert found.location == _page(cast.ben)
    sam.fill(_page(cast.ben), f"{_page(cast.ben)}/lock", reason=WHY)
    assert _fresh(cast.ben).active
    assert "proposed to be locked" in words(sam.see("/admin/"))
    with pytest.raises(NotAllowed):
        actions.agree_to_lock(queries.lock_of(cast.ben), by=cast.sam)

    uma_in = Person(sign_in(app.test_client(), uma))
    uma_in.press(_page(cast.ben), f"{_page(cast.ben)}/lock/agree")
    assert not _fresh(cast.ben).active

    sam.fill(_page(cast.ben), f"{_page(cast.ben)}/unlock", reason="Seen in person")
    assert _fresh(cast.ben).active
    assert queries.lock_of(cast.ben) is None


def test_a_proposal_is_taken_back(sam, cast):
    sam.fill(_page(cast.ben), f"{_page(cast.ben)}/lock", reason=WHY)
    sam.press(_page(cast.ben), f"{_page(cast.ben)}/lock/withdraw")

    assert queries.lock_of(cast.ben) is None
    assert _fresh(cast.ben).active


def test_without_a_reason_nothing_is_proposed(sam, cast):
    answer = sam.fill(_page(cast.ben), f"{_page(cast.ben)}/lock", reason=" ")

    assert answer.status_code == 422
    assert queries.lock_of(cast.ben) is None


def test_an_account_is_found_by_its_whole_address_or_code_only(sam, cast):
    assert sam.fill("/admin/accounts", who="ben").status_code == 422
    assert sam.fill("/admin/accounts", who="").status_code == 422
    assert sam.fill("/admin/accounts", who=f"account:{cast.ben.code}").location == _page(cast.ben)
    assert sam.see("/admin/accounts/nobody").status_code == 404


def test_looking_an_account_up_is_in_the_log(sam, cast):
    sam.see(_page(cast.ben))

    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.opened_by_staff")).one()
    assert row.subject == f"account:{cast.ben.code}"


def test_nobody_locks_or_unlocks_their_own_account(cast, uma):
    with pytest.raises(NotAllowed):
        actions.propose_lock(cast.sam, WHY, by=cast.sam)
    with pytest.raises(NotAllowed):
        actions.propose_lock(cast.ben, WHY, by=cast.cleo)
    lock = actions.propose_lock(cast.sam, WHY, by=uma)
    with pytest.raises(NotAllowed):
        actions.withdraw_lock(lock, by=cast.sam)
    with pytest.raises(Conflict):
        actions.propose_lock(cast.sam, WHY, by=uma)


def test_a_deleted_account_is_neither_locked_nor_opened(cast):
    with transaction():
        cast.ben.active, cast.ben.email = False, "x@nobody.invalid"

    for decide in (
        lambda: actions.lock_as_operator(cast.ben, WHY),
        lambda: actions.unlock(cast.ben, WHY, by=cast.sam),
        lambda: actions.propose_lock(cast.ben, WHY, by=cast.sam),
    ):
        with pytest.raises(Conflict):
            decide()


def test_nobody_new_books_with_somebody_whose_account_is_locked(app, cast):
    from practice.bookings import queries as booked
    from practice.specialists.states import ProfileState

    actions.lock_as_operator(cast.anna, WHY)
    db.session.rollback()

    assert cast.practice.state == ProfileState.PAUSED
    assert booked.starts_at("anna-kern") == ()
    actions.unlock(cast.anna, WHY, by=None)
    assert cast.practice.state == ProfileState.PAUSED
