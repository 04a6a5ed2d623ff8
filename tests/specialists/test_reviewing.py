"""Staff grant a title, ask for more, or decline as two; nobody decides about themselves."""

import pytest
from sqlalchemy import select, update

from practice.specialists import actions
from practice.specialists.actions import reviewing
from practice.specialists.answers import Verdict
from practice.specialists.models import Review
from practice.specialists.states import Decision, ProfileState
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values.errors import Conflict, IllegalMove, Invalid, NotAllowed
from tests import factories

from . import recipes


def test_an_approved_applicant_has_the_granted_title_and_is_not_public_yet(mara, sam):
    specialist = actions.approve(recipes.in_review(mara, sam), recipes.verdict(title="Clinical psychologist"), by=sam)

    assert specialist.granted_title == "Clinical psychologist"
    assert specialist.state == ProfileState.APPROVED
    assert not specialist.is_visible
    assert mara.has_role("specialist")


def test_papers_are_marked_as_checked_with_the_day_and_the_person(mara, sam, clock):
    specialist = actions.approve(recipes.in_review(mara, sam), recipes.verdict(), by=sam)

    assert {c.state for c in specialist.credentials} == {"verified"}
    assert {c.checked_at for c in specialist.credentials} == {clock.now()}
    assert {c.checked_by_id for c in specialist.credentials} == {sam.id}


def test_a_title_is_not_granted_while_a_check_is_open(mara, sam):
    review = recipes.in_review(mara, sam)

    with pytest.raises(Invalid) as refusal:
        actions.approve(review, recipes.verdict(checks=("identity",)), by=sam)

    assert "checks" in refusal.value.fields
    assert recipes.again(review.specialist).state == ProfileState.IN_REVIEW


@pytest.mark.parametrize("title", ["", "Relationship coach", "Professor of everything", "psychologist"])
def test_only_a_title_of_the_list_is_granted(mara, sam, title):
    review = recipes.in_review(mara, sam)

    with pytest.raises(Invalid) as refusal:
        actions.approve(review, recipes.verdict(title=title), by=sam)

    assert "title" in refusal.value.fields


def test_some_topics_can_be_left_out(mara, sam):
    specialist = actions.approve(recipes.in_review(mara, sam), recipes.verdict(refused_topics=("anxiety",)), by=sam)

    assert [row.topic.slug for row in recipes.again(specialist).topics] == ["communication"]


def test_not_all_topics_can_be_left_out(mara, sam):
    review = recipes.in_review(mara, sam)

    with pytest.raises(Invalid):
        actions.approve(review, recipes.verdict(refused_topics=("anxiety", "communication")), by=sam)


def test_nobody_decides_about_their_own_application(sam):
    recipes.topics()
    specialist = recipes.sent(sam)

    with pytest.raises(NotAllowed):
        actions.claim(specialist, by=sam)


def test_somebody_who_is_not_staff_takes_nothing(mara, cast):
    specialist = recipes.sent(mara)

    with pytest.raises(NotAllowed):
        actions.claim(specialist, by=cast.ben)


