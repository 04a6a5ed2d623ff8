"""A talk that was booked for two: each answers alone, all have to say yes, and we write to nobody a client names."""

import pytest

from practice.fit import actions, jobs, queries
from practice.fit.models import FitPartner
from practice.fit.states import Outcome
from practice.store.db import db
from practice.values.errors import Conflict, NotAllowed, NotFound
from tests import factories
from tests.pages import tree_of


@pytest.fixture
def joined(couple, cast):
    """Cleo has joined as Ben's partner."""
    actions.join_as_partner(actions.invite_partner(couple, by=cast.ben), by=cast.cleo)
    return couple


def words(answer):
    return " ".join(tree_of(answer).find("main").get_text(" ").split())


def page(browser, talk):
    return browser.get(f"/bookings/{talk.code}/fit")


# ---------------------------------------------------------------- all of them


def test_it_goes_on_with_a_yes_of_all_three_only(joined, cast, decide, outcome, client, sign_in):
    decide.client(joined, "yes")
    decide.specialist(joined, "yes")
    assert outcome(joined) == Outcome.SPECIALIST_DECIDED
    assert not queries.may_buy(cast.ben, cast.practice)

    assert "all three of you read so" in words(sign_in(client, cast.anna).get(f"/practice/bookings/{joined.code}/fit"))
    decide.partner(joined, "yes", by=cast.cleo)

    assert "The two of you and Anna said yes" in words(sign_in(client, cast.cleo).get("/me"))
    assert outcome(joined) == Outcome.CONTINUE
    assert queries.may_buy(cast.ben, cast.practice)


def test_a_partner_who_never_joined_is_waited_for(couple, decide, outcome):
    decide.client(couple, "yes")
    decide.specialist(couple, "yes")

    assert outcome(couple) == Outcome.SPECIALIST_DECIDED


def test_a_no_of_the_partner_ends_it_and_the_other_reads_no_name_and_no_reason(
    joined, cast, decide, outbox, client, sign_in
):
    decide.client(joined, "yes")
    decide.specialist(joined, "yes")

    decide.partner(joined, "not_a_fit", by=cast.cleo)

    text = words(page(sign_in(client, cast.ben), joined))
    assert "One of you would rather not go on together with Anna" in text
    assert "One of you" in outbox.read(outbox.last_to(cast.ben)).text
    assert "did not continue" in outbox.read(outbox.last_to(cast.anna)).text


def test_both_of_them_are_told_when_everybody_said_yes(joined, cast, decide, outbox):
    decide.client(joined, "yes")
    decide.partner(joined, "yes", by=cast.cleo)
    decide.specialist(joined, "yes")

    assert [outbox.kinds_to(each)[-1] for each in (cast.ben, cast.cleo)] == ["fit/result", "fit/result"]
    for each in (cast.ben, cast.cleo):
        assert "The two of you and Anna said yes." in outbox.read(outbox.last_to(each)).text
    assert "and their partner" in outbox.read(outbox.last_to(cast.anna)).text


# ---------------------------------------------------------------- alone


def test_neither_reads_how_the_other_answered(joined, cast, decide, client, sign_in):
    sign_in(client, cast.cleo)
    before = words(page(client, joined))

    decide.client(joined, "yes", reason="For both our sakes", shares_reason=True)

    assert words(page(client, joined)) == before


def test_after_ones_own_answer_the_other_is_decided_or_not_yet(joined, cast, decide, client, sign_in):
    sign_in(client, cast.ben)
    decide.client(joined, "yes")
    assert "Your partner’s own answer Not yet." in words(page(client, joined))

    decide.partner(joined, "yes", by=cast.cleo)

    assert "Your partner’s own answer Decided." in words(page(client, joined))


def test_the_one_of_them_who_waits_is_not_told_whom_for(joined, cast, decide, client, sign_in):
    sign_in(client, cast.ben)
    decide.client(joined, "yes")
    before = words(page(client, joined))

    decide.specialist(joined, "yes")

    assert words(page(client, joined)) == before


def test_a_partner_sees_only_what_the_two_share(joined, cast, client, sign_in):
    sign_in(client, cast.cleo)

    assert page(client, joined).status_code == 200
    assert client.get(f"/bookings/{joined.code}").status_code == 404
    assert f"/bookings/{joined.code}/fit" in client.get("/me").text


def test_what_only_the_client_decides_is_refused_to_the_partner(joined, cast, client, sign_in, post):
    sign_in(client, cast.cleo)

    for what in ("partner", "alone", "again"):
        assert post(f"/bookings/{joined.code}/fit/{what}").status_code == 409


# ---------------------------------------------------------------- the link


def test_the_link_is_shown_once_and_only_its_hash_is_stored(couple, cast, client, sign_in, post):
    sign_in(client, cast.ben)

    assert post(f"/bookings/{couple.code}/fit/partner").status_code == 303
    shown = page(client, couple).text

    token = shown.partition("/fit/invitations/")[2].split("<")[0].strip()
    assert len(token) > 30
    assert "/fit/invitations/" not in page(client, couple).text
    row = db.session.query(FitPartner).one()
    assert token not in (row.token_hash, row.__dict__.values())
    assert app_opens(client, token)


def test_loading_the_page_again_keeps_the_link_that_was_passed_on(couple, cast, client, sign_in, post):
    sign_in(client, cast.ben)
    post(f"/bookings/{couple.code}/fit/partner")
    token = page(client, couple).text.partition("/fit/invitations/")[2].split("<")[0].strip()

    page(client, couple)

    assert app_opens(client, token)


