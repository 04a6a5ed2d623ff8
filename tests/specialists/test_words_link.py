"""The link to a specialist's room is a web address and nothing else."""

import pytest

from practice.specialists.policy import is_web_address

pytestmark = pytest.mark.once


@pytest.mark.parametrize("text", ["https://meet.example/anna", "https://rooms.example:8443/a?b=c#d", "https://a.bc"])
def test_an_address_of_the_web_is_taken(text):
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://meet.example/anna",
        "javascript:alert(1)",
        "https://user:secret@meet.example/",
        "https://localhost/",
        "https://meet.example/a b",
        "https://meet.example/\nSet-Cookie: x",
        "//meet.example",
        "meet.example",
        "https://",
    ],
)
def test_anything_else_is_refused(text):
    assert not is_web_address(text)
