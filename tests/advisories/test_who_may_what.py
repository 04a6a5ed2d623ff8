"""Every thing that has an address, asked for by everybody: its own people get in, for all others it does not exist."""

import re

import pytest

from practice.bookings.models import Booking
from practice.store.db import db
from tests.house.routes import APPROVED

PEOPLE = ("nobody", "cleo", "ben", "anna", "otto", "mara", "sam")
NUMBERS = {"<int:at>": "0", "<int:number>": "1", "<given>": "none", "<number>": "none"}
NUMBERS |= {"<message>": "none", "<file>": "none", "<what>": "may_be_indexed"}
# Whose code is as public as what it names: an offer, a question, an answer, something to report, the end of a digest.
PUBLIC = ("/demo", "/specialists/<slug>/offers/", "/questions/", "/answers/", "/report/", "/digest/")
BOTH_SIDES = re.compile(r"/bookings/<code>/(join|technical|technical/agree|appointment\.ics)$")
# (beginning of the address, the thing of the world that it names, whose it is); the first that fits counts.
OWNERS = (
    ("/bookings/<code>/dispute", "over", {"lena"}),
    ("/practice/bookings/<code>/dispute", "over", {"anna"}),
    ("/requests/", "sold", {"anna"}),
    # Of a message and a file only their own names lead anywhere.
    ("/me/messages/<code>/<message>/", "thread", set()),
    ("/me/messages/<code>/files/", "thread", set()),
    ("/me/messages/", "thread", {"lena", "anna"}),
    ("/me/questions/<code>/follow-up", "answered", {"ben"}),
    ("/me/questions/", "question", {"lena"}),
    ("/me/decisions/", "decided_case", {"ben"}),
    ("/me/reports/", "own_report", {"cleo"}),
    ("/practice/answers/", "answer", {"otto"}),
    ("/practice/questions/", "to_answer", {"anna", "otto", "mara"}),
    ("/admin/moderation/", "waiting_case", {"sam"}),
    ("/checkout/", "unpaid", {"mona"}),
    ("/payments/invoices/<code>/name", "receipt", {"lena"}),
    # Its specialist has not said how they are taxed: there is a receipt, and no invoice yet.
    ("/payments/invoices/", "receipt", set()),
    ("/payments/receipts/", "receipt", {"lena", "anna"}),
    ("/practice/offers/", "direct", {"anna"}),
    ("/practice/payouts/", "payout", {"anna"}),
    ("/admin/chargebacks/", "asked_back", {"sam"}),
    ("/admin/safety-cases/", "case", {"sam"}),
    ("/admin/orders/", "order", {"sam"}),
    ("/admin/concerns/", "concern", {"sam"}),
    ("/admin/proposals/", "proposal_of_money", {"sam"}),
    ("/admin/disputes/", "dispute", {"sam"}),
    ("/practice/bookings/", "booking", {"anna"}),
    ("/practice/availability/time-off/", "time_off", {"anna"}),
    ("/practice/availability/travel/", "travel", {"anna"}),
    ("/practice/profile/papers/", "paper", {"otto"}),
    ("/apply/papers/", "draft_paper", {"mara"}),
    ("/bookings/", "booking", {"ben"}),
    ("/proposals/", "proposal", {"ben"}),
    ("/drafts/", "draft", {"ben"}),
    ("/me/letters/", "kept_letter", {"ben"}),
    ("/me/settings/security/devices/", "device", {"ben"}),
    ("/admin/accounts/", "account", {"sam"}),
    ("/admin/applications/", "application", {"sam"}),
    ("/admin/changes/", "revision", {"sam"}),
    ("/admin/contests/", "contest", {"sam"}),
    ("/admin/crisis-numbers/", "number", {"sam"}),
    ("/admin/bookings/", "booking", {"sam"}),
    ("/admin/crisis-changes/", "number_change", {"sam"}),
    ("/admin/mail/", "letter", {"sam"}),
    ("/admin/strikes/", "struck", {"sam"}),
    ("/admin/papers/", "paper", {"sam"}),
)
TRACES = {"audit_event", "audit_head"}


def cells():
    """(method, rule, thing, who may) of every route that names a thing."""
    for line in APPROVED.read_text().splitlines():
        _, method, rule = line.split()
        if "<code>" in rule and not rule.startswith(PUBLIC):
            thing, owners = next((thing, owners) for start, thing, owners in OWNERS if rule.startswith(start))
            yield method, rule, thing, owners | ({"anna"} if BOTH_SIDES.match(rule) else set())


def named(rule, code):
    """The address of one thing."""
    path = rule.replace("<code>", code)
    for name, value in NUMBERS.items():
        path = path.replace(name, value)
    return path


def is_refused(who, rule, answer):
    """As if it did not exist, or not for this person; strangers are sent to sign in."""
    if who == "nobody":
        return answer.status_code in (302, 303) and "/sign-in" in (answer.location or "")
    if "profile/papers" in rule:
        # Refused for what the form lacks before anybody asks whose paper it is; an applicant has no such page yet.
        return answer.status_code in (403, 404, 422) or answer.location == "/apply"
    # Who applies has no offers yet and is led to what there is.
    return answer.status_code in (403, 404) or (who == "mara" and answer.location == "/apply")