def test_who_goes_on_alone_late_has_the_days_again(joined, cast, decide, clock, outcome, outbox):
    decide.partner(joined, "not_a_fit", by=cast.cleo)
    clock.advance(days=16)

    actions.go_alone(joined, by=cast.ben)
    assert outcome(joined) == Outcome.OPEN
    jobs.remind()
    assert "fit/overdue" not in outbox.kinds_to(cast.ben)
    decide.specialist(joined, "yes")
    clock.advance(days=13)

    assert outcome(joined) == Outcome.SPECIALIST_DECIDED


def test_only_the_client_reads_that_they_can_go_on_by_themselves(joined, cast, decide, outbox):
    decide.client(joined, "not_now")

    assert "One of you" in outbox.read(outbox.last_to(cast.cleo)).text
    assert "by yourself" not in outbox.read(outbox.last_to(cast.cleo)).text


def test_a_partner_reads_of_the_session_that_was_booked_for_two(joined, cast, decide, clock, client, sign_in):
    for say in (decide.client, decide.specialist):
        say(joined, "yes")
    decide.partner(joined, "yes", by=cast.cleo)
    session = next(each for each in cast.practice.offers if each.kind == "individual")
    sign_in(client, cast.cleo)
    factories.booking(cast.ben, cast.practice, clock.now().replace(day=8), of=session)
    assert "you’ll be there" not in words(page(client, joined))
    factories.booking(cast.ben, cast.practice, clock.now().replace(day=9), of=session, with_partner=True)

    told = "Ben has booked Tuesday 9 March"
    assert told in words(page(client, joined)) and told in words(client.get("/me"))
    assert "one press" not in words(page(client, joined))


def test_a_partner_reads_nothing_of_the_clients_other_sessions(joined, cast, decide, clock):
    for say in (decide.client, decide.specialist):
        say(joined, "yes")
    decide.partner(joined, "yes", by=cast.cleo)
    session = next(each for each in cast.practice.offers if each.kind == "individual")
    factories.booking(cast.ben, cast.practice, clock.now().replace(day=9), of=session)

    with pytest.raises(Conflict, match="stays as it is now"):
        decide.partner(joined, "need_time", by=cast.cleo)


def app_opens(client, token):
    return client.get(f"/fit/invitations/{token}").status_code == 200


def test_the_link_names_whom_they_met_and_what_the_client_is_called(couple, cast, client):
    token = actions.invite_partner(couple, by=cast.ben)

    text = words(client.get(f"/fit/invitations/{token}"))

    assert "Ben asks for your own answer" in text
    assert "Anna Kern" in text
    assert "1 March" not in text


def test_a_new_link_makes_the_old_one_open_nothing(couple, cast):
    old = actions.invite_partner(couple, by=cast.ben)
    actions.invite_partner(couple, by=cast.ben)

    with pytest.raises(NotFound):
        actions.join_as_partner(old, by=cast.cleo)


def test_a_link_opens_nothing_after_14_days_and_nothing_twice(couple, cast, clock):
    token = actions.invite_partner(couple, by=cast.ben)
    actions.join_as_partner(token, by=cast.cleo)
    with pytest.raises(NotFound):
        actions.join_as_partner(token, by=factories.user("Dora"))

    with pytest.raises(Conflict, match="joined already"):
        actions.invite_partner(couple, by=cast.ben)


def test_a_link_that_is_old_opens_nothing(couple, cast, clock):
    token = actions.invite_partner(couple, by=cast.ben)
    clock.advance(days=14)

    with pytest.raises(NotFound):
        actions.join_as_partner(token, by=cast.cleo)


@pytest.mark.parametrize("who", ["ben", "anna"])
def test_the_two_who_were_there_anyway_are_nobodys_partner(couple, cast, who):
    token = actions.invite_partner(couple, by=cast.ben)

    with pytest.raises(NotAllowed):
        actions.join_as_partner(token, by=getattr(cast, who))


def test_somebody_without_an_account_says_not_this_time(couple, cast, client, post, outcome, outbox):
    token = actions.invite_partner(couple, by=cast.ben)

    answer = post("/fit/invitation/not-now", invitation=token)

    assert answer.status_code == 303
    assert outcome(couple) == Outcome.ENDED_BY_CLIENT
    assert "One of you" in outbox.read(outbox.last_to(cast.ben)).text


def test_reading_the_link_changes_nothing(couple, cast, client, outcome):
    token = actions.invite_partner(couple, by=cast.ben)

    client.get(f"/fit/invitations/{token}")

    assert outcome(couple) == Outcome.OPEN


def test_whoever_has_to_sign_in_first_finds_the_link_again_without_it_in_an_address(
    couple, cast, client, post, sign_in
):
    token = actions.invite_partner(couple, by=cast.ben)
    gate = post("/fit/invitation", invitation=token)
    assert "sign-in" in gate.location
    assert token not in gate.location

    from practice.accounts.models import Intent

    assert token not in db.session.query(Intent).one().target
    client.get(gate.location)
    assert "Anna Kern" in words(client.get("/fit/invitation"))


def test_a_talk_of_one_person_has_no_partner(talk, cast):
    with pytest.raises(Conflict):
        actions.invite_partner(talk, by=cast.ben)


# ---------------------------------------------------------------- going on alone


def test_a_client_goes_on_alone_and_the_specialist_is_asked_anew(joined, cast, decide, outcome, outbox):
    decide.client(joined, "yes")
    decide.specialist(joined, "yes")

    actions.go_alone(joined, by=cast.ben)

    assert outcome(joined) == Outcome.CLIENT_DECIDED
    assert outbox.last_to(cast.anna).template == "fit/asked_anew"
    decide.specialist(joined, "yes")
    assert queries.may_buy(cast.ben, cast.practice)


def test_who_was_left_out_finds_nothing_any_more(joined, cast, client, sign_in):
    actions.go_alone(joined, by=cast.ben)

    assert page(sign_in(client, cast.cleo), joined).status_code == 404
