"""Where an address is: on the inside, as far as an address can tell."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

#: Not `is_private`: that holds ranges for examples and tests, which a device may well be told of.
_INSIDE = tuple(
    ip_network(block)
    for block in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "255.255.255.255/32", "224.0.0.0/4"),
        *("::1/128", "::/128", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
)
#: Addresses that a carrier gives to its customers behind one of its own: no range of one's own.
SHARED = ip_network("100.64.0.0/10")


@lru_cache(maxsize=4096)
def address_of(text: str) -> Address | None:
    """The address that a text is, without brackets, zone and mapping; None for anything else."""
    plain = text.strip().removeprefix("[").partition("]")[0].partition("%")[0]
    try:
        found = ip_address(plain)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_outside(text: str) -> bool:
    """Whether it is an address beyond the ranges that anybody may use at home."""
    found = address_of(text)
    return found is not None and not any(found in block for block in _INSIDE)


def is_shared(text: str) -> bool:
    """Whether a carrier's customers share it."""
    found = address_of(text)
    return found is not None and found in SHARED