def test_what_a_colleague_took_over_cannot_be_decided_by_the_first(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.claim(review.specialist, by=sue)

    with pytest.raises(Conflict):
        actions.approve(review, recipes.verdict(), by=sam)


def test_a_decision_stands(mara, sam):
    review = recipes.in_review(mara, sam)
    actions.approve(review, recipes.verdict(), by=sam)

    with pytest.raises(Conflict):
        actions.ask_for_changes(review, Verdict(words="More"), by=sam)


def test_asking_for_more_needs_words_and_keeps_the_place_in_the_queue(mara, sam, clock):
    review = recipes.in_review(mara, sam)
    sent = review.specialist.submitted_at

    with pytest.raises(Invalid):
        actions.ask_for_changes(review, Verdict(words="  "), by=sam)
    specialist = actions.ask_for_changes(review, Verdict(words="A newer letter, please."), by=sam)
    clock.advance(days=2)
    actions.submit(specialist, by=mara)

    assert specialist.state == ProfileState.SUBMITTED
    assert specialist.submitted_at == sent


def test_declining_needs_a_second_person(mara, sam):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No register knows the number."), by=sam)

    with pytest.raises(NotAllowed):
        actions.confirm_refusal(review, by=sam)

    assert recipes.again(review.specialist).state == ProfileState.IN_REVIEW


def test_what_a_second_person_confirmed_in_the_same_moment_is_not_taken_back(mara, sam, sue, monkeypatch):
    """One disagrees while another agrees: who waited for the lock sees what the other did."""
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No register knows the number."), by=sam)
    lock = reviewing.touch

    def agreed_first(specialist):
        agreed = update(Review).values(decision=Decision.REFUSED)
        db.session.execute(agreed, execution_options={"synchronize_session": False})
        lock(specialist)

    monkeypatch.setattr(reviewing, "touch", agreed_first)
    with pytest.raises(Conflict):
        actions.withdraw_refusal(review, by=sue)


def test_a_title_brings_the_role_and_a_line_in_the_log(mara, sam):
    actions.approve(recipes.in_review(mara, sam), recipes.verdict(), by=sam)

    given = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.role_given"))
    assert [(line.subject, line.reason) for line in given] == [(f"account:{mara.code}", "specialist")]


def test_two_people_decline(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No register knows the number."), by=sam)

    specialist = actions.confirm_refusal(review, by=sue)

    assert specialist.state == ProfileState.REFUSED
    assert (review.decision, review.second_reviewer_id) == (Decision.REFUSED, sue.id)
    assert {c.state for c in specialist.credentials} == {"submitted"}
    assert all(c.checked_at for c in specialist.credentials)


def test_the_applicant_is_not_the_second_person(sam):
    recipes.topics()
    mara = factories.user("Mara", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)

    with pytest.raises(NotAllowed):
        actions.confirm_refusal(review, by=mara)
    with pytest.raises(NotAllowed):
        actions.withdraw_refusal(review, by=mara)


def test_a_proposed_refusal_is_not_taken_over_so_that_nobody_agrees_with_themself(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No register knows the number."), by=sam)

    with pytest.raises(Conflict):
        actions.claim(review.specialist, by=sue)
    with pytest.raises(NotAllowed):
        actions.confirm_refusal(review, by=sam)


def test_the_second_person_may_not_agree(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)

    actions.withdraw_refusal(review, by=sue)

    assert review.decision == Decision.OPEN
    assert actions.approve(review, recipes.verdict(), by=sam).state == ProfileState.APPROVED


def test_an_appeal_is_sent_with_what_was_sent_before(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)
    specialist = actions.confirm_refusal(review, by=sue)
    before = [c.code for c in specialist.credentials]

    actions.submit(specialist, by=mara)

    assert specialist.state == ProfileState.SUBMITTED
    assert [c.code for c in specialist.credentials] == before
    assert not any(c.checked_at for c in specialist.credentials)


def test_an_appeal_is_read_by_a_third_person(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)
    specialist = actions.confirm_refusal(review, by=sue)
    actions.submit(specialist, by=mara)
    third = factories.user("Tom", roles=("client", "staff"))

    for colleague in (sam, sue):
        with pytest.raises(NotAllowed):
            actions.claim(specialist, by=colleague)

    assert actions.claim(specialist, by=third).reviewer_id == third.id


def test_whoever_refused_takes_no_part_in_the_appeal_however_it_comes_to_them(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)
    specialist = actions.confirm_refusal(review, by=sue)
    actions.submit(specialist, by=mara)
    tom, uma = (factories.user(name, roles=("client", "staff")) for name in ("Tom", "Uma"))
    appeal = actions.claim(specialist, by=tom)

    for colleague in (sam, sue):
        with pytest.raises(NotAllowed):
            actions.claim(specialist, by=colleague)
    actions.propose_refusal(appeal, Verdict(words="No."), by=tom)
    for colleague in (sam, sue):
        for decide in (actions.confirm_refusal, actions.withdraw_refusal):
            with pytest.raises(NotAllowed):
                decide(appeal, by=colleague)

    assert actions.confirm_refusal(appeal, by=uma).state == ProfileState.REFUSED


def test_an_appeal_that_one_who_refused_has_taken_already_is_not_theirs_to_decide(mara, sam, sue):
    review = recipes.in_review(mara, sam)
    actions.propose_refusal(review, Verdict(words="No."), by=sam)
    specialist = actions.confirm_refusal(review, by=sue)
    actions.submit(specialist, by=mara)
    appeal = actions.claim(specialist, by=factories.user("Tom", roles=("client", "staff")))
    with transaction():
        appeal.reviewer_id = sam.id

    with pytest.raises(NotAllowed):
        actions.approve(appeal, recipes.verdict(), by=sam)


def test_nobody_is_approved_without_having_sent_anything(mara, sam):
    specialist = recipes.draft(mara)

    with pytest.raises(IllegalMove):
        actions.claim(specialist, by=sam)
