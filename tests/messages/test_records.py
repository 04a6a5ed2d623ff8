"""What is kept of conversations about a person: their copy of it, their end, and the end of the key."""

import json

import pytest
from sqlalchemy import insert, select, update

from practice.accounts import holdings
from practice.messages import actions, jobs, keys, queries
from practice.messages.models import Attachment, Block, Correspondent, Message, MessageWishes, ShownMessage, Thread
from practice.messages.states import ThreadState
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.store.vault import VaultLocked
from practice.values.errors import Conflict, NotFound
from tests.messages.conftest import files_on_disk, words_of
from tests.messages.test_files import PDF

OURS = ("messages", "message_wishes")
TWO_YEARS = {"days": 2 * 365}


def ours():
    return [each for each in holdings.records() if each.name in OURS]


def told(person):
    """What their copy holds of this room."""
    return {each.name: each.tell(person) for each in ours()}


def files_of(person):
    return [each for record in ours() for each in record.files(person)]


def wipe(*people):
    """What the end of an account does in this room."""
    for person in people:
        with transaction():
            for each in ours():
                each.wipe(person)
    db.session.expire_all()


def wrong():
    """What the checks find of conversations."""
    return [each for each in faults() if "onversation" in each or "essage" in each]


@pytest.fixture
def talked(cast, thread, write):
    """Ben asked with a file, Anna answered with one, and both have wishes."""
    write(cast.ben, "Ben’s own words.", topic="Ben’s topic", files=[PDF])
    write(cast.anna, "Anna’s own words.", files=[PDF + b"\nhers %%EOF\n"])
    with transaction() as session:
        for person in (cast.ben, cast.anna):
            session.add(MessageWishes(user_id=person.id, away=f"{person.display_name} is away.", shows_read=True))
    return thread


# ---------------------------------------------------------------- a copy


def test_a_copy_holds_what_one_wrote_with_its_files_and_nothing_of_the_other(cast, talked):
    for mine, other in ((cast.ben, "Anna’s"), (cast.anna, "Ben’s")):
        copy = told(mine)
        [message] = copy["messages"][0]["you_wrote"]
        name = mine.display_name.split()[0]
        assert message["words"] == f"{name}’s own words."
        assert other not in json.dumps(copy, ensure_ascii=False)
        assert copy["message_wishes"][0]["away"] == f"{mine.display_name} is away."
        [(file, content)] = files_of(mine)
        assert file.endswith("attachment-1.pdf") and (b"hers" in content) == (mine is cast.anna)
    assert told(cast.ben)["messages"][0]["you_wrote"][0]["topic"] == "Ben’s topic"
    assert told(cast.cleo) == {"messages": [], "message_wishes": []} and files_of(cast.cleo) == []


def test_a_copy_says_of_a_block_only_to_who_made_it(cast, talked):
    actions.block(talked, by=cast.anna)

    [mine], [theirs] = told(cast.anna)["messages"], told(cast.ben)["messages"]
    assert (mine["you_blocked_them"], mine["state"]) == (True, "blocked")
    assert (theirs["you_blocked_them"], theirs["state"]) == (False, "closed")


def test_a_copy_says_what_was_taken_back_without_its_words(cast, thread, write):
    actions.take_back(write(cast.ben, "Not meant.", files=[PDF]), by=cast.ben)

    [message] = told(cast.ben)["messages"][0]["you_wrote"]
    assert message["taken_back"] and (message["words"], message["files"]) == ("", []) and files_of(cast.ben) == []


def test_a_file_that_is_lost_does_not_keep_the_copy_from_being_made(cast, talked):
    with transaction() as session:
        session.execute(update(Attachment).values(file_key="attachments/lost-" + Attachment.code))

    assert files_of(cast.ben) == []
    assert any("not in the store" in each for each in wrong())


# ---------------------------------------------------------------- the end of an account


def test_who_leaves_takes_their_words_and_files_and_the_other_keeps_their_own(cast, talked, outbox):
    wipe(cast.ben)

    his, hers = db.session.scalars(select(Message).order_by(Message.id))
    assert (his.body_sealed, his.attachments, words_of(hers)) == (None, [], "Anna’s own words.")
    assert files_on_disk() == len(hers.attachments) == 1
    assert told(cast.ben)["messages"][0]["you_wrote"][0]["words"] == "" and files_of(cast.ben) == []
    assert db.session.scalars(select(MessageWishes.user_id)).all() == [cast.anna.id]
    assert (talked.state, talked.key_sealed is None) == (ThreadState.CLOSED, False)
    assert wrong() == []


def test_who_left_reads_nothing_more_and_whoever_stays_reads_why_words_are_gone(cast, talked, client, sign_in):
    wipe(cast.ben)

    with pytest.raises(NotFound):
        queries.thread_of(cast.ben, talked.code)
    page = sign_in(client, cast.anna).get(f"/me/messages/{talked.code}").text
    assert "whoever wrote it deleted their account" in page and "Anna’s own words." in page