def test_nobody_but_its_own_people_reaches_a_thing(world, journal):
    # CVE-2023-3285 to 3290, CVE-2023-38047 to 38055, CVE-2026-48077, CVE-2026-1704, CVE-2026-25745, CVE-2026-28352
    surprises, tried = [], 0
    for method, rule, thing, owners in cells():
        path = named(rule, world.codes[thing])
        for who in PEOPLE:
            if who in owners:
                continue
            browser = world.browser(who)
            fields = {"csrf_token": world.token(browser), "start": "2027-03-04T09:00:00Z", "reason": "Mine now"}
            journal.take()
            answer = browser.open(path, method=method, data=fields if method == "POST" else None)
            written = journal.take() - TRACES - ({"intent"} if who == "nobody" else set())
            tried += 1
            if not is_refused(who, rule, answer) or written:
                surprises.append(f"{who} {method} {rule}: {answer.status_code} {sorted(written)}")

    assert not surprises, "\n".join(surprises)
    assert tried > 200


def test_its_own_people_reach_everything_of_theirs(world):
    refused = []
    for method, rule, thing, owners in cells():
        path = named(rule, world.codes[thing])
        for who in sorted(owners):
            answer = world.browser(who).get(path) if method == "GET" else None
            if answer is not None and answer.status_code not in (200, 302, 303):
                refused.append(f"{who} {rule}: {answer.status_code}")

    assert not refused, "\n".join(refused)


TAKING_OVER = {
    "id": "1", "booking_id": "1", "booking": "1", "manage": "1", "hash": "x", "client_id": "1", "user_id": "1",
    "specialist_id": "2", "offer_id": "1", "state": "completed", "price": "0", "paid": "1", "claims_pair": "",
    "person_key": "x", "appointment_id": "1", "held_until": "2099-01-01", "moves_used": "-9",
}  # fmt: skip


def test_a_form_that_creates_never_edits_whatever_it_names(world, send):
    # CVE-2026-108758, CVE-2026-6723, CVE-2026-93661, CVE-2023-24058
    bens = db.session.query(Booking).filter_by(code=world.codes["booking"]).one()
    before = {c.name: getattr(bens, c.name) for c in Booking.__table__.columns}
    dave = world.another("dave")
    form = {"start": "2027-03-09T09:00:00Z", "format": "video", "consent": "y", "code": bens.code, "form_key": "k" * 20}

    answer = send(dave, "/specialists/anna-kern/book/confirm", TAKING_OVER | form | {"id": str(bens.id)})

    assert answer.status_code == 303
    db.session.expire_all()
    assert {c.name: getattr(bens, c.name) for c in Booking.__table__.columns} == before
    made = db.session.query(Booking).order_by(Booking.id.desc()).first()
    assert (made.client_id, made.specialist_id, made.state) == (world.people[dave].id, bens.specialist_id, "confirmed")
    assert (made.moves_used, made.code == bens.code) == (0, False)


def test_the_key_of_somebody_elses_form_gets_nobody_their_booking(world, send):
    # CVE-2026-93399: an attacker-chosen order id, later trusted
    form = {"start": "2027-03-09T09:00:00Z", "format": "video", "consent": "y", "form_key": "the-same-key-for-both"}
    first, second = world.another("eva"), world.another("fay")

    mine = send(first, "/specialists/anna-kern/book/confirm", form)
    theirs = send(second, "/specialists/anna-kern/book/confirm", form)

    assert mine.status_code == 303
    assert theirs.status_code == 409
    assert "This form was used before, so nothing is booked now." in theirs.text
    assert mine.location.split("/")[2] not in theirs.text
    assert world.browser(second).get(mine.location).status_code == 404


def test_no_form_gives_a_practice_to_another_account(world, send):
    # CVE-2026-104898, CVE-2026-24890
    from tests.strange.doors import WORDS

    anna = world.people["anna"].id
    answer = send("otto", "/practice/profile", WORDS | {"user_id": str(anna), "id": "1", "owner": "1", "type": "user"})

    assert answer.status_code == 303
    db.session.expire_all()
    assert world.people["otto"].specialist.user_id == world.people["otto"].id
    assert world.people["anna"].specialist.headline == "Plain words for hard weeks"


@pytest.mark.parametrize("path", ["/practice/availability", "/practice/availability/time-off", "/practice/offers/new"])
def test_hours_and_offers_are_always_ones_own(world, send, path):
    # CVE-2023-3700: the provider's id in the form was believed
    from tests.strange.doors import LIMITS

    before = world.people["anna"].specialist.calendar_version
    fields = LIMITS | {"specialist_id": "1", "provider": "1", "first_on": "2027-06-01", "last_on": "2027-06-01"}
    answer = send(
        "otto", path, fields | {"minutes": "25", "rule": "firm", "currency": "EUR", "price": "80", "slug": "anna-kern"}
    )

    assert answer.status_code in (303, 422)
    db.session.expire_all()
    assert world.people["anna"].specialist.calendar_version == before
