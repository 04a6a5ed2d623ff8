"""One idea of what can be kept, and one of what a name is, in every form that takes words."""

from itertools import cycle

import pytest

from tests.strange.doors import DOORS

NAMES = [("you", "display_name"), ("book", "call_name"), ("what", "name"), ("checked", "checked-name")]


def text_fields():
    """(door, field) of everything that somebody writes; what is looked for is not kept."""
    every = [(name, field) for name, door in DOORS.items() for field, kind in door.fields.items() if kind == "text"]
    return [(name, field) for name, field in every if name not in {"log", "find_applicant"}]


# One each, in turn: all of them are refused by the same rule (tests/values/test_text.py), which each field must ask.
BROKEN = cycle(["a\ufffdb", "caf\ud83d", "\uffff", "a\x00b", "a\uf8ffb"])


@pytest.mark.once
@pytest.mark.parametrize(("name", "field", "broken"), [(*each, next(BROKEN)) for each in text_fields()])
def test_what_cannot_be_stored_is_refused_beside_its_field_wherever_one_writes(
    world, send, journal, name, field, broken
):
    door = DOORS[name]
    who, path = door.open(world)
    world.token(world.browser(who))
    journal.take()
    answer = send(who, path, door.honest | {field.format(**world.codes): broken})

    assert answer.status_code == 422
    assert not journal.take() - {"audit_event", "audit_head"}


@pytest.mark.parametrize(("name", "field"), NAMES)
def test_a_name_is_the_same_thing_wherever_it_is_asked_for(world, send, name, field):
    door = DOORS[name]
    for refused in ("\u3164", "a\u202eb", "a\u2028b", "...", "<b>"):
        who, path = door.open(world)
        assert send(who, path, door.honest | {field: refused}).status_code == 422, refused
    for taken in ("Anna 🩷", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "\u200fדנה כהן"):
        who, path = door.open(world)
        # The time may be gone by then, the name is right.
        assert send(who, path, door.honest | {field: taken}).status_code in (200, 302, 303, 409), taken


@pytest.mark.once
def test_a_note_from_a_word_processor_is_taken_with_its_lines(world, send):
    words = "First\u2028second\x0bthird\r\nfourth"

    answer = send("ben", f"/bookings/{world.codes['booking']}/preparation", {"words": words})

    assert answer.status_code == 303
    page = world.browser("ben").get(f"/bookings/{world.codes['booking']}").text
    assert "First\nsecond\nthird\nfourth" in page


@pytest.mark.once
def test_an_address_with_more_letters_before_its_sign_than_a_mailbox_can_have_is_refused(world, send):
    answer = send("nobody", "/sign-up", DOORS["sign_up"].honest | {"email": "a" * 65 + "@people.example"})

    assert answer.status_code == 422
    assert "name@example.org" in answer.text
