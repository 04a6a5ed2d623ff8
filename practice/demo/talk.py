"""This file knows what people of the demo ask, answer and write, to each other and to us: each by the real actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from practice.accounts.models import User, hash_of
from practice.bookings import queries as bookings
from practice.contact import actions as contact
from practice.contact.states import Category
from practice.fit import actions as fit
from practice.messages import actions as messages
from practice.messages import queries as conversations
from practice.messages.actions import Writing
from practice.messages.models import Thread
from practice.moderation import actions as moderation
from practice.moderation import queries as cases
from practice.moderation.actions.reporting import Reported
from practice.moderation.models import Case
from practice.moderation.states import Decision, ReportReason
from practice.moderation.subjects import subject
from practice.questions import actions as questions
from practice.questions.actions import answering, follow_up, helping
from practice.questions.models import Question

from .cast import Cast
from .fits import PARTNER
from .payees import Happening
from .reading import read
from .talk_shapes import AnswerText, QuestionText, ThreadText, TicketText

_TEXTS = read("talk", {"question": QuestionText, "thread": ThreadText, "ticket": TicketText})
QUESTIONS: tuple[QuestionText, ...] = _TEXTS["question"]
THREADS: tuple[ThreadText, ...] = _TEXTS["thread"]
TICKETS: tuple[TicketText, ...] = _TEXTS["ticket"]
# A person reads what is new within the day; what an answer of somebody new waits for is shorter.
READ_AFTER, ANSWER_READ_AFTER, ANSWERED_AFTER = timedelta(hours=4), timedelta(hours=1), timedelta(hours=12)


def happenings(cast: Cast) -> Iterator[Happening]:
    """Everything that is asked and written, with its instants (UTC); what lies ahead does not happen."""
    for text in QUESTIONS:
        yield from _Asked(cast, text).happenings()
    for thread in THREADS:
        yield from _Written(cast, thread).happenings()
    for ticket in TICKETS:
        yield from _Ticket(cast, ticket).happenings()


def _days(count: float) -> timedelta:
    return timedelta(days=count)


def _rule(staff: User, kind: str, code: str, decision: Decision) -> Case | None:
    """One of the staff takes what waits there and decides; None where nothing waits."""
    case, found = cases.open_about(kind, code), subject(kind)
    shown = found.show(code) if found else None
    if case is None or shown is None:
        return None
    moderation.claim(case, by=staff)
    moderation.decide(case, moderation.Choice(decision, shown.mark), by=staff)
    return case


class _Asked:
    """One question, from the moment it is sent."""

    def __init__(self, cast: Cast, text: QuestionText) -> None:
        self.cast, self.text, self.asker = cast, text, cast.clients[text.asker]
        self.asked_at = cast.now - _days(text.asked)
        self.question: Question | None = None

    def happenings(self) -> Iterator[Happening]:
        yield self.asked_at, self._ask
        for step in self.text.then:
            yield self._moment(step), self._steps()[step]
        for answer in self.text.answers:
            yield from self._answered(answer)
        if self.text.follow_up:
            yield self._last() + timedelta(hours=8), self._add

    def _steps(self) -> dict[str, Callable[[], None]]:
        return {"publish": self._publish, "ask_edit": self._ask_edit, "resolve": self._resolve}

    def _moment(self, step: str) -> datetime:
        return self._last() + timedelta(days=2) if step == "resolve" else self.asked_at + READ_AFTER

    def _last(self) -> datetime:
        return self.asked_at + _days(max((each.after for each in self.text.answers), default=0))

    def _ask(self) -> None:
        new = questions.NewQuestion(
            title=self.text.title,
            words=self.text.words,
            topics=self.text.topics,
            relation=self.text.relation,
            may_be_indexed=self.text.found_by_search,
            may_stay=True,
        )
        self.question = questions.ask(new, _key(self.text.title), by=self.asker)

    @property
    def _code(self) -> str:
        assert self.question is not None
        return self.question.code

    def _publish(self) -> None:
        _rule(self.cast.staff[0], "question", self._code, Decision.PUBLISH)

    def _ask_edit(self) -> None:
        _rule(self.cast.staff[0], "question", self._code, Decision.ASK_EDIT)

    def _resolve(self) -> None:
        assert self.question is not None
        questions.resolve(self.question, by=self.asker)

    def _add(self) -> None:
        assert self.question is not None
        added = follow_up.follow_up(self.question, self.text.follow_up, _key(self.text.follow_up), by=self.asker)
        _rule(self.cast.staff[0], "follow_up", added.code, Decision.PUBLISH)

    def _answered(self, text: AnswerText) -> Iterator[Happening]:
        at, found = self.asked_at + _days(text.after), _Answered(self, text)
        yield at, found.write
        yield at + ANSWER_READ_AFTER, found.be_read
        for number, (who, happen) in enumerate(found.echoes(), 1):
            yield at + number * timedelta(hours=3), partial(happen, who)


class _Answered:
    """One answer, and what others say of it."""

    def __init__(self, asked: _Asked, text: AnswerText) -> None:
        self.asked, self.text = asked, text

    def write(self) -> None:
        assert self.asked.question is not None
        new = answering.NewAnswer(self.text.words, _key(self.text.words))
        by = self.asked.cast.practices[self.text.by].user
        self.answer = answering.answer(self.asked.question, new, by=by)

    def be_read(self) -> None:
        decision = Decision.REJECT if self.text.appeal else Decision.PUBLISH
        case = _rule(self.asked.cast.staff[1], "answer", self.answer.code, decision)
        if case is not None and self.text.appeal:
            moderation.appeal(case, self.text.appeal, by=self.answer.specialist.user)

    def echoes(self) -> Iterator[tuple[str, Callable[[str], None]]]:
        yield from ((slug, self._agree) for slug in self.text.agreed)
        yield from ((mailbox, self._help) for mailbox in self.text.helped)
        if self.text.picked:
            yield self.asked.text.asker, self._pick

    def _agree(self, slug: str) -> None:
        helping.agree(self.answer, by=self.asked.cast.practices[slug].user)

    def _help(self, mailbox: str) -> None:
        seen = helping.Seen(hash_of(f"browser of {mailbox}"), hash_of(f"network of {mailbox}"))
        helping.say_helped(self.answer, seen, by=self.asked.cast.clients[mailbox])

    def _pick(self, _asker: str) -> None:
        helping.pick(self.answer, by=self.asked.asker)


class _Written:
    """One conversation."""

    def __init__(self, cast: Cast, text: ThreadText) -> None:
        self.cast, self.text, self.began_at = cast, text, cast.now - _days(text.began)
        self.client, self.practice = cast.clients[text.client], cast.practices[text.specialist]
        self.partner = cast.clients[PARTNER]

    def happenings(self) -> Iterator[Happening]:
        if self.text.answered:
            yield self.began_at, self._be_a_couple
        people = {"client": self.client, "partner": self.partner, "specialist": self.practice.user}
        for number, line in enumerate(self.text.messages):
            writing = Writing(line.words, _key(line.words), topic=self.text.topic if number == 0 else "")
            yield self.began_at + _days(line.after), partial(self._send, writing, people[line.by])
        after = self.began_at + _days(max((each.after for each in self.text.messages), default=0))
        steps = {"report": self._report, "block": self._block, "take_back": self._take_back}
        for step in self.text.then:
            yield after + (timedelta(minutes=2) if step == "take_back" else timedelta(hours=1)), steps[step]

    def _be_a_couple(self) -> None:
        """The partner, who joined for a talk of the two, says whether they take part in writing."""
        if conversations.partner_of(self.client, self.practice) is None:
            talk = next((each for each in bookings.upcoming_of(self.client) if each.with_partner), None)
            if talk is None:
                return
            fit.join_as_partner(fit.invite_partner(talk, by=self.client), by=self.partner)
        answer = messages.agree if self.text.answered == "agree" else messages.decline
        answer(messages.begin_joint(self.client, self.practice), by=self.partner)

    def _begun(self) -> Thread:
        begin = messages.begin_joint if self.text.answered else messages.begin
        return begin(self.client, self.practice)

    def _send(self, writing: Writing, by: User) -> None:
        self.sent = messages.send(self._begun(), writing, by=by)

    def _take_back(self) -> None:
        messages.take_back(self.sent, by=self.client)

    def _report(self) -> None:
        said = Reported(ReportReason.OTHER, "They ask me to pay outside.")
        moderation.report("message", self.sent.code, said, by=self.client)

    def _block(self) -> None:
        messages.block(self.sent.thread, by=self.client)


class _Ticket:
    """One thing that somebody writes to us."""

    def __init__(self, cast: Cast, text: TicketText) -> None:
        self.cast, self.text, self.writer = cast, text, cast.clients[text.writer]

    def happenings(self) -> Iterator[Happening]:
        at = self.cast.now - _days(self.text.wrote)
        yield at, self._open
        if self.text.answer:
            yield at + ANSWERED_AFTER, self._answer

    def _open(self) -> None:
        about = self.cast.practices[self.text.specialist].id if self.text.specialist else None
        opening = contact.Opening(
            Category(self.text.about), self.text.words, about_id=about, form_key=_key(self.text.words)
        )
        self.ticket = contact.open_ticket(self.writer, opening)

    def _answer(self) -> None:
        staff = self.cast.staff[1]
        contact.claim(self.ticket, by=staff)
        contact.answer(self.ticket, contact.Reply(self.text.answer, form_key=_key(self.text.answer)), by=staff)


def _key(words: str) -> str:
    """A form's key, as random as a text."""
    return hash_of(words)[:22]
