"""
Labels of blank nodes (RDFC-1.0 §4.4.3) without a search: where the quads around each node are like those of no other,
its label is the place of their hash among all hashes. Where two are alike, no template is made, or filled.

The hash of a node that no slot is near is computed once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from openedx_verifiable_credentials.core.templates import holes
from openedx_verifiable_credentials.core.templates import places
from openedx_verifiable_credentials.core.templates.holes import Part
from openedx_verifiable_credentials.core.templates.places import Places
from openedx_verifiable_credentials.core.templates.quads import Quad
from openedx_verifiable_credentials.core.templates.quads import Term
from openedx_verifiable_credentials.core.templates.slots import not_templatable


class BlankNodes:
    """
    The blank nodes of ``quads``, ``count`` of them; ``marks`` are the values for which the quads were sorted and
    labelled.
    """

    def __init__(self, quads: Sequence[Quad], marks: Sequence[bytes]):
        terms = {term.hole: term for quad in quads for term in quad.terms if term.is_blank}
        self._first_hole, self.count = len(marks), len(terms)
        self._fixed: list[tuple[bytes, int]] = []
        self._varying: list[tuple[holes.Fill, int]] = []
        for number, (_, term) in enumerate(sorted((hole, term) for hole, term in terms.items() if hole is not None)):
            pieces, order = holes.merge(_first_degree(quads, term))
            if order:
                self._varying.append((holes.filler(pieces, order), number))
            else:
                self._fixed.append((_sha256(pieces[0]), number))
        self._fixed.sort()
        self._fills = [fill for fill, _ in self._varying]
        hashes = [digest for digest, _ in self._fixed]
        places.require_distinct(tuple(map(hashes.index, hashes)))
        self._among = places.among(hashes)
        places.require_distinct(self.places(marks))

    @property
    def next_hole(self) -> int:
        """The number of holes that slots and labels have."""
        return self._first_hole + self.count

    def number(self, node: Term) -> int:
        """The place of ``node``'s label in :meth:`labels`."""
        assert node.hole is not None
        return node.hole - self._first_hole

    def places(self, values: Sequence[bytes]) -> Places:
        """
        The labels' numbers of the nodes with slots near them; they decide all the others.

        Raises CompositionError ``not_templatable`` where a node is like one without slots.
        """
        return self._among([_sha256(fill(values)) for fill in self._fills])

    def labels(self, taken: Places) -> list[bytes]:
        """The label of every node without ``_:``, by its number among the marks. Raises as :meth:`places` does."""
        places.require_distinct(taken)
        labels = [b""] * self.count
        for (_, number), place in zip(self._varying, taken, strict=True):
            labels[number] = b"c14n%d" % place
        rest = iter(sorted(set(range(self.count)) - set(taken)))
        for (_, number), place in zip(self._fixed, rest, strict=True):
            labels[number] = b"c14n%d" % place
        return labels


def _first_degree(quads: Sequence[Quad], node: Term) -> list[Part]:
    """
    What Hash First Degree Quads hashes (§4.6.3): the quads of ``node``, itself as ``_:a``, every other node as ``_:z``.
    """
    lines = [quad.written(lambda term: _renamed(term, node)) for quad in quads if node in quad.terms]
    lines.sort(key=_fixed_start)
    for line, following in zip(lines, lines[1:], strict=False):
        has_slot = any(isinstance(part, int) for part in (*line, *following))
        if has_slot and _fixed_start(following).startswith(_fixed_start(line)):
            raise not_templatable("The order of what is said about an unnamed object differs.")
    return [part for line in lines for part in line]


def _fixed_start(line: list[Part]) -> bytes:
    """
    What stands before the first slot. Where none of these starts with another one, their order is that of the lines.
    """
    return holes.merge(line)[0][0]


def _renamed(term: Term, node: Term) -> tuple[Part, ...]:
    if not term.is_blank:
        return term.parts
    return (b"_:a",) if term == node else (b"_:z",)


def _sha256(text: bytes) -> bytes:
    # Digests sort as their hexadecimal form does.
    return hashlib.sha256(text).digest()
