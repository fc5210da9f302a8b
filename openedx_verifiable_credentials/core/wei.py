"""Amounts of wei as people write them: in ether or gwei, every digit, no exponent."""

from __future__ import annotations

ETHER = 10**18
GWEI = 10**9


def in_ether(amount: int) -> str:
    """``0.00000000002228`` for 22,280,000 wei."""
    return _in(amount, ETHER)


def in_gwei(amount: int) -> str:
    """``0.0002`` for 200,000 wei."""
    return _in(amount, GWEI)


def _in(amount: int, unit: int) -> str:
    whole, rest = divmod(abs(amount), unit)
    places = len(str(unit)) - 1
    decimals = f"{rest:0{places}}".rstrip("0")
    return f"{'-' if amount < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"