def test_no_letter_about_a_conversation_leaves_once_somebody_left_it(cast, write, outbox):
    write(cast.ben, "One more thing.")
    wipe(cast.ben)

    assert [each.state for each in outbox.to(cast.anna)] == ["lapsed"]


def test_blocks_go_with_either_of_the_two_and_so_does_what_was_shown_to_staff(cast, talked, write):
    first, second = db.session.scalars(select(Message).order_by(Message.id))
    with transaction() as session:
        session.add(ShownMessage(message_id=second.id, shown_id=first.id, by_id=cast.ben.id))
        session.add(Block(by_id=cast.anna.id, user_id=cast.ben.id))
        session.add(Block(by_id=cast.anna.id, user_id=cast.cleo.id))
    wipe(cast.ben)

    assert db.session.scalars(select(Block.user_id)).all() == [cast.cleo.id]
    assert db.session.scalars(select(ShownMessage)).all() == []


@pytest.mark.parametrize("last", ["ben", "anna"])
def test_once_both_are_gone_the_key_is_gone_and_an_older_copy_of_the_rows_does_not_open(cast, talked, last):
    before = [each.body_sealed for each in db.session.scalars(select(Message).order_by(Message.id))]
    people = [cast.anna, cast.ben] if last == "ben" else [cast.ben, cast.anna]
    wipe(people[0])
    assert talked.key_sealed is not None
    wipe(people[1])

    assert (talked.key_sealed, files_on_disk(), wrong()) == (None, 0, [])
    # As after a restore of the messages alone.
    for message, sealed in zip(db.session.scalars(select(Message).order_by(Message.id)), before, strict=True):
        with transaction():
            message.body_sealed = sealed
        with pytest.raises(VaultLocked):
            words_of(message)
    assert any("has no key" in each for each in wrong())


def test_a_partner_who_never_agreed_keeps_no_key(cast, thread):
    with transaction() as session:
        row = {"thread_id": thread.id, "user_id": cast.cleo.id, "side": "partner", "agreed_at": None}
        session.execute(insert(Correspondent).values(row))
    db.session.expire_all()
    wipe(cast.ben, cast.anna)

    assert thread.key_sealed is None


# ---------------------------------------------------------------- when its time is over


def test_two_years_after_the_last_message_the_key_and_all_words_are_gone(cast, talked, clock):
    clock.advance(**TWO_YEARS)
    assert jobs.forget_conversations() == 0
    clock.advance(seconds=1)

    assert jobs.forget_conversations() == 1
    db.session.expire_all()
    assert (talked.key_sealed, files_on_disk(), wrong()) == (None, 0, [])
    assert {each.body_sealed for each in db.session.scalars(select(Message))} == {None}
    with pytest.raises(VaultLocked):
        keys.key_of(talked)
    assert jobs.forget_conversations() == 0


def test_what_is_written_while_old_conversations_go_is_not_destroyed_with_them(cast, talked, write, clock):
    clock.advance(**TWO_YEARS, minutes=1)
    [old] = queries.over()
    message = write(cast.ben, "Are you still there?")

    actions.destroy(old)

    assert words_of(message) == "Are you still there?"


def test_where_only_its_time_was_over_the_two_can_go_on_under_another_key(cast, talked, write, clock, client, sign_in):
    clock.advance(**TWO_YEARS, minutes=1)
    jobs.forget_conversations()
    db.session.expire_all()
    page = sign_in(client, cast.ben).get(f"/me/messages/{talked.code}").text
    assert "until 2 years after the last message" in page and "deleted their account" not in page

    assert words_of(write(cast.ben, "It has been a while.")) == "It has been a while."
    assert wrong() == []


def test_nobody_is_given_a_new_key_with_somebody_who_left(cast, talked, write):
    wipe(cast.ben)
    with transaction():
        talked.key_sealed = None

    with pytest.raises(Conflict):
        write(cast.anna, "Hello?")
    assert db.session.scalars(select(Thread.key_sealed)).all() == [None]


# ---------------------------------------------------------------- what the checks notice


def test_checks_notice_a_wrong_last_message_and_a_writer_who_is_no_part_of_it(cast, talked):
    assert wrong() == []
    with transaction() as session:
        session.execute(update(Thread).values(last_id=Thread.last_id - 1))
        session.execute(update(Message).where(Message.side == "client").values(author_id=cast.cleo.id))

    assert sorted(each.partition(" ")[0] for each in wrong()) == ["Conversation", "Message"]


def test_checks_notice_a_letter_that_waits_about_a_blocked_conversation(cast, thread, write):
    write(cast.ben)
    with transaction() as session:
        session.execute(update(Thread).values(state=ThreadState.BLOCKED, waits_since=None))

    assert any("is blocked, and a letter" in each for each in wrong())
