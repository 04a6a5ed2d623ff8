"""A vault key can be retired: everything is sealed anew, wherever it stands, also when that is broken off."""

import os
import re
import signal
import subprocess
import sys
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import String, select

from practice.accounts import actions as accounts
from practice.accounts import intents, security
from practice.accounts.models import AccountLock, Intervention, User
from practice.availability.models import TimeOff
from practice.bookings import actions, queries
from practice.bookings.models import Booking, Contest, Strike
from practice.contact.actions import Opening, open_ticket
from practice.contact.states import Category
from practice.disputes.models import Dispute, Ruling, SafetyCase, Statement
from practice.fit.models import FitChoice, Referral
from practice.invoices import actions as invoices
from practice.letters import mail_worker
from practice.messages.actions import begin as begin_thread
from practice.messages.models import MessageWishes
from practice.moderation.models import Case, Look, Report, Sanction, Verdict
from practice.payments.desk_models import MoneyProposal
from practice.payments.models import Concern, DisputeEvidence
from practice.questions.models import Answer, FollowUp, Question
from practice.specialists import credentials
from practice.specialists.models import Credential, ProfileRevision, Review, Suspension
from practice.specialists.states import ProfileState
from practice.store import keys, sealed, vault
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values import clock
from tests import factories
from tests.factories import code_at
from tests.production import NEXT_VAULT, VAULT
from tests.selling import begin, pay, sold_by

ROOT = Path(__file__).parent.parent.parent
WEDNESDAY = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
WORDS = "Zebulon was drunk that evening"
PDF = b"%PDF-1.4\nabout me\n%%EOF\n"


def pair(text):
    key_id, _, key = text.partition(":")
    return key_id, urlsafe_b64decode(key + "=")


# Spare codes are hashed by now and need no key; only rows from before that do.
PRESENT = {place.name for place in sealed.places()} - {"user.mf_recovery_codes"}
OLD, NEW = pair(VAULT), pair(NEXT_VAULT)


@pytest.fixture
def turn_to(app, monkeypatch):
    def turn(*pairs):
        monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], vault_keys=pairs))
        db.session.rollback()

    return turn


@pytest.fixture
def world(app, cast, turn_to, smtp):
    """Something sealed with the old key in every place where anything is sealed."""
    turn_to(OLD)
    keys.note()
    details = actions.Details(format="phone", note="About my sleep.", phone="+353 1 234 5678", shares_note=True)
    booking = actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY, details)
    actions.keep_preparation(booking, "Three things.", shares=False)
    order = pay(begin(cast.cleo, sold_by(cast.anna), WEDNESDAY + timedelta(days=7)))
    mail_worker.deliver_due(limit=1)  # one letter is built, the other still waits
    begin_thread(cast.ben, cast.practice)
    with transaction():
        write_everywhere(booking, cast)
        write_after_the_talk(booking, cast)
        write_about_money(order, cast)
        write_to_others(cast)
    with app.test_request_context("/"):
        intents.open_intent("book", "/", {"note": "What I typed."})
    totp = factories.with_two_step(cast.ben)
    paper = credentials.keep(PDF, "paper.pdf")
    with transaction():
        row = Credential(specialist_id=cast.practice.id, document_key=paper.key, document_type="pdf")
        db.session.add(row)
    return {"booking": booking.code, "ben": cast.ben.id, "totp": totp, "paper": row.id}


def write_everywhere(booking, cast):
    """Free text about a person in every column that is for it; `WORDS` is in each."""
    booking.reason = booking.granted_because = WORDS
    db.session.add(Contest(booking_id=booking.id, by_id=cast.ben.id, words=WORDS, answer=WORDS, reason=WORDS))
    db.session.add(Strike(booking_id=booking.id, specialist_id=cast.practice.id, reason="missed", waived_because=WORDS))
    lock = {"proposed_by_id": cast.sam.id, "reason": WORDS, "opened_because": WORDS}
    db.session.add(AccountLock(user_id=cast.ben.id, **lock))
    db.session.add(Intervention(user_id=cast.ben.id, action="account.two_step_off", reason=WORDS))
    practice = {"specialist_id": cast.practice.id}
    db.session.add(Review(**practice, to_applicant=WORDS))
    db.session.add(ProfileRevision(**practice, reason=WORDS))
    terms = {"reason": WORDS, "look_again_on": date(2027, 4, 1), "calls_off": False, "proposed_by_id": cast.sam.id}
    db.session.add(Suspension(**practice, **terms))
    away = {"starts_at": WEDNESDAY, "ends_at": WEDNESDAY + timedelta(hours=2)}
    db.session.add(TimeOff(**practice, **away, note=WORDS))
    cast.practice.move_to(ProfileState.PAUSED, by=cast.sam, reason=WORDS)


