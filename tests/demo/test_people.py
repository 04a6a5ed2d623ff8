"""This file knows what the words of the demo must keep to: lengths, topics, zones, prices, and a calm tone."""

import re
from zoneinfo import available_timezones

import pytest

from practice.demo.people import CLIENTS, MEETINGS, SALES, SPECIALISTS, mailbox_of
from practice.demo.shapes import Person, minutes_of
from practice.demo.talk import QUESTIONS, THREADS, TICKETS
from practice.demo.timeline import STEPS
from practice.specialists.cancel_rules import Preset
from practice.specialists.choices import APPROACHES, LANGUAGES, LEVELS
from practice.specialists.policy import may_apply_for
from practice.specialists.states import CoupleStance, Format, Kind
from practice.specialists.topics import TOPICS
from practice.values.currencies import CURRENCIES

SLUGS = {topic.slug for topic in TOPICS}
everyone = pytest.mark.parametrize("person", SPECIALISTS, ids=lambda person: person.portrait)


def specialist_named(slug: str) -> Person:
    return next(person for person in SPECIALISTS if person.slug == slug)


def test_there_are_24_specialists_31_topics_and_12_clients_in_8_zones() -> None:
    assert len({person.slug for person in SPECIALISTS}) == len({person.portrait for person in SPECIALISTS}) == 24
    assert len(SLUGS) == len({topic.name for topic in TOPICS}) == 31
    assert len({client.mailbox for client in CLIENTS}) == 12
    assert len({client.zone for client in CLIENTS}) == 8


def test_every_topic_has_a_plain_line_and_somebody_to_talk_to() -> None:
    offered = {slug for person in SPECIALISTS for slug in person.main_topics + person.other_topics}

    assert offered == SLUGS
    assert all(20 < len(topic.line) <= 200 and topic.line.endswith(".") for topic in TOPICS)


@everyone
def test_the_words_of_a_profile_fit_where_they_are_shown(person: Person) -> None:
    assert 20 < len(person.headline) <= 90
    assert 20 < len(person.best_at) <= 300
    assert 20 < len(person.not_right_for) <= 300
    assert len(person.supervision) <= 160
    assert len(person.training) <= 600
    assert 2 <= len(person.about) <= 3
    assert 80 <= len(" ".join(person.about).split()) <= 260


@everyone
def test_a_profile_chooses_from_what_the_product_knows(person: Person) -> None:
    assert may_apply_for(person.kind, person.title)
    assert set(person.approaches) <= set(APPROACHES)
    assert {code for code, _ in person.languages} <= set(LANGUAGES)
    assert {level for _, level in person.languages} <= set(LEVELS)
    assert person.couple_stance is None or person.couple_stance in set(CoupleStance)
    assert set(person.formats) <= set(Format)
    assert person.zone in available_timezones()
    assert person.currency in CURRENCIES
    assert 1 <= len(person.main_topics) <= 3
    assert len(person.main_topics + person.other_topics) == len(set(person.main_topics + person.other_topics)) <= 8


@everyone
def test_longer_sessions_cost_more_and_none_is_free(person: Person) -> None:
    assert 0 < person.prices[0] < person.prices[1] < person.prices[2]
    assert list(person.lengths) == sorted(set(person.lengths))
    assert not any(each.faults() for each in person.for_sale())


@everyone
def test_hours_are_whole_five_minutes_and_the_two_overrides_lie_ahead(person: Person) -> None:
    ranges = [(opens, closes) for hours in person.hours for _, opens, closes in hours.rows()]
    ranges += [pair for override in person.overrides for pair in minutes_of(override.ranges)]

    assert all(0 <= opens < closes <= 2880 and opens % 5 == closes % 5 == 0 for opens, closes in ranges)
    assert len({override.in_days for override in person.overrides}) == 2
    assert min(override.in_days for override in person.overrides) > 0


@everyone
def test_the_tone_is_calm(person: Person) -> None:
    words = " ".join([person.headline, person.best_at, person.not_right_for, person.first_session, *person.about])

    assert not re.search(r"\b(just|simply|easy|journey|safe space|patients?|users?|heal(ing)?)\b|!|—", words, re.I)


@everyone
def test_a_coach_says_that_it_is_not_therapy(person: Person) -> None:
    words = f"{person.not_right_for} {' '.join(person.about)}".lower()

    assert person.kind != Kind.COACH or ("coach" in words and re.search("therap|treat|training", words))


@everyone
def test_the_address_of_a_profile_never_holds_a_surname(person: Person) -> None:
    assert re.fullmatch(r"[a-z]+-[a-z]", person.slug)


@everyone
def test_nobody_claims_a_real_number_on_a_register(person: Person) -> None:
    assert "DEMO" in person.credential.number


def test_the_special_people_are_as_special_as_the_demo_says() -> None:
    assert specialist_named("noah-l").state == "paused"
    assert specialist_named("oleksandr-b").state == "in_review"
    assert specialist_named("rafael-d").credential.expires_in_days == 20
    assert specialist_named("yuki-t").price_list()[1][1].decimal == 9000
    assert specialist_named("siobhan-k").cancel_rule == Preset.GENTLE
    assert specialist_named("hannah-w").cancel_rule == Preset.FIRM
    assert specialist_named("grace-w").lower_places > 0
    assert specialist_named("daniel-o").permitted == ("CA-ON",)
    assert specialist_named("naomi-f").permitted == ("US-NY", "US-NJ")
    assert [person.portrait for person in SPECIALISTS if not person.offers_consult] == [
        "leila", "joaquin", "katarzyna", "rafael"
    ]  # fmt: skip


def test_the_meetings_name_only_people_topics_and_steps_that_exist() -> None:
    told = [text for text in (*MEETINGS, *SALES) if text.client]

    assert all(text.minutes in specialist_named(text.specialist).lengths for text in SALES)
    assert {text.client for text in told} <= {client.mailbox for client in CLIENTS}
    assert {text.specialist for text in told if text.specialist} <= {person.slug for person in SPECIALISTS}
    assert {step for text in told for step in text.then} == set(STEPS)
    assert {topic for text in told for topic in text.topics} <= SLUGS


def test_what_is_asked_and_written_names_only_people_and_topics_that_exist() -> None:
    answers = [each for text in QUESTIONS for each in text.answers]
    clients = [text.asker for text in QUESTIONS] + [text.client for text in THREADS] + [text.writer for text in TICKETS]
    clients += [mailbox for each in answers for mailbox in each.helped]
    slugs = [each.by for each in answers] + [text.specialist for text in THREADS]
    slugs += [slug for each in answers for slug in each.agreed]

    assert len(QUESTIONS) == 12
    assert set(clients) <= {client.mailbox for client in CLIENTS}
    assert set(slugs) <= {person.slug for person in SPECIALISTS}
    assert {topic for text in QUESTIONS for topic in text.topics} <= SLUGS


def test_mailboxes_are_plain_and_one_of_them_is_for_signing_in() -> None:
    mailboxes = [mailbox_of(person) for person in SPECIALISTS]

    assert len(set(mailboxes)) == 24
    assert "specialist@demo.example" in mailboxes
    assert all(re.fullmatch(r"[a-z]+@demo\.example", mailbox) for mailbox in mailboxes)
