"""One way to fold an address: the key of a limit, the look-up and the stored value agree on every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.accounts import queries
from practice.accounts.addresses import folded, person_key, proper_address
from tests.accounts.conftest import GOOD, Person
from tests.factories import PASSWORD, user

KNOWN = "anna@people.example"
# How one address is dressed up so that it looks like another: the house's own list of what was tried from outside.
FULL_WIDTH = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "abcdefghijklmnopqrstuvwxyz"})
HIDDEN = st.sampled_from(
    ["\x00", "\x1f", "\u200b", "\u200d", "\u202e", "\ufeff", "\xad", " ", "\t", "\u3000", "\n", "."]
)


@st.composite
def dressed(draw):
    """KNOWN in other clothes: blanks around, marks inside, other letters of the same look, other cases."""
    name, _, domain = KNOWN.partition("@")
    wide = draw(st.integers(0, len(domain)))
    domain = domain[:wide].translate(FULL_WIDTH) + domain[wide:]
    text = draw(
        st.sampled_from([f"{name}@{domain}", f"{name}@{domain}".upper(), f"{name.translate(FULL_WIDTH)}@{domain}"])
    )
    at = draw(st.integers(0, len(text)))
    text = text[:at] + draw(HIDDEN) * draw(st.integers(0, 3)) + text[at:]
    return draw(st.sampled_from([" ", "\u3000", "\t"])) * draw(st.sampled_from([0, 1, 300])) + text


@given(dressed() | st.emails() | st.text() | st.emails().map(str.upper))
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(dressed())
def test_a_known_address_in_other_clothes_is_itself_or_nobody(text):
    assert folded(text) in (KNOWN, "") or folded(text).replace(".", "") == KNOWN.replace(".", "")


@given(dressed() | st.emails() | st.text())
def test_what_is_stored_is_what_is_looked_up_and_counted(text):
    try:
        stored = proper_address(text)
    except ValueError:
        stored = ""
    assert folded(text) == stored
    assert person_key(text) == person_key(stored)


@pytest.mark.parametrize(
    "text",
    [
        " " * 290 + KNOWN,
        "\u3000" + KNOWN,
        KNOWN.upper(),
        "anna@" + "people".translate(FULL_WIDTH) + ".example",
        "anna@people\u3002example",
    ],
)
def test_another_spelling_opens_the_same_account(app, text):
    anna = user("Anna")
    assert queries.user_by_email(text).id == anna.id
    assert queries.credentials(text).id == anna.id


def test_an_account_in_an_international_domain_opens_in_either_spelling(app, visitor, sign_up_form, outbox):
    visitor.fill("/sign-up", **{**sign_up_form, "email": "anna@münchen.example"})
    stored = queries.user_by_email("anna@xn--mnchen-3ya.example")
    token = outbox.last_to(stored).context["token"]
    visitor.fill(f"/confirm/{token}")

    for spelling in ("anna@münchen.example", "Anna@MÜNCHEN.example", "anna@xn--mnchen-3ya.example"):
        person = Person(app.test_client())
        person.sign_in(spelling, GOOD)
        assert person.is_in(), spelling


@pytest.fixture
def strict(make_app, app):
    """The product with its limits on."""
    from practice.http.protection import limiter

    limited = make_app(overrides={"RATELIMIT_ENABLED": True})
    limiter.reset()
    yield limited
    limiter.reset()
    limiter.enabled = False


def _from(app, address):
    browser = app.test_client()
    browser.environ_base = {"REMOTE_ADDR": address}
    return Person(browser)


@pytest.mark.parametrize(
    "spell",
    [
        lambda address, n: " " * (280 + n) + address,
        lambda address, n: "\u3000" * n + address,
        lambda address, n: address.partition("@")[0] + "@" + _wide(address.partition("@")[2], n),
    ],
    ids=["leading blanks", "wide blanks", "full-width letters"],
)
def test_a_guesser_is_counted_however_the_address_is_spelt(strict, spell):
    ben = user("Ben")
    codes = [
        _from(strict, f"192.0.2.{n}").sign_in(spell(ben.email, n), "not-the-right-password").status_code
        for n in range(12)
    ]
    assert codes == [422] * 10 + [429] * 2


def _wide(domain, n):
    at = n % 6
    return domain[:at] + domain[at].translate(FULL_WIDTH) + domain[at + 1 :]


def test_a_nul_inside_the_address_names_nobody(strict):
    ben = user("Ben")
    guesser = _from(strict, "192.0.2.1")
    assert [guesser.sign_in("be\x00n@people.example", PASSWORD).status_code for _ in range(3)] == [422] * 3
    assert not guesser.is_in()
    assert queries.user_by_email("be\x00n@people.example") is None
    assert queries.user_by_email(ben.email) is not None


def test_who_types_no_address_is_counted_with_their_own_line(strict):
    """Else one visitor with nonsense in the field could keep everybody from their typing mistakes."""
    codes = [_from(strict, "192.0.2.1").sign_in(f"no address {n}", "x").status_code for n in range(12)]
    assert codes == [422] * 10 + [429] * 2
    assert _from(strict, "198.51.100.7").sign_in("no address", "x").status_code == 422


def test_letters_to_one_mailbox_are_counted_over_all_doors(strict, outbox, sign_up_form):
    """Five from each of three doors would be fifteen."""
    ben, cleo = user("Ben"), user("Cleo")
    visitor = _from(strict, "192.0.2.1")
    for n in range(3):
        assert visitor.fill("/reset", email=ben.email.replace("people", _wide("people", n))).status_code == 302
    for _ in range(2):
        assert visitor.fill("/sign-up", **{**sign_up_form, "email": ben.email}).status_code == 302

    assert visitor.fill("/reset", email=ben.email).status_code == 429
    signed_in = _from(strict, "198.51.100.7")
    signed_in.sign_in(cleo.email, PASSWORD)
    assert signed_in.fill("/me/settings/email", email=ben.email).status_code == 429
