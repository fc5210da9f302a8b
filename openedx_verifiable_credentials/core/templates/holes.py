"""
Bytes with holes: pieces that are always the same, and between them values by their number.

Filling happens once per credential, so what is made here once are functions without a Python loop inside.
"""

from __future__ import annotations

import hashlib
import operator
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

# A piece, or the number of the value that stands there.
Part = bytes | int
Fill = Callable[[Sequence[bytes]], bytes]


def split(text: str, marks: Sequence[str]) -> list[Part]:
    """``text`` in UTF-8, with the number of each of ``marks`` in its place."""
    numbers = {mark: number for number, mark in enumerate(marks)}
    if not marks:
        return [text.encode("utf-8")]
    found = re.split("(" + "|".join(map(re.escape, marks)) + ")", text)
    return [numbers[part] if at % 2 else part.encode("utf-8") for at, part in enumerate(found)]


def merge(parts: Iterable[Part]) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Pieces and the numbers between them: one piece more than numbers, some of them empty."""
    pieces: list[list[bytes]] = [[]]
    order: list[int] = []
    for part in parts:
        if isinstance(part, int):
            order.append(part)
            pieces.append([])
        else:
            pieces[-1].append(part)
    return tuple(b"".join(piece) for piece in pieces), tuple(order)


def filler(pieces: Sequence[bytes], order: Sequence[int]) -> Fill:
    """``pieces[0] + values[order[0]] + pieces[1] + …`` as a function of the values."""
    pick, parts = picker(order), _interleaved(pieces)

    def fill(values: Sequence[bytes]) -> bytes:
        written = parts.copy()
        written[1::2] = pick(values)
        return b"".join(written)

    return fill


def hasher(pieces: Sequence[bytes], order: Sequence[int]) -> Fill:
    """SHA-256 of what :func:`filler` gives. What stands before the first hole is hashed now, once."""
    pick, parts = picker(order), _interleaved(pieces)[1:]
    start = hashlib.sha256(pieces[0])

    def fill(values: Sequence[bytes]) -> bytes:
        written = parts.copy()
        written[::2] = pick(values)
        state = start.copy()
        state.update(b"".join(written))
        return state.digest()

    return fill


def picker(order: Sequence[int]) -> Callable[[Sequence[bytes]], tuple[bytes, ...]]:
    """Always a tuple, which itemgetter gives for two and more only."""
    if len(order) > 1:
        return operator.itemgetter(*order)
    return lambda values: tuple(values[number] for number in order)


def _interleaved(pieces: Sequence[bytes]) -> list[bytes]:
    """The pieces, and room for a value between each two."""
    parts = [b""] * (2 * len(pieces) - 1)
    parts[::2] = pieces
    return parts
