"""Whoever blocks somebody hears nothing of them from then on, and the other reads nothing that would tell."""

import pytest

from practice.messages import actions, policy, queries
from practice.messages.states import ThreadState
from practice.store.db import db
from practice.values.errors import Conflict


@pytest.mark.parametrize("who", ["ben", "anna"])
def test_a_block_closes_a_conversation_for_both_at_once(cast, answered, write, who):
    blocker = getattr(cast, who)
    actions.block(answered, by=blocker)

    for each in (cast.ben, cast.anna):
        with pytest.raises(Conflict) as refused:
            write(each)
        assert str(refused.value) == policy._NOT_REACHED
    assert queries.count_unread(cast.ben) == queries.count_unread(cast.anna) == 0


def test_a_block_is_of_people_and_so_of_every_conversation_of_the_two(cast, answered, write):
    actions.block(answered, by=cast.anna)

    with pytest.raises(Conflict):
        write(cast.ben, to=actions.begin(cast.ben, cast.practice))
    assert actions.begin(cast.cleo, cast.practice).state != ThreadState.BLOCKED


def test_a_block_that_is_lifted_lets_both_write_again_and_brings_nothing_after(cast, answered, write, outbox):
    actions.block(answered, by=cast.anna)
    actions.block(answered, by=cast.anna)
    before = len(outbox.all())
    actions.unblock(answered, by=cast.anna)

    assert len(outbox.all()) == before
    write(cast.ben, "Hello again.")
    assert answered.state == ThreadState.AWAITING_SPECIALIST


def test_nobody_lifts_the_block_of_the_other(cast, answered, write):
    actions.block(answered, by=cast.anna)
    actions.block(answered, by=cast.ben)
    actions.unblock(answered, by=cast.ben)
    actions.unblock(answered, by=cast.ben)

    db.session.rollback()
    assert answered.state == ThreadState.BLOCKED
    with pytest.raises(Conflict):
        write(cast.ben)
