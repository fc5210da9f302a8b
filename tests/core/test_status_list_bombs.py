"""Status lists that are made to harm whoever unpacks them."""

from __future__ import annotations

import base64
import gzip
import tracemalloc
import zlib

import pytest

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.exceptions import StatusListError

GOOD = bytes(16_384)


def written(raw: bytes, multibase: bool = True) -> str:
    return ("u" if multibase else "") + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bomb(size: int) -> bytes:
    """Gzip of ``size`` zeros, made without having them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


@pytest.mark.parametrize("multibase", [True, False])
def test_a_bomb_is_not_unpacked(multibase):
    encoded = written(bomb(1 << 28), multibase)
    tracemalloc.start()
    try:
        with pytest.raises(StatusListError, match="list_too_large"):
            status_list.decode(encoded, multibase=multibase)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (gzip.compress(GOOD) * 2, "invalid_encoding"),
        (gzip.compress(GOOD) + b"\0", "invalid_encoding"),
        (gzip.compress(GOOD)[:-1], "invalid_encoding"),
        (gzip.compress(GOOD)[:-8] + bytes(8), "invalid_encoding"),
        (zlib.compress(GOOD), "invalid_encoding"),
        (gzip.compress(GOOD[:-1]), "list_too_short"),
        (gzip.compress(b""), "list_too_short"),
        (gzip.compress(bytes((2 << 20) + 1)), "list_too_large"),
        (b"", "invalid_encoding"),
    ],
)
def test_one_member_and_nothing_after_it(raw, code):
    with pytest.raises(StatusListError, match=code):
        status_list.decode(written(raw))
    assert status_list.decode(written(gzip.compress(GOOD))) == GOOD
    assert len(status_list.decode(written(gzip.compress(bytes(2 << 20))))) == 2 << 20
