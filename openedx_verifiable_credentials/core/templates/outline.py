"""The signed JSON of a shape without what differs, and how a value is written into it."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.templates import holes
from openedx_verifiable_credentials.core.templates.slots import CREATED
from openedx_verifiable_credentials.core.templates.slots import PROOF_VALUE
from openedx_verifiable_credentials.exceptions import CompositionError

_VERSION = 1


def escape(value: str) -> bytes:
    """``value`` as the content of a JSON string, as :func:`..json_text.write` writes it, in UTF-8."""
    return json_text.write(value)[1:-1]


@dataclasses.dataclass(frozen=True)
class Outline:
    """
    ``pieces[0] + values[order[0]] + pieces[1] + …`` is a signed document. ``slots`` are the names of the values, in
    their order, ``created`` and ``proofValue`` last. Nothing in it belongs to one learner.
    """

    pieces: tuple[bytes, ...]
    order: tuple[int, ...]
    slots: tuple[str, ...]

    @functools.cached_property
    def _fill(self) -> holes.Fill:
        return holes.filler(self.pieces, self.order)

    def write(self, values: Sequence[bytes]) -> bytes:
        """
        The signed document with ``values``, each escaped (:func:`escape`), in the order of ``slots``.

        Raises ValueError for a number of values that is not the number of slots.
        """
        if len(values) != len(self.slots):
            raise ValueError("There must be one value for each slot.")
        return self._fill(values)

    def dump(self) -> bytes:
        """All of it as bytes: the same for equal outlines, another for every other one."""
        pieces = [piece.decode("utf-8") for piece in self.pieces]
        members = [_VERSION, list(self.slots), list(self.order), pieces]
        return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    @classmethod
    def load(cls, raw: bytes) -> Outline:
        """What :meth:`dump` wrote. Raises CompositionError ``malformed_outline``."""
        try:
            raw = bytes(raw)
            version, slots, order, pieces = json.loads(raw)
            outline = cls(tuple(piece.encode("utf-8") for piece in pieces), tuple(order), tuple(slots))
            good = version == _VERSION and _is_whole(outline) and outline.dump() == raw
        except (AttributeError, TypeError, ValueError, RecursionError):
            good = False
        if not good:
            raise CompositionError("malformed_outline", "The outline of a stored document is damaged.")
        return outline


def _is_whole(outline: Outline) -> bool:
    """Every slot has its place, every place its slot, and a document is written with one proof."""
    slots: tuple[Any, ...] = outline.slots
    return (
        len(outline.pieces) == len(outline.order) + 1
        and all(type(number) is int for number in outline.order)
        and set(outline.order) == set(range(len(slots)))
        and all(isinstance(name, str) for name in slots)
        and len(set(slots)) == len(slots)
        and slots[-2:] == (CREATED, PROOF_VALUE)
    )
