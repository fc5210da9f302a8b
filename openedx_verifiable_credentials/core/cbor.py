"""
As much of CBOR (RFC 8949) as Merkle proofs use: integers, strings, arrays, in deterministic encoding (§4.2.1).

Ours, not a library's: libraries read more than one spelling of a value, and tags and types that a proof has no use for.
Tests hold both directions to one.
"""

from __future__ import annotations

from openedx_verifiable_credentials.exceptions import DocumentError

Item = int | bytes | str | list["Item"]
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY = range(5)
# By what the initial byte says: how many bytes the argument has, and the least number that needs as many.
_ARGUMENTS = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
_MAX_DEPTH = 8
_MAX_ITEMS = 1_024


def encode(item: Item) -> bytes:
    """``item``, with every number and length in the shortest form. Raises OverflowError for numbers beyond 64 bits."""
    if isinstance(item, bytes):
        return _head(_BYTES, len(item)) + item
    if isinstance(item, int):
        return _head(_UNSIGNED, item) if item >= 0 else _head(_NEGATIVE, -1 - item)
    if isinstance(item, str):
        text = item.encode("utf-8")
        return _head(_TEXT, len(text)) + text
    return _head(_ARRAY, len(item)) + b"".join(map(encode, item))


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes((major << 5 | argument,))
    for additional, (length, _) in _ARGUMENTS.items():
        if argument < 1 << 8 * length:
            return bytes((major << 5 | additional,)) + argument.to_bytes(length, "big")
    raise OverflowError("CBOR has no integers of more than 64 bits.")


def decode(raw: bytes) -> Item:
    """
    The one item in ``raw``. A number or a length is written in the shortest form, and nothing follows the item.

    Raises DocumentError ``malformed_proof``.
    """
    reader = _Reader(raw)
    item = reader.item(0)
    if reader.position != len(raw):
        raise _malformed()
    return item


class _Reader:
    def __init__(self, raw: bytes):
        self._raw = raw
        self._items = 0
        self.position = 0

    def item(self, depth: int) -> Item:
        self._items += 1
        if depth > _MAX_DEPTH or self._items > _MAX_ITEMS:
            raise _malformed()
        initial = self._take(1)[0]
        major, argument = initial >> 5, self._argument(initial & 31)
        if major == _UNSIGNED:
            return argument
        if major == _NEGATIVE:
            return -1 - argument
        if major == _BYTES:
            return self._take(argument)
        if major == _TEXT:
            return self._text(argument)
        if major == _ARRAY and argument <= _MAX_ITEMS:
            return [self.item(depth + 1) for _ in range(argument)]
        raise _malformed()

    def _argument(self, additional: int) -> int:
        if additional < 24:
            return additional
        length, least = _ARGUMENTS.get(additional, (0, 1))
        argument = int.from_bytes(self._take(length), "big")
        if argument < least:
            raise _malformed()
        return argument

    def _take(self, length: int) -> bytes:
        start, self.position = self.position, self.position + length
        if self.position > len(self._raw):
            raise _malformed()
        return self._raw[start : self.position]

    def _text(self, length: int) -> str:
        try:
            return self._take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise _malformed() from None


def _malformed() -> DocumentError:
    return DocumentError("malformed_proof", "The proof value is not CBOR of the expected form.")
