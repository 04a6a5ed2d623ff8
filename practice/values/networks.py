"""This file knows networks: which addresses belong to one household, so that a limit cannot be walked round."""

from __future__ import annotations

import ipaddress

# One line has one address of the old kind, and 2^64 of the new (RFC 6177).
LINE_4, LINE_6 = 32, 64


def network(address: str | None, prefix_4: int = LINE_4, prefix_6: int = LINE_6) -> str:
    """The network that `address` is in ("192.0.2.1/32", "2001:db8::/64"); empty for what is no address."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    # An old address in new clothes (::ffff:192.0.2.1) is the old address.
    known = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network(f"{known}/{prefix_4 if known.version == 4 else prefix_6}", strict=False))
