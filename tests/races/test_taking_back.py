"""Messages are taken back while workers hand out the letters about them: either it is gone, or it was told of."""

import time

import pytest
from sqlalchemy import select

from practice.accounts.models import User
from practice.letters import mail_worker
from practice.letters.outbox import OutboxMail
from practice.messages import actions, emails, policy
from practice.messages.actions import Writing
from practice.messages.models import Message
from practice.providers.mail_transport import Outcome, Verdict
from practice.store.db import db
from practice.values.errors import Conflict
from tests import factories
from tests.payments.forks import crowd

pytestmark = [pytest.mark.races, pytest.mark.each_case]
CLIENTS = 16


class Post:
    """A way out that several processes share, and that takes a moment."""

    def __init__(self, folder):
        self.folder = folder

    def send(self, _sender, _recipient, message):
        time.sleep(0.002)
        name = next(line for line in message.decode("latin-1").splitlines() if line.lower().startswith("message-id:"))
        (self.folder / name.partition(":")[2].strip().strip("<>")).touch()
        return Outcome(Verdict.SENT)


@pytest.fixture
def race(app, cast, engine_url, clock, tmp_path):
    """Two workers and two who take back, from either end, in the last instant in which both may; how it ended."""
    people = [factories.user(f"Client {number}", email=f"client{number}@people.example") for number in range(CLIENTS)]
    sent = [actions.send(actions.begin(each, cast.practice), Writing("Hello.", "one"), by=each).id for each in people]
    clock.advance(seconds=policy.TAKE_BACK_WITHIN.total_seconds())
    app.extensions["mail_transport"] = Post(tmp_path)

    def work(number):
        if number < 2:
            mail_worker.deliver_due()
            return
        for each in sent[::-1][number - 2 :: 2]:
            message = db.session.get_one(Message, each)
            try:
                actions.take_back(message, by=db.session.get_one(User, message.author_id))
            except Conflict:
                db.session.rollback()

    def run():
        assert crowd(app, 4, work) == [0] * 4
        mail_worker.deliver_due()
        db.session.expire_all()
        told = {each.name for each in tmp_path.iterdir()}
        letters = select(OutboxMail.event_key, OutboxMail.message_id).where(OutboxMail.template == emails.NEW)
        by_message = {int(key.rpartition(":")[2]): name.strip("<>") for key, name in db.session.execute(letters)}
        rows = db.session.scalars(select(Message).order_by(Message.id))
        return [(each.retracted_at is not None, by_message[each.id] in told) for each in rows]

    yield run
    del app.extensions["mail_transport"]


def test_what_was_taken_back_was_told_to_nobody_and_what_stayed_was(race):
    ended = race()

    assert len(ended) == CLIENTS
    assert set(ended) <= {(True, False), (False, True)}


def test_without_asking_for_its_letter_somebody_is_told_of_what_is_gone(race, monkeypatch):
    """The control."""
    monkeypatch.setattr(emails, "taken_back", lambda message: None)

    assert (True, True) in race()