def write_after_the_talk(booking, cast):
    """The same in what people answer after a talk, and pass on."""
    db.session.add(FitChoice(booking_id=booking.id, party="client", choice="yes", reason=WORDS))
    colleague = factories.specialist(factories.user("Otto"), slug="otto")
    pair = {"from_specialist_id": cast.practice.id, "to_specialist_id": colleague.id, "has_interest": False}
    db.session.add(Referral(booking_id=booking.id, **pair, draft=WORDS, handover=WORDS))


def write_about_money(order, cast):
    """The same in what people say about money, and about a session that went wrong."""
    invoices.name_buyer(cast.cleo, order.lines[0].code, {"name": WORDS})
    over = {"closed_at": clock.now(), "closed_by_id": cast.sam.id}
    db.session.add(Concern(kind="stuck", order_id=order.id, closed_because=WORDS, **over))
    db.session.add(DisputeEvidence(order_id=order.id, dispute_name="du_1", by_code=cast.sam.code, parts=WORDS))
    asked = {"kind": "setting", "about": "setting:commission", "state": "withdrawn", "needs_two": True}
    asked |= {"proposed_by_id": cast.sam.id, "lapses_at": clock.now()}
    db.session.add(MoneyProposal(**asked, words=WORDS, answer=WORDS))
    of = {"booking_id": db.session.scalars(select(Booking.id).where(Booking.code == order.lines[0].subject_code)).one()}
    ended = {"state": "closed", "ending": "withdrawn", "closed_at": clock.now()}
    dispute = Dispute(**of, reason="other", wish="part", **ended)
    dispute.statements = [Statement(side="client", words=WORDS)]
    dispute.rulings = [Ruling(percent=0, state="in_force", by_id=cast.sam.id, reason=WORDS)]
    db.session.add_all([dispute, SafetyCase(**of, words=WORDS, answer=WORDS, state="closed", **over)])


def write_to_others(cast):
    """The same in what people ask, answer, report and write to each other and to us."""
    said = {"words": WORDS, "reason": WORDS, "masked_words": WORDS}
    question = Question(asker_id=cast.ben.id, pseudonym="Quiet Oak", title=WORDS, masked_title=WORDS, **said)
    question.answers = [Answer(specialist_id=cast.practice.id, **said)]
    question.follow_up = FollowUp(**said)
    decided = {"state": "decided", "decided_at": clock.now()}
    case = Case(kind="question", subject="q", severity="s3", read=WORDS, appeal=WORDS, **decided)
    case.verdicts = [Verdict(decision="leave", by_id=cast.sam.id, reason=WORDS, own=WORDS, masked=WORDS)]
    staff = {"user_id": cast.ben.id, "by_id": cast.sam.id}
    db.session.add_all([question, case, MessageWishes(user_id=cast.anna.id, away=WORDS)])
    asked = {"appeal": WORDS, "appealed_at": clock.now()}
    db.session.add(Report(case=case, reporter_id=cast.cleo.id, reason="other", words=WORDS, **asked))
    db.session.add_all(
        [Sanction(**staff, step="note", reason=WORDS), Look(**staff, kind="q", subject="q", purpose=WORDS)]
    )
    open_ticket(cast.ben, Opening(Category.PAYMENT, WORDS, reference=WORDS))


def columns_with(words):
    found = set()
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if any(words in str(value) for (value,) in db.session.execute(select(column))):
                found.add(f"{table.name}.{column.name}")
    return found


def tokens_everywhere():
    """Every sealed text that any column of any table holds, found without the register."""
    found = {}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            for (value,) in db.session.execute(select(column)):
                text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                for key_id in re.findall(r"\bv1\.(\w+)\.[\w-]{80,}", text):
                    found.setdefault(f"{table.name}.{column.name}", set()).add(key_id)
    return found


def everything_reads(app, world, clock):
    db.session.expire_all()
    booking = db.session.scalars(select(Booking).where(Booking.code == world["booking"])).one()
    assert booking.note == "About my sleep."
    assert booking.phone == "+353 1 234 5678"
    ben = db.session.get(User, world["ben"])
    clock.advance(minutes=2)
    assert accounts.pass_code(ben, code_at(world["totp"], clock.now()))
    assert credentials.content_of(db.session.get(Credential, world["paper"])) == PDF


def test_no_free_text_about_a_person_can_be_read_from_the_database_alone(world):
    assert columns_with(WORDS) == set()
    assert db.session.scalars(select(AccountLock)).one().reason == WORDS
    assert db.session.scalars(select(Intervention)).one().reason == WORDS
    assert db.session.scalars(select(TimeOff)).one().note == WORDS


