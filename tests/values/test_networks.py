"""Which addresses belong to one line, so that a limit counts people and not addresses."""

import pytest

from practice.values.networks import network


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("192.0.2.17", "192.0.2.17/32"),
        ("::ffff:192.0.2.17", "192.0.2.17/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("unix:", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_line_has_one_old_address_or_very_many_new_ones(address, line):
    assert network(address) == line


def test_a_wider_network_can_be_asked_for():
    assert network("192.0.2.17", 24, 48) == "192.0.2.0/24"
    assert network("2001:db8:1:2::1", 24, 48) == "2001:db8:1::/48"
