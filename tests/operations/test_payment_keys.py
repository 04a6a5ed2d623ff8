"""Where money is paid is settled by three settings: all of them or none, real ones never beside invented people."""

import pytest

from practice.config import BadConfig, Config, from_environment
from practice.values.currencies import CURRENCIES
from tests.production import PRODUCTION

pytestmark = pytest.mark.once
KEYS = {
    "STRIPE_SECRET_KEY": "rk_live_51Nx",
    "STRIPE_WEBHOOK_SECRET": "whsec_one",
    "STRIPE_THIN_WEBHOOK_SECRET": "whsec_two",
    "STRIPE_SETTLES_IN": "EUR,CHF",
}


def refused(match, environment):
    with pytest.raises(BadConfig, match=match):
        from_environment(environment)


def demo(tmp_path, **keys):
    return {"MODE": "demo", "DATA": str(tmp_path), **keys}


@pytest.mark.parametrize(
    ("key", "where"), [("rk_live_1", "live"), ("sk_live_1", "live"), ("sk_test_1", "test"), ("rk_test_1", "test")]
)
def test_the_key_says_whether_money_is_real(key, where):
    config = from_environment(PRODUCTION | KEYS | {"STRIPE_SECRET_KEY": key})

    assert config.payments == where
    assert config.stripe_webhook_secret == "whsec_one"


def test_without_keys_production_takes_no_money_and_a_demo_has_the_sandbox(tmp_path):
    assert from_environment(PRODUCTION).payments == "off"
    assert from_environment(demo(tmp_path)).payments == "sandbox"
    assert Config(mode="test").payments == "sandbox"


@pytest.mark.parametrize("name", ["STRIPE_WEBHOOK_SECRET", "STRIPE_THIN_WEBHOOK_SECRET"])
@pytest.mark.parametrize("value", ["", " ", "whsec_", "secret", "sk_live_51Nx"])
def test_a_key_without_what_signs_its_messages_stops_the_start(tmp_path, name, value):
    refused(f"{name} is missing", PRODUCTION | KEYS | {name: value})
    refused(f"{name} is missing", demo(tmp_path, **(KEYS | {"STRIPE_SECRET_KEY": "sk_test_1", name: value})))


@pytest.mark.parametrize("key", ["", "pk_live_1", "whsec_one", "live"])
def test_what_is_no_secret_key_stops_the_start(key):
    refused("STRIPE_SECRET_KEY must begin", PRODUCTION | KEYS | {"STRIPE_SECRET_KEY": key})


def test_each_address_is_signed_with_a_secret_of_its_own():
    refused("is the same", PRODUCTION | KEYS | {"STRIPE_THIN_WEBHOOK_SECRET": "whsec_one"})


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_real_money_never_moves_in_a_demo(tmp_path, mode):
    refused("real money never moves", demo(tmp_path, **KEYS) | {"MODE": mode})

    config = from_environment(demo(tmp_path, **KEYS) | {"MODE": mode, "STRIPE_SECRET_KEY": "sk_test_1"})
    assert config.payments == "test"


def test_with_a_key_it_is_named_in_which_currencies_something_can_be_sold(tmp_path):
    refused("STRIPE_SETTLES_IN is missing", PRODUCTION | KEYS | {"STRIPE_SETTLES_IN": " , "})
    refused("STRIPE_SETTLES_IN names XYZ", PRODUCTION | KEYS | {"STRIPE_SETTLES_IN": "EUR,xyz"})

    assert from_environment(PRODUCTION | KEYS | {"STRIPE_SETTLES_IN": " eur, chf"}).sells_in == {"EUR", "CHF"}
    assert from_environment(demo(tmp_path)).sells_in == set(CURRENCIES)


def test_no_refusal_repeats_a_secret():
    with pytest.raises(BadConfig) as reason:
        from_environment(PRODUCTION | KEYS | {"STRIPE_SECRET_KEY": "pk_live_abc", "STRIPE_WEBHOOK_SECRET": "typo_xyz"})

    assert "abc" not in str(reason.value)
    assert "xyz" not in str(reason.value)


# ---------------------------------------------------------------- what pages say


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"mode": "demo"}, "demo payments: no card is charged"),
        ({"stripe_secret_key": "sk_test_1"}, "Test payments: no card is charged"),
        ({"stripe_secret_key": "sk_live_1"}, None),
    ],
)
def test_pages_say_so_while_no_card_is_charged(make_app, changes, line):
    # A page that is not remembered from one application of this process to the next.
    text = make_app(**changes).test_client().get("/sign-in").text

    assert (line in text) if line else ("no card is charged" not in text)
