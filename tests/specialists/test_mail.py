"""Every letter of this room, as its reader gets it: neutral outside, reasons inside, one for each event."""

import re
from datetime import date

import pytest

from practice.specialists import actions, jobs
from practice.specialists.answers import Verdict
from practice.specialists.states import CredentialKind
from practice.store.db import transaction

from . import recipes

SUBJECTS = {"About your application", "About your profile", "Document expiry"}
HEALTH = re.compile(r"therap|psych|mental|anxi|couple|counsel|sleep|ellison", re.IGNORECASE)


def licence_until(practice, on):
    with transaction():
        licences = [c for c in practice.credentials if c.kind == CredentialKind.LICENCE and c.state == "verified"]
        licences[0].expires_on = on


@pytest.fixture
def everything(mara, sam, sue, clock, outbox):
    """An application given back, declined by two, appealed, approved; a profile changed, warned, unpublished."""
    from tests import factories

    review = recipes.in_review(mara, sam)
    actions.ask_for_changes(review, Verdict(words="A newer letter, please."), by=sam)
    specialist = review.specialist
    clock.advance(hours=1)
    actions.submit(specialist, by=mara)
    review = actions.claim(specialist, by=sam)
    actions.propose_refusal(review, Verdict(words="No register <b>knows</b> this number."), by=sam)
    actions.confirm_refusal(review, by=sue)
    clock.advance(hours=1)
    recipes.draft(mara)
    actions.submit(specialist, by=mara)
    third = factories.user("Tom", roles=("client", "staff"))
    actions.approve(actions.claim(specialist, by=third), recipes.verdict(refused_topics=("anxiety",)), by=third)
    actions.publish(specialist, by=mara)
    actions.decide_revision(actions.ask_revision(specialist, {"place": "Cork"}, by=mara), True, by=sam)
    licence_until(specialist, date(2027, 3, 20))
    jobs.warn_of_expiry()
    clock.advance(days=25)
    jobs.expire_credentials()
    return outbox.to(mara)


def test_each_event_is_told_once_in_its_order(everything):
    assert [letter.template.removeprefix("specialists/") for letter in everything] == [
        "received", "more_needed", "received", "refused", "received", "approved", "profile_decided", "document_expiry",
        "unpublished",
    ]  # fmt: skip


def test_no_subject_says_what_it_is_about(everything, outbox):
    subjects = {outbox.read(letter).subject for letter in everything}

    assert subjects <= SUBJECTS
    assert not any(HEALTH.search(subject) for subject in subjects)


def test_no_letter_holds_a_health_word_a_topic_or_a_surname_of_ours(everything, outbox):
    for letter in everything:
        read = outbox.read(letter)
        said = re.sub(r"Hello Mara Ellison,", "", read.text)
        assert not HEALTH.search(re.sub(r"https?://\S+", "", said)), letter.template


def test_reasons_stand_in_the_letter_and_mark_up_stays_words(everything, outbox):
    refused = outbox.read(next(letter for letter in everything if letter.template == "specialists/refused"))

    assert "No register <b>knows</b> this number." in refused.text
    assert "No register &lt;b&gt;knows&lt;/b&gt; this number." in refused.html
    assert "third person" in refused.text


def test_the_received_letter_names_the_day_of_the_answer(everything, outbox):
    assert "Thursday 4 March" in outbox.read(everything[0]).text


def test_letters_lead_to_our_own_pages_only(everything, outbox):
    for letter in everything:
        read = outbox.read(letter)
        links = re.findall(r"https?://[^\s\"<>]+", read.text + read.html)
        assert links
        assert all(link.startswith("http://localhost/") for link in links)


def test_the_bytes_arrive_whole_at_a_mail_server(everything, outbox, smtp, mara):
    arrived = [m for m in outbox.deliver(smtp) if mara.email in str(m["To"])]

    assert len(arrived) == len(everything)
    assert {m["Subject"] for m in arrived} <= SUBJECTS
    assert all(m.get_body(("plain",)) and m.get_body(("html",)) for m in arrived)


def test_a_refusal_that_was_only_proposed_tells_the_applicant_nothing(mara, sam, outbox):
    review = recipes.in_review(mara, sam)
    before = len(outbox.to(mara))

    actions.propose_refusal(review, Verdict(words="No."), by=sam)

    assert len(outbox.to(mara)) == before


def test_a_letter_is_not_left_behind_when_the_change_fails(mara, sam, outbox, monkeypatch):
    from practice.specialists import emails

    review = recipes.in_review(mara, sam)
    real = emails.approved

    def and_then_break(found):
        real(found)
        raise RuntimeError("the power went")

    monkeypatch.setattr(emails, "approved", and_then_break)
    with pytest.raises(RuntimeError):
        actions.approve(review, recipes.verdict(), by=sam)

    assert "specialists/approved" not in outbox.kinds_to(mara)
    assert recipes.again(review.specialist).granted_title is None
