"""
Base58 with Bitcoin's alphabet (the multibase encoding ``z``), for values of hundreds of bytes.

A digit after the other out of one long number takes a time that grows with the square of its length; here the number is
halved again and again instead. Reading is the library's.
"""

from __future__ import annotations

from typing import Final

_ALPHABET: Final = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PAIRS: Final = tuple(bytes((high, low)) for high in _ALPHABET for low in _ALPHABET)
_PAIR: Final = 58**2
_TOP: Final = 58**128
_HALVES: Final = tuple(58**digits for digits in (64, 32, 16, 8, 4))


def encode(raw: bytes) -> bytes:
    """The digits of ``raw`` as ASCII, a ``1`` for each byte of zero in front."""
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    number = int.from_bytes(raw, "big")
    parts = []
    while number:
        number, part = divmod(number, _TOP)
        parts.append(part)
    parts.reverse()
    for half in _HALVES:
        parts = [smaller for part in parts for smaller in divmod(part, half)]
    # Each part has four digits now.
    digits = b"".join([PAIRS[part // _PAIR] + PAIRS[part % _PAIR] for part in parts])
    return b"1" * zeros + digits.lstrip(b"1")
