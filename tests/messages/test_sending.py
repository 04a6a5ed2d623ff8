"""A message is sent once, by who may, sealed under the key of its conversation."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from practice.fit.models import FitPartner
from practice.messages import actions, keys, policy, queries, reliability
from practice.messages.models import Message, Thread
from practice.messages.states import ThreadState
from practice.store import sealed
from practice.store.db import db, transaction
from practice.store.vault import VaultLocked
from practice.values import clock as wall
from practice.values.errors import Conflict, NotAllowed, NotFound, SentBefore
from tests import factories
from tests.messages.conftest import all_words, words_of

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
CANARY = "heron-in-the-reeds"


# ---------------------------------------------------------------- one conversation, one key


def test_a_client_and_a_specialist_have_one_conversation(cast, thread):
    assert actions.begin(cast.ben, cast.practice).id == thread.id
    assert actions.begin(cast.cleo, cast.practice).id != thread.id


def test_nobody_writes_to_their_own_profile(cast):
    with pytest.raises(NotAllowed):
        actions.begin(cast.anna, cast.practice)


def test_what_was_written_is_read_by_the_two_and_by_no_stranger(cast, thread, write):
    message = write(cast.ben, "Can we talk?")

    assert words_of(message) == "Can we talk?"
    assert queries.thread_of(cast.anna, thread.code).id == thread.id
    for stranger in (cast.cleo, cast.sam):
        with pytest.raises(NotFound):
            queries.thread_of(stranger, thread.code)
        with pytest.raises(NotFound):
            queries.message_of(stranger, thread.code, message.code)


def test_a_message_is_found_in_its_own_conversation_only(cast, thread, write):
    other = actions.begin(cast.cleo, cast.practice)
    message = write(cast.cleo, to=other)

    with pytest.raises(NotFound):
        queries.message_of(cast.anna, thread.code, message.code)


def test_no_word_stands_in_the_tables(cast, write):
    write(cast.ben, f"I saw a {CANARY}.", topic=CANARY)

    for table in db.metadata.sorted_tables:
        assert CANARY not in str(db.session.execute(select(table)).all()), table.name


def test_words_that_are_moved_to_another_row_do_not_open(cast, thread, write):
    mine, hers = write(cast.ben, "Mine."), write(cast.anna, "Hers.")
    other = write(cast.cleo, "Another's.", to=actions.begin(cast.cleo, cast.practice))
    for victim in (hers, other):
        with transaction():
            db.session.execute(update(Message).where(Message.id == victim.id).values(body_sealed=mine.body_sealed))
        with pytest.raises(VaultLocked):
            words_of(victim)


def test_the_key_of_one_conversation_opens_no_other(cast, thread, write):
    message = write(cast.ben, "Mine.")
    other = actions.begin(cast.cleo, cast.practice)
    with transaction():
        db.session.execute(update(Thread).where(Thread.id == other.id).values(key_sealed=thread.key_sealed))
    db.session.refresh(other)

    with pytest.raises(VaultLocked):
        keys.key_of(other)
    assert words_of(message) == "Mine."


def test_a_destroyed_key_leaves_nothing_to_read(cast, thread, write):
    message = write(cast.ben, "Mine.")
    with transaction():
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(key_sealed=None))
    db.session.refresh(thread)

    with pytest.raises(VaultLocked):
        words_of(message)

    again = write(cast.ben, "Still there?")
    assert words_of(again) == "Still there?"
    with pytest.raises(VaultLocked):
        words_of(message)


def test_keys_are_among_what_a_new_vault_key_seals_anew(cast, thread):
    place = next(place for place in sealed.places() if place.name == "threads.key_sealed")

    assert [each.opens for each in place.texts()] == [True]


# ---------------------------------------------------------------- who may, and how many


def test_before_a_reply_two_messages_can_be_sent(cast, write, thread):
    write(cast.ben, "One.")
    write(cast.ben, "Two.")
    with pytest.raises(Conflict, match="as many as can be sent"):
        write(cast.ben, "Three.")

    write(cast.anna, "I’m here.")
    write(cast.ben, "Three.")

    assert all_words(thread) == ["One.", "Two.", "I’m here.", "Three."]


def test_a_specialist_who_writes_first_waits_as_well(cast, write):
    write(cast.anna, "Shall we find another day?")
    write(cast.anna, "Any day is fine.")
    with pytest.raises(Conflict):
        write(cast.anna, "Hello?")


def test_later_messages_may_be_longer(cast, answered):
    assert queries.known_of(answered, cast.ben).longest == policy.LONGEST
    fresh = actions.begin(cast.cleo, cast.practice)
    assert queries.known_of(fresh, cast.cleo).longest == policy.FIRST_LONGEST


def test_whose_turn_it_is_follows_who_wrote_last(cast, thread, write, clock):
    write(cast.ben)
    assert (thread.state, thread.waits_since) == (ThreadState.AWAITING_SPECIALIST, clock.now())
    began = clock.now()
    clock.advance(hours=5)
    write(cast.ben, "And this.")
    assert thread.waits_since == began
    answer = write(cast.anna)
    assert (thread.state, answer.reply_seconds) == (ThreadState.AWAITING_CLIENT, 5 * 3600)


@pytest.mark.parametrize("state", ["paused", "suspended", "closed", "draft"])
def test_who_takes_nobody_new_is_not_written_to_first(cast, thread, write, state):
    with transaction():
        cast.practice.state = state
    with pytest.raises(Conflict):
        write(cast.ben)


def test_a_pause_ends_no_conversation_but_a_closed_practice_does(cast, answered, write):
    with transaction():
        cast.practice.state = "paused"
    write(cast.ben, "How are you?")
    with transaction():
        cast.practice.state = "closed"
    with pytest.raises(Conflict):
        write(cast.ben, "Hello?")


def test_an_account_that_nobody_confirmed_sends_nothing(cast, write):
    with transaction():
        cast.ben.confirmed_at = None
    with pytest.raises(NotAllowed):
        write(cast.ben)


# ---------------------------------------------------------------- once


def test_a_form_that_is_sent_twice_is_one_message(cast, thread, write):
    first = write(cast.ben, "Hello.", "the-form")

    assert write(cast.ben, "Hello.", "the-form").id == first.id
    assert all_words(thread) == ["Hello."]


def test_the_same_form_with_other_words_is_refused(cast, thread, write):
    write(cast.ben, "Hello.", "the-form")

    with pytest.raises(SentBefore):
        write(cast.ben, "Hello again.", "the-form")
    assert all_words(thread) == ["Hello."]


def test_the_same_form_says_the_same_after_both_messages_are_used_up(cast, write):
    write(cast.ben, "One.")
    second = write(cast.ben, "Two.", "the-form")

    assert write(cast.ben, "Two.", "the-form").id == second.id


def test_a_key_is_its_authors_alone(cast, thread, write):
    write(cast.ben, "Hello.", "the-form")
    write(cast.anna, "Hello to you.", "the-form")

    assert len(all_words(thread)) == 2


# ---------------------------------------------------------------- taken back


def test_a_message_is_taken_back_within_five_minutes_by_its_author(cast, thread, write, clock):
    message = write(cast.ben, f"I saw a {CANARY}.")
    with pytest.raises(NotAllowed):
        actions.take_back(message, by=cast.anna)
    clock.advance(minutes=5)

    actions.take_back(message, by=cast.ben)

    db.session.refresh(message)
    assert message.body_sealed is None and message.retracted_at is not None
    assert (thread.state, thread.waits_since, thread.last_id) == (ThreadState.OPEN, None, 0)


def test_after_five_minutes_it_stays(cast, write, clock):
    message = write(cast.ben)
    clock.advance(5 * MINUTE + SECOND)

    with pytest.raises(Conflict):
        actions.take_back(message, by=cast.ben)


def test_a_form_whose_message_was_taken_back_sends_nothing_again(cast, thread, write):
    message = write(cast.ben, "Hello.", "the-form")
    actions.take_back(message, by=cast.ben)

    assert write(cast.ben, "Hello.", "the-form").id == message.id
    assert all_words(thread) == [""]


def test_what_waits_is_what_stands(cast, thread, write, clock):
    first = write(cast.ben, "One.")
    clock.advance(MINUTE)
    second = write(cast.ben, "Two.")
    actions.take_back(first, by=cast.ben)

    assert (thread.waits_since, thread.last_id) == (second.sent_at, second.id)


def test_an_answer_that_was_taken_back_answers_nothing(cast, thread, write, clock):
    asked = write(cast.ben)
    clock.advance(hours=3)
    answer = write(cast.anna)
    actions.take_back(answer, by=cast.anna)

    assert (thread.state, thread.waits_since) == (ThreadState.AWAITING_SPECIALIST, asked.sent_at)
    assert answer.reply_seconds is None


# ---------------------------------------------------------------- couples


@pytest.fixture
def couple(cast, joined):
    return actions.begin_joint(cast.ben, cast.practice)


@pytest.fixture
def joined(cast, clock):
    """Ben and Cleo talked with Anna together, who sees couples."""
    with transaction():
        cast.practice.couple_stance = "no_secrets"
    booking = factories.booking(cast.ben, cast.practice, clock.now() + timedelta(days=1))
    with transaction():
        booking.with_partner = True
        row = FitPartner(booking_id=booking.id, expires_at=clock.now(), user_id=cast.cleo.id, joined_at=clock.now())
        db.session.add(row)
    return booking


def test_a_couples_conversation_stands_beside_the_clients_own(cast, thread, write, couple):
    write(cast.ben, "Mine alone.")
    assert couple.id != thread.id
    with pytest.raises(NotFound):
        queries.thread_of(cast.cleo, thread.code)


def test_nothing_is_written_or_read_before_the_partner_agreed(cast, write, couple):
    with pytest.raises(Conflict):
        write(cast.ben, to=couple)

    actions.agree(couple, by=cast.cleo)
    db.session.expire_all()
    message = write(cast.ben, "The three of us.", to=couple)

    assert queries.message_of(cast.cleo, couple.code, message.code).id == message.id


def test_a_partner_who_was_asked_opens_nothing_before_they_agreed(cast, couple, client, sign_in, post):
    with pytest.raises(NotFound):
        queries.readable(cast.cleo, couple.code)
    page = sign_in(client, cast.cleo).get(f"/me/messages/{couple.code}")

    assert "Write together?" in page.text and "<textarea" not in page.text
    assert post(f"/me/messages/{couple.code}/send", words="Hello.").status_code == 404
    assert "Asks you to take part" in client.get("/me/messages").text


def ended(booking):
    with transaction():
        db.session.execute(update(FitPartner).where(FitPartner.booking_id == booking.id).values(ended_at=wall.now()))
    db.session.expire_all()


def test_nobody_is_counted_as_left_without_an_answer_that_cannot_be_given_any_more(cast, write, couple, joined, clock):
    actions.agree(couple, by=cast.cleo)
    write(cast.ben, "The three of us.", to=couple)
    clock.advance(policy.OTHERS_AFTER + timedelta(hours=1))
    assert reliability.unanswered(cast.practice) == 1

    ended(joined)

    assert reliability.unanswered(cast.practice) == 0


def test_once_a_couple_has_ended_nothing_new_is_written_and_all_that_was_stays(cast, write, couple, joined, clock):
    actions.agree(couple, by=cast.cleo)
    before = write(cast.ben, "The three of us.", to=couple)
    ended(joined)

    for each in (cast.ben, cast.anna, cast.cleo):
        assert policy.may_send(queries.known_of(couple, each)).sentence == policy.APART
        with pytest.raises(Conflict):
            write(each, "Only for two of us.", to=couple)
        assert queries.message_of(each, couple.code, before.code) == before
    clock.advance(policy.REMIND_AFTER)
    assert not actions.remind(couple)


def test_a_couple_reads_who_reads_along_and_is_sent_to_nobody_else(cast, couple, joined, client, sign_in):
    ben, at = sign_in(client, cast.ben), f"/me/messages/{couple.code}"
    assert "Other options for you" not in ben.get(at).text
    actions.agree(couple, by=cast.cleo)
    assert "All three of you read it." in ben.get(at).text
    ended(joined)
    apart = ben.get(at).text

    assert f"/specialists/{cast.practice.slug}/message" in apart and "Other options for you" not in apart


def test_who_was_asked_before_a_couple_ended_joins_no_more(cast, couple, joined):
    ended(joined)

    with pytest.raises(Conflict):
        actions.agree(couple, by=cast.cleo)


def test_a_partner_who_declines_sees_nothing_more(cast, couple):
    actions.decline(couple, by=cast.cleo)

    with pytest.raises(NotFound):
        queries.thread_of(cast.cleo, couple.code)


def test_who_is_in_no_couple_begins_none(cast):
    with pytest.raises(NotAllowed):
        actions.begin_joint(cast.ben, cast.practice)


def test_a_specialist_who_sees_no_couples_has_no_joint_conversation(cast, joined):
    with transaction():
        cast.practice.couple_stance = None
    with pytest.raises(NotAllowed):
        actions.begin_joint(cast.ben, cast.practice)


def test_somebody_whom_staff_limited_reads_why_and_sends_nothing(cast, write, clock):
    from practice.moderation.models import Limit, Sanction

    with transaction():
        until = clock.now() + timedelta(days=2)
        made = Sanction(user_id=cast.ben.id, step="limit", by_id=cast.sam.id, until_at=until)
        db.session.add(made)
        db.session.flush()
        db.session.add(Limit(sanction_id=made.id, feature="message"))

    with pytest.raises(NotAllowed, match="again from"):
        write(cast.ben)
