"""A profile is public when its owner says so, rests until a day, and leaves the list when its licence runs out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from practice.specialists import actions, jobs
from practice.specialists.answers import Renewal, Verdict
from practice.specialists.states import CredentialKind, ProfileState
from practice.store.db import transaction
from practice.values.errors import Conflict, IllegalMove, Invalid, NotAllowed
from tests import factories

from . import recipes

S = ProfileState


@pytest.fixture
def practice(mara, sam):
    return recipes.published(mara, sam)


def licence_of(practice):
    return next(
        c for c in practice.credentials if c.kind == CredentialKind.LICENCE and c.state in ("verified", "expired")
    )


def valid_until(practice, on):
    with transaction():
        licence_of(practice).expires_on = on


def test_the_owner_publishes_and_nobody_else(mara, sam):
    specialist = actions.approve(recipes.in_review(mara, sam), recipes.verdict(), by=sam)

    with pytest.raises(NotAllowed):
        actions.publish(specialist, by=sam)
    actions.publish(specialist, by=mara)

    assert specialist.state == S.PUBLISHED


def test_nothing_is_published_before_it_is_approved(mara):
    with pytest.raises((IllegalMove, Conflict)):
        actions.publish(recipes.sent(mara), by=mara)


def test_publishing_and_resting_make_kept_times_void(practice, mara):
    before = practice.calendar_version

    actions.pause(practice, None, by=mara)
    assert practice.calendar_version > before
    actions.publish(practice, by=mara)

    assert practice.calendar_version > before + 1


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_pause_ends_after_today_and_within_a_year(practice, mara, days):
    with pytest.raises(Invalid):
        actions.pause(practice, date(2027, 3, 1) + timedelta(days=days), by=mara)

    assert recipes.again(practice).state == S.PUBLISHED


def test_a_pause_ends_by_itself_on_its_local_day(sam, clock):
    recipes.topics()
    auckland = factories.user("Aroha Tamihana", zone="Pacific/Auckland")
    practice = recipes.published(auckland, sam)
    actions.pause(practice, date(2027, 3, 5), by=auckland)

    clock.freeze(datetime(2027, 3, 4, 10, 59, tzinfo=UTC))  # 23:59 in Auckland
    assert jobs.end_pauses() == 0
    clock.freeze(datetime(2027, 3, 4, 11, 0, tzinfo=UTC))
    assert jobs.end_pauses() == 1
    assert jobs.end_pauses() == 0

    found = recipes.again(practice)
    assert (found.state, found.paused_until) == (S.PUBLISHED, None)


def test_a_pause_without_a_day_does_not_end_by_itself(practice, mara, clock):
    actions.pause(practice, None, by=mara)
    clock.advance(days=300)

    assert jobs.end_pauses() == 0


def test_a_licence_runs_out_at_midnight_where_the_specialist_lives(sam, clock, outbox):
    recipes.topics()
    tokyo = factories.user("Yuki Tanabe", zone="Asia/Tokyo")
    practice = recipes.published(tokyo, sam)
    valid_until(practice, date(2027, 3, 3))

    clock.freeze(datetime(2027, 3, 3, 14, 59, tzinfo=UTC))  # 23:59 on the 3rd in Tokyo
    assert jobs.expire_credentials() == 0
    clock.freeze(datetime(2027, 3, 3, 15, 0, tzinfo=UTC))
    assert jobs.expire_credentials() == 1
    assert jobs.expire_credentials() == 0

    assert recipes.again(practice).state == S.EXPIRED
    assert outbox.kinds_to(tokyo)[-1] == "specialists/unpublished"
    assert outbox.kinds_to(tokyo).count("specialists/unpublished") == 1


def test_a_coach_stays_public_when_a_paper_runs_out(mara, sam, clock):
    specialist = recipes.sent(mara, kind="coach", title="Relationship coach", expires_on=date(2027, 3, 2))
    actions.approve(actions.claim(specialist, by=sam), recipes.verdict(title="Relationship coach"), by=sam)
    actions.publish(specialist, by=mara)
    clock.advance(days=5)

    assert jobs.expire_credentials() == 0
    assert recipes.again(specialist).state == S.PUBLISHED


def test_nobody_publishes_on_a_licence_that_has_run_out(practice, mara, clock):
    valid_until(practice, date(2027, 3, 3))
    clock.advance(days=5)
    jobs.expire_credentials()

    with pytest.raises(Conflict):
        actions.publish(practice, by=mara)


def test_each_step_is_warned_of_once(practice, mara, clock, outbox):
    valid_until(practice, date(2027, 5, 15))  # 75 days away
    counted = []

    for days in (0, 15, 0, 30, 23, 0, 6):
        clock.advance(days=days)
        jobs.warn_of_expiry()
        jobs.warn_of_expiry()
        counted.append(outbox.kinds_to(mara).count("specialists/document_expiry"))

    assert counted == [0, 1, 1, 2, 3, 3, 3]


def test_a_newer_licence_brings_the_profile_back_when_its_owner_says_so(practice, mara, sam, clock):
    valid_until(practice, date(2027, 3, 3))
    clock.advance(days=5)
    jobs.expire_credentials()
    renewal = Renewal(licence_of(practice).code, replace(recipes.credential_file(), expires_on=date(2029, 1, 1)))
    revision = actions.ask_revision(practice, {}, renewal=renewal, by=mara)

    with pytest.raises(Conflict):
        actions.publish(practice, by=mara)
    actions.decide_revision(revision, True, by=sam)
    actions.publish(practice, by=mara)

    assert recipes.again(practice).state == S.PUBLISHED


def test_documents_go_ninety_days_after_the_decision_and_the_result_stays(practice, clock, config):
    key = licence_of(practice).document_key
    clock.advance(days=89)
    assert jobs.drop_credential_files() == 0
    clock.advance(days=2)

    assert jobs.drop_credential_files() == 3

    paper = licence_of(recipes.again(practice))
    assert (paper.document_key, paper.state) == (None, "verified")
    assert (paper.document_name, paper.document_type, paper.document_bytes) == ("", "", 0)
    assert not (config.uploads / key).exists()
    assert jobs.drop_credential_files() == 0


def _kept(practice):
    return {c.kind for c in recipes.again(practice).credentials if c.document_key}


def _clear_after(clock, days):
    clock.advance(days=days)
    return jobs.drop_credential_files()


def test_a_refused_newer_document_goes_ninety_days_after_that(practice, mara, sam, clock):
    _clear_after(clock, 91)
    revision = _renew(practice, mara)
    assert _clear_after(clock, 91) == 0  # nobody has decided
    actions.decide_revision(revision, False, by=sam, reason="It cannot be read.")

    assert [_clear_after(clock, days) for days in (89, 2)] == [0, 1]
    assert _kept(practice) == set()


def test_a_document_that_no_request_waits_with_goes_ninety_days_after_it_came(practice, mara, clock):
    """What was lost or refused before each was decided by itself; what waits when a practice closes."""
    _clear_after(clock, 91)
    _renew(practice, mara)
    actions.close(practice, by=mara)

    assert [_clear_after(clock, days) for days in (89, 2)] == [0, 1]


def test_documents_of_an_application_that_was_never_sent_go_ninety_days_after_they_came(mara, clock):
    specialist = recipes.draft(mara)
    assert _clear_after(clock, 60) == 0
    actions.keep_credential(specialist, "licence", recipes.credential_file("licence"), by=mara)

    assert _clear_after(clock, 31) == 2
    assert _kept(specialist) == {"licence"}


def test_documents_stay_while_an_application_is_read_and_ninety_days_after_it_was_given_back(mara, sam, clock):
    review = recipes.in_review(mara, sam)
    assert _clear_after(clock, 91) == 0
    actions.ask_for_changes(review, Verdict(words="A newer letter, please."), by=sam)

    assert [_clear_after(clock, days) for days in (89, 2)] == [0, 3]


def _renew(practice, mara):
    renewal = Renewal(licence_of(practice).code, recipes.credential_file())
    return actions.ask_revision(practice, {}, renewal=renewal, by=mara)


def test_a_file_that_no_row_names_is_dropped_after_a_day_and_no_other(practice, config):
    import os

    orphan, fresh = recipes.credential_file().key, recipes.credential_file().key
    kept = licence_of(practice).document_key
    for key in (orphan, kept):
        os.utime(config.uploads / key, (0, 0))

    jobs.drop_credential_files()

    assert [(config.uploads / key).exists() for key in (orphan, fresh, kept)] == [False, False, True]


# ---------------------------------------------------------------- insurance


def insurance(practice):
    return next(c for c in practice.credentials if c.kind == CredentialKind.INSURANCE and c.state != "replaced")


def test_insurance_is_handed_in_with_its_last_day_and_not_after_it(mara):
    specialist = actions.create_application(mara, recipes.profession())
    for ends in (None, date(2027, 2, 28)):
        paper = replace(recipes.credential_file(CredentialKind.INSURANCE), expires_on=ends)
        with pytest.raises(Invalid) as refusal:
            actions.keep_credential(specialist, CredentialKind.INSURANCE, paper, by=mara)
        assert list(refusal.value.fields) == ["expires_on"]


def test_a_title_is_not_granted_on_an_insurance_without_a_last_day(mara, sam):
    review = recipes.in_review(mara, sam)
    with transaction():
        insurance(review.specialist).expires_on = None

    with pytest.raises(Invalid) as refusal:
        actions.approve(review, recipes.verdict(), by=sam)

    assert "insurance" in refusal.value.fields["checks"]


def test_the_day_after_its_insurance_ran_out_a_profile_leaves_the_list(practice, clock, outbox, mara):
    clock.freeze(datetime(2028, 3, 1, 12, tzinfo=UTC))
    jobs.expire_credentials()
    assert recipes.again(practice).state == ProfileState.PUBLISHED

    clock.freeze(datetime(2028, 3, 2, 0, 1, tzinfo=UTC))
    jobs.expire_credentials()

    assert recipes.again(practice).state == ProfileState.EXPIRED
    assert outbox.last_to(mara).template == "specialists/unpublished"
    with pytest.raises(Conflict, match="insurance"):
        actions.publish(practice, by=mara)


def test_a_newer_insurance_needs_its_last_day_and_brings_the_profile_back(practice, clock, mara, sam):
    clock.freeze(datetime(2028, 3, 2, 12, tzinfo=UTC))
    jobs.expire_credentials()
    old = insurance(recipes.again(practice))
    undated = replace(recipes.credential_file(CredentialKind.INSURANCE), expires_on=None)
    with pytest.raises(Invalid):
        actions.ask_revision(practice, {}, renewal=Renewal(old.code, undated), by=mara)

    dated = replace(undated, expires_on=date(2029, 3, 1))
    revision = actions.ask_revision(practice, {}, renewal=Renewal(old.code, dated), by=mara)
    actions.decide_revision(revision, True, by=sam)
    actions.publish(practice, by=mara)

    assert recipes.again(practice).state == ProfileState.PUBLISHED
