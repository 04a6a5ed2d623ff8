"""What the platform's own invoices go by is checked when it starts."""

import pytest

from practice.config import BadConfig, from_environment

TEST = {"MODE": "test"}


def test_a_rate_is_read_in_per_cent_with_its_number(tmp_path):
    said = {"ZONE": "Europe/Vienna", "TAX_NUMBER": "ATU1", "TAX_RATE": "13.5", "TAX_SENTENCE": "None."}
    found = from_environment(TEST | {"DATA": str(tmp_path)} | said)

    assert (found.zone, found.tax_number, found.tax_rate, found.tax_sentence) == (
        "Europe/Vienna",
        "ATU1",
        1350,
        "None.",
    )


def test_nothing_said_is_no_tax(tmp_path):
    found = from_environment(TEST | {"DATA": str(tmp_path)})

    assert (found.zone, found.tax_rate) == ("Europe/Dublin", 0)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"ZONE": "Middle/Earth"}, "ZONE"),
        ({"TAX_RATE": "23"}, "TAX_NUMBER"),
        ({"TAX_RATE": "51", "TAX_NUMBER": "IE1"}, "TAX_RATE"),
        ({"TAX_RATE": "a lot", "TAX_NUMBER": "IE1"}, "TAX_RATE"),
    ],
)
def test_nonsense_refuses_to_start_and_is_named(tmp_path, said, name):
    with pytest.raises(BadConfig, match=name):
        from_environment(TEST | {"DATA": str(tmp_path)} | said)
