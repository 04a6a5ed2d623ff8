"""An application grows step by step, belongs to one person, and is sent whole or not at all."""

import pytest

from practice.specialists import actions, queries
from practice.specialists.answers import Verdict
from practice.specialists.models import Specialist
from practice.specialists.states import CredentialKind, ProfileState
from practice.values.errors import Conflict, Invalid, NotAllowed
from tests import factories

from . import recipes


def test_a_first_step_makes_a_draft_that_nobody_sees(mara):
    specialist = actions.create_application(mara, recipes.profession())

    assert specialist.state == ProfileState.DRAFT
    assert specialist.granted_title is None
    assert specialist.title_applied_for == "Psychologist"
    assert not specialist.is_visible


def test_beginning_twice_is_one_application(mara):
    first = actions.create_application(mara, recipes.profession())

    second = actions.create_application(mara, recipes.profession(place="Cork"))

    assert first.id == second.id
    assert recipes.again(first).place == "Cork"


def test_two_people_of_one_name_get_two_addresses(mara):
    other = factories.user("Mara Eliot", email="other@people.example")

    first = actions.create_application(mara, recipes.profession())
    second = actions.create_application(other, recipes.profession(name="Mara Eliot"))

    assert (first.slug, second.slug) == ("mara-e", "mara-e-2")


def test_nobody_gets_an_address_that_is_a_page_of_ours(mara):
    assert actions.create_application(mara, recipes.profession(name="Order")).slug == "order-2"


def test_a_title_of_another_kind_is_refused_and_nothing_is_stored(mara):
    with pytest.raises(Invalid):
        actions.create_application(mara, recipes.profession(kind="coach"))

    assert queries.application_of(mara) is None


def test_a_stranger_cannot_change_or_send_it(mara, cast):
    specialist = recipes.draft(mara)

    for attempt in (
        lambda: actions.keep_profession(specialist, recipes.profession(), by=cast.cleo),
        lambda: actions.keep_words(specialist, recipes.words(), by=cast.cleo),
        lambda: actions.keep_credential(specialist, CredentialKind.LICENCE, recipes.credential_file(), by=cast.cleo),
        lambda: actions.submit(specialist, by=cast.cleo),
        lambda: actions.set_consult(specialist, False, by=cast.cleo),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_what_is_missing_stops_it_and_says_where(mara):
    specialist = actions.create_application(mara, recipes.profession())

    with pytest.raises(Invalid) as refusal:
        actions.submit(specialist, by=mara)

    assert set(refusal.value.facts["missing"]) == {"documents", "words", "prices"}
    assert recipes.again(specialist).state == ProfileState.DRAFT


def test_a_whole_application_is_sent_with_the_declaration(mara, clock):
    specialist = recipes.sent(mara)

    assert specialist.state == ProfileState.SUBMITTED
    assert specialist.declared_at == specialist.submitted_at == clock.now()


def test_what_was_sent_cannot_be_changed_until_it_comes_back(mara):
    specialist = recipes.sent(mara)

    with pytest.raises(Conflict):
        actions.keep_words(specialist, recipes.words(headline="Other"), by=mara)
    with pytest.raises(Conflict):
        actions.submit(specialist, by=mara)

    assert recipes.again(specialist).headline != "Other"


def test_what_nobody_reads_yet_can_be_taken_back_changed_and_sent_again(mara, clock):
    specialist = recipes.sent(mara)

    actions.take_back(specialist, by=mara)
    actions.keep_words(specialist, recipes.words(headline="Better words"), by=mara)
    clock.advance(days=1)
    actions.submit(specialist, by=mara)

    found = recipes.again(specialist)
    assert (found.state, found.headline) == (ProfileState.SUBMITTED, "Better words")
    assert found.submitted_at == clock.now(), "the answer is promised from the day it was sent"


def test_what_was_asked_for_is_still_asked_for_after_it_was_taken_back(mara, sam):
    review = recipes.in_review(mara, sam)
    specialist = actions.ask_for_changes(review, Verdict(words="A newer letter, please."), by=sam)
    first = specialist.submitted_at
    actions.submit(specialist, by=mara)

    actions.take_back(specialist, by=mara)

    found = recipes.again(specialist)
    assert (found.state, found.submitted_at) == (ProfileState.CHANGES_REQUESTED, first)


def test_what_is_being_read_cannot_be_taken_back(mara, sam):
    specialist = recipes.in_review(mara, sam).specialist

    with pytest.raises(Conflict):
        actions.take_back(specialist, by=mara)

    assert recipes.again(specialist).state == ProfileState.IN_REVIEW


def test_nobody_takes_back_somebody_elses_application(mara, sam):
    specialist = recipes.sent(mara)

    with pytest.raises(NotAllowed):
        actions.take_back(specialist, by=sam)


def test_a_topic_that_does_not_exist_is_refused(mara):
    specialist = actions.create_application(mara, recipes.profession())

    with pytest.raises(Invalid):
        actions.keep_words(specialist, recipes.words(main_topics=("made-up",)), by=mara)

    assert recipes.again(specialist).topics == []


def test_topics_and_languages_are_replaced_in_their_order(mara):
    specialist = recipes.draft(mara)

    changed = recipes.words(
        main_topics=("sleep", "anxiety"), other_topics=("communication",), languages=(("fr", "good"),)
    )
    actions.keep_words(specialist, changed, by=mara)

    found = recipes.again(specialist)
    assert [(row.topic.slug, row.is_main) for row in found.topics] == [
        ("sleep", True),
        ("anxiety", True),
        ("communication", False),
    ]
    assert [row.language for row in found.languages] == ["fr"]


def test_a_newer_paper_takes_the_place_of_one_that_nobody_has_checked(mara, config):
    specialist = recipes.draft(mara)
    before = next(c for c in specialist.credentials if c.kind == CredentialKind.LICENCE).document_key

    actions.keep_credential(specialist, CredentialKind.LICENCE, recipes.credential_file(), by=mara)

    papers = [c for c in recipes.again(specialist).credentials if c.kind == CredentialKind.LICENCE]
    assert len(papers) == 1
    assert papers[0].document_key != before
    assert not (config.uploads / before).exists()
    assert (config.uploads / papers[0].document_key).exists()


def test_a_row_can_never_be_shared_by_two_practices(mara):
    from sqlalchemy.exc import IntegrityError

    from practice.store.db import transaction

    recipes.draft(mara)

    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Specialist(user_id=mara.id, slug="other", name="Other"))
