"""Amounts and networks, as operators read them."""

from __future__ import annotations

from openedx_verifiable_credentials.core import wei


def amount(value: int) -> str:
    """In ether, and in wei to the digit."""
    return f"{wei.in_ether(value)} ether ({value} wei)"


def network(title: str, *, is_test: bool) -> str:
    """A test network is called one wherever it stands."""
    return f"{title} (TEST NETWORK)" if is_test else title