def test_a_column_for_reasons_or_notes_is_a_sealed_one():
    """Plain are one word of ours or of the card processor's, what the public profile says, the operator's sentence in
    the log, and why a setting or a text of the house changed, which is about nobody."""
    plain = {"audit_event.reason", "booking_moves.reason", "strikes.reason", "specialists.phone_note"}
    plain |= {"disputes.reason", "bank_disputes.reason", "money_proposals.reason", "money_settings.because"}
    plain |= {"fit_texts.because", "moderation_reports.reason"}
    # Exactly as long as everybody can read it.
    plain |= {"questions.public_words", "answers.public_words", "question_follow_ups.public_words"}
    plain |= {"question_vocabularies.words"}
    named = re.compile("(^|_)(reason|note|words|because|answer|comment|message|applicant)$")

    columns = (column for table in db.metadata.sorted_tables for column in table.columns)
    texts = (column for column in columns if isinstance(column.type, String) and named.search(column.name))
    found = {f"{column.table.name}.{column.name}" for column in texts}

    assert found == plain


def test_every_column_that_holds_something_sealed_is_registered(world):
    assert set(tokens_everywhere()) | {"uploads/papers"} == PRESENT


def test_after_rewrapping_nothing_needs_the_old_key(app, world, turn_to, clock):
    turn_to(NEW, OLD)
    assert set(sealed.needs("k1")) == PRESENT

    answer = app.test_cli_runner().invoke(args=["vault", "rewrap"])

    assert answer.exit_code == 0, answer.output
    assert "k1 is needed by nothing any more." in answer.output
    assert set().union(*tokens_everywhere().values()) == {"k2"}
    turn_to(NEW)
    everything_reads(app, world, clock)
    assert faults() == []


def test_a_second_run_has_nothing_to_do(world, turn_to):
    turn_to(NEW, OLD)
    assert sum(count for _, count in sealed.rewrap_all()) > 0

    assert sum(count for _, count in sealed.rewrap_all()) == 0


def test_a_key_that_is_still_needed_is_named_before_and_after_it_is_dropped(app, world, turn_to):
    turn_to(NEW, OLD)
    said = app.test_cli_runner().invoke(args=["vault", "needs"]).output
    assert "k1 is still needed: " in said and "1 in bookings.note_sealed" in said

    turn_to(NEW)

    assert "VAULT_KEY k1 is missing, and what people wrote is sealed with it." in faults()
    assert any("in bookings.note_sealed do not open" in fault for fault in faults())


def test_another_key_under_the_same_name_is_noticed_by_the_check_up(world, turn_to):
    turn_to((OLD[0], NEW[1]))

    assert "VAULT_KEY k1 is another key than the one that this database was used with." in faults()
    assert sealed.is_locked()


def test_a_key_that_is_lost_for_good_can_be_given_up(app, world, turn_to):
    turn_to(NEW)
    keys.note()

    answer = app.test_cli_runner().invoke(args=["vault", "give-up", "k1"])

    assert answer.exit_code == 0, answer.output
    assert not [fault for fault in faults() if "k1" in fault or "do not open" in fault]
    assert app.test_cli_runner().invoke(args=["vault", "give-up", "k2"]).exit_code == 1


def test_a_two_step_secret_from_before_the_vault_still_works_and_is_sealed_anew(app, world, turn_to, clock, cast):
    totp = security.machinery().totp_factory._totp.new()
    with transaction():
        cast.ben.tf_totp_secret = totp.to_json(encrypt=True)
    tag = app.config["SECURITY_TOTP_SECRETS"]
    assert accounts.pass_code(cast.ben, code_at(totp, clock.now()))
    assert sealed.needs(next(iter(tag)))["user.tf_totp_secret"] == 1

    dict(sealed.rewrap_all())

    assert vault.is_current(db.session.scalar(select(User.tf_totp_secret).where(User.id == world["ben"])))
    clock.advance(minutes=2)
    assert accounts.pass_code(db.session.get(User, world["ben"]), code_at(totp, clock.now()))


def test_a_secret_that_does_not_open_is_not_called_a_wrong_code(app, world, turn_to, cast, clock):
    turn_to((OLD[0], NEW[1]))

    with pytest.raises(vault.VaultLocked):
        accounts.pass_code(cast.ben, code_at(world["totp"], clock.now()))


def test_killed_half_way_and_run_again_it_is_done(app, world, turn_to, config, clock):
    """A real process is killed after its first batch; the database lies between two keys then, and all of it reads."""
    turn_to(NEW, OLD)
    before = sum(sealed.needs("k1").values())
    db.session.remove()

    ended = rewrapping(config, CRASHPOINT="vault.rewrapped")

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert 0 < sum(sealed.needs("k1").values()) < before
    everything_reads(app, world, clock)
    db.session.remove()

    answer = app.test_cli_runner().invoke(args=["vault", "rewrap"])

    assert answer.exit_code == 0, answer.output
    assert not sealed.needs("k1")
    turn_to(NEW)
    everything_reads(app, world, clock)


def rewrapping(config, **more):
    """`flask vault rewrap` as an operator runs it, with the new key first."""
    surroundings = {
        "PATH": os.environ["PATH"],
        "MODE": "test",
        "DATA": str(config.data),
        "DATABASE_URL": config.database_url.replace("+psycopg", ""),
        "VAULT_KEY": f"{NEXT_VAULT},{VAULT}",
        **more,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "vault", "rewrap"]
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60)
