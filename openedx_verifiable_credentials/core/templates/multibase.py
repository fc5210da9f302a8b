"""Proof values: 64 bytes in multibase base58-btc (vc-di-eddsa §3.2.1), for a hundred thousand of them."""

from __future__ import annotations

from openedx_verifiable_credentials.core.base58_text import PAIRS

_2, _4, _12, _24, _48 = (58**digits for digits in (2, 4, 12, 24, 48))


def proof_value(signature: bytes) -> bytes:
    """``z`` and the digits of ``signature``, of at most 64 bytes."""
    zeros = len(signature) - len(signature.lstrip(b"\0"))
    digits = []
    for half in divmod(int.from_bytes(signature, "big"), _48):
        for quarter in divmod(half, _24):
            for twelve in divmod(quarter, _12):
                eight, last = divmod(twelve, _4)
                first, middle = divmod(eight, _4)
                digits += [first // _2, first % _2, middle // _2, middle % _2, last // _2, last % _2]
    return b"z" + b"1" * zeros + b"".join([PAIRS[pair] for pair in digits]).lstrip(b"1")
