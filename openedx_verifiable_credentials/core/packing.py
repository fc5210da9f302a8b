"""
How a document is packed before it is sealed. The first byte tells: ``{`` begins JSON as it is; 1: JSON, deflated (RFC
1950); 2: the values of a shape's slots (:class:`..templates.Outline`), with 0x1F between them, which JSON never holds
unescaped.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from openedx_verifiable_credentials.exceptions import CompositionError

_JSON, _DEFLATED, _VALUES = 0x7B, 1, 2
_BETWEEN = b"\x1f"
_LEVEL = 6
_MAX_BYTES = 4 * 1024 * 1024


def pack_document(raw: bytes) -> bytes:
    """A whole document."""
    return bytes([_DEFLATED]) + zlib.compress(raw, _LEVEL)


def pack_values(values: Sequence[bytes]) -> bytes:
    """What is individual in a document; the rest is its shape's."""
    return bytes([_VALUES]) + _BETWEEN.join(values)


def unpack(packed: bytes) -> bytes | list[bytes]:
    """
    The document, or the values of its slots. Raises CompositionError ``not_a_document``: nothing that was packed here.
    """
    kind = packed[0] if packed else -1
    if kind == _JSON:
        return packed
    if kind == _VALUES:
        return packed[1:].split(_BETWEEN)
    if kind == _DEFLATED:
        return _inflate(packed[1:])
    raise CompositionError("not_a_document", "These bytes are no document that was packed.")


def _inflate(raw: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        document = unpacker.decompress(raw, _MAX_BYTES)
    except zlib.error:
        document = b""
    if not document or not unpacker.eof or unpacker.unused_data:
        raise CompositionError("not_a_document", "These bytes are no document that was packed.")
    return document
