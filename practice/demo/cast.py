"""This file knows how the invented people get their accounts and practices, through the doors that real people use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from practice.accounts import actions as accounts
from practice.accounts import addresses, consents
from practice.accounts.models import User
from practice.availability import actions as availability
from practice.scheduling.hours import WeeklyRange
from practice.specialists import actions as specialists
from practice.specialists import credentials, photos, policy
from practice.specialists.answers import CredentialFile, Profession, Verdict, Words
from practice.specialists.models import Review, Specialist
from practice.specialists.states import CredentialKind
from practice.store.db import db
from practice.values import clock

from .people import CLIENTS, DOMAIN, SPECIALISTS, mailbox_of
from .shapes import ClientText, Person, minutes_of

MEMBER_SINCE = timedelta(days=60)
INSURED = timedelta(days=300)
SAVED = ("ilse-v", "siobhan-k", "meiling-c")
STAFF = (("Sam Okello", "staff"), ("Robin Achterberg", "colleague"))


class Cast:
    """Everybody by the short name that the texts use: a client's mailbox, a specialist's slug."""

    def __init__(self, password: str, now: datetime) -> None:
        self.now = now
        self.password = password  # its hash: the same for all, so that it is made once
        self.credentials = {person.slug: credentials_of(person) for person in SPECIALISTS}
        self.clients: dict[str, User] = {}
        self.practices: dict[str, Specialist] = {}
        self.staff: list[User] = []

    def enter(self) -> None:
        """Let everybody in, each at their own time before now."""
        now = self.now
        with clock.freeze(now - timedelta(days=400), everywhere=False):
            specialists.seed_topics()
            self.staff = [self._account(name, f"{local}@{DOMAIN}", "Europe/London", "GB") for name, local in STAFF]
            for each in self.staff:
                accounts.give_role(each, "staff")
        for person in sorted(SPECIALISTS, key=lambda each: -each.published_days_ago):
            with clock.freeze(now - timedelta(days=person.published_days_ago, hours=2), everywhere=False):
                self.practices[person.slug] = self._practice(person)
        with clock.freeze(now - timedelta(days=5), everywhere=False):
            self._rest()
        with clock.freeze(now - MEMBER_SINCE, everywhere=False):
            self.clients = {each.mailbox: self._client(each) for each in CLIENTS}
        for slug in SAVED:
            specialists.save(self.clients["client"], self.practices[slug])

    def _client(self, text: ClientText) -> User:
        user = self._account(text.name, f"{text.mailbox}@{DOMAIN}", text.zone, text.country)
        user.no_email, user.locale = text.mail_off, text.locale
        return user

    def _account(self, name: str, address: str, zone: str, country: str) -> User:
        at = clock.now()
        user = User(
            email=address,
            email_norm=addresses.same_person(address),
            person_key=addresses.person_key(address),
            password=self.password,
            confirmed_at=at,
            adult_declared_at=at,
            display_name=name,
            zone=zone,
            country=country,
        )
        db.session.add(user)
        db.session.flush()
        accounts.give_role(user, "client")
        for document in consents.AT_SIGN_UP:
            accounts.record_consent(user, document)
        return user

    def _practice(self, person: Person) -> Specialist:
        """A practice from its first line to the state it is in, a day and a bit from application to answer."""
        owner = self._account(person.name, mailbox_of(person), person.zone, person.country)
        practice = specialists.create_application(owner, _profession(person, self.now))
        specialists.keep_words(practice, _words(person), by=owner)
        for kind, file in self.credentials[person.slug].items():
            specialists.keep_credential(practice, kind, file, by=owner)
        _set_prices(practice, person, owner)
        _set_hours(practice, person)
        specialists.submit(practice, by=owner)
        practice.photo_key = f"{photos.DRAWN}{person.portrait}.svg"
        review = specialists.claim(practice, by=self.staff[0])
        if person.state != "in_review":
            self._let_in(practice, person, review)
        return practice

    def _rest(self) -> None:
        """Whoever takes no new clients for a while says so."""
        for person in SPECIALISTS:
            if person.paused_for_days:
                until = self.now.astimezone(ZoneInfo(person.zone)).date() + timedelta(days=person.paused_for_days)
                practice = self.practices[person.slug]
                specialists.pause(practice, until, by=practice.user)

    def _let_in(self, practice: Specialist, person: Person, review: Review) -> None:
        verdict = Verdict(checks=tuple(policy.CHECKS), title=person.title)
        specialists.approve(review, verdict, by=self.staff[0])
        specialists.publish(practice, by=practice.user)


def _profession(person: Person, now: datetime) -> Profession:
    licence, today = person.credential, now.astimezone(ZoneInfo(person.zone)).date()
    return Profession(
        kind=person.kind,
        name=person.name,
        title=person.title,
        country=person.country,
        place=person.place,
        body=licence.body,
        number=licence.number,
        expires_on=today + timedelta(days=licence.expires_in_days),
        permitted_places=person.permitted,
        training=person.training,
        years=person.years,
        supervision=person.supervision,
        records_country=person.country,
    )


def _how_to_meet(person: Person) -> str:
    phone = "You are called, from a hidden number." if "phone" in person.formats else ""
    door = f"In person: 12 Mill Lane, {person.place}, second bell." if "in_person" in person.formats else ""
    return f"{phone} {door}".strip()


def _words(person: Person) -> Words:
    return Words(
        video_url=f"https://rooms.example/{person.slug}",
        phone_note=_how_to_meet(person),
        headline=person.headline,
        best_at=person.best_at,
        not_right_for=person.not_right_for,
        about="\n\n".join(person.about),
        first_session=person.first_session,
        approaches=person.approaches,
        formats=person.formats,
        couple_stance=person.couple_stance,
        main_topics=person.main_topics,
        other_topics=person.other_topics,
        languages=person.languages,
    )


def credentials_of(person: Person) -> dict[CredentialKind, CredentialFile]:
    """The documents this person hands in, stored; made before any transaction begins."""
    kept = {
        kind: credentials.keep(_credential_file(person.name, kind), f"{kind}.pdf")
        for kind in policy.needed(person.kind)
    }
    ends = clock.today(person.zone) + INSURED
    return {kind: replace(each, expires_on=ends if kind in policy.WITH_END else None) for kind, each in kept.items()}


def _credential_file(name: str, kind: str) -> bytes:
    """A page that says that it is not real, as the smallest PDF that opens."""
    words = f"BT /F1 18 Tf 60 700 Td (Demo document: {kind}. Not real.) Tj 0 -30 Td ({ascii(name)[1:-1]}) Tj ET"
    body = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        f"4 0 obj<</Length {len(words)}>>stream\n{words}\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    return body.encode("ascii")


def _set_prices(practice: Specialist, person: Person, owner: User) -> None:
    for wanted in person.for_sale():
        specialists.put_offer(practice, wanted, by=owner)
    specialists.set_consult(practice, person.offers_consult, by=owner)


def _set_hours(practice: Specialist, person: Person) -> None:
    weeks: dict[str, list[WeeklyRange]] = {}
    for hours in person.hours:
        weeks.setdefault(hours.kind, []).extend(WeeklyRange(*row) for row in hours.rows())
    limits = availability.Limits(
        gap_before=person.gap,
        gap_after=person.gap,
        weekly_cap=person.weekly_cap,
        weekly_consults=person.weekly_consults,
    )
    availability.save_hours(practice, weeks, limits)


def set_overrides(cast: Cast) -> None:
    """The two dates with other hours of everybody, counted from today; and the hours were looked at lately."""
    for person in SPECIALISTS:
        practice = cast.practices[person.slug]
        for override in person.overrides:
            availability.save_exception(practice, override.on(clock.today(person.zone)), minutes_of(override.ranges))
