"""Amounts are written to the last digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import wei


@pytest.mark.parametrize(
    ("amount", "ether", "gwei"),
    [
        (0, "0", "0"),
        (1, "0.000000000000000001", "0.000000001"),
        (200_000, "0.0000000000002", "0.0002"),
        (10**9, "0.000000001", "1"),
        (1_500_000_000 * 10**9, "1.5", "1500000000"),
        (-(10**18), "-1", "-1000000000"),
    ],
)
def test_known_amounts(amount: int, ether: str, gwei: str) -> None:
    assert (wei.in_ether(amount), wei.in_gwei(amount)) == (ether, gwei)


@given(st.integers(min_value=-(2**256), max_value=2**256))
def test_nothing_is_lost(amount: int) -> None:
    assert "e" not in wei.in_ether(amount).lower()
    whole, _, decimals = wei.in_ether(amount).removeprefix("-").partition(".")
    assert int(whole) * wei.ETHER + int(decimals.ljust(18, "0")) == abs(amount)
