"""
The order of IRIs that differ: as subjects they decide the order of blocks, as one of several objects that of lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from openedx_verifiable_credentials.core.templates import places
from openedx_verifiable_credentials.core.templates.places import Places
from openedx_verifiable_credentials.core.templates.quads import Quad
from openedx_verifiable_credentials.core.templates.quads import Term
from openedx_verifiable_credentials.core.templates.quads import TermKind
from openedx_verifiable_credentials.core.templates.slots import not_templatable


class Subjects:
    """
    Canonical N-Quads are sorted by code points, each a subject, a space, a predicate, a space, an object and `` .``.
    No term but a literal holds a space, so no subject with its space is the beginning of another one with its own: the
    first difference of two lines with different subjects lies in them, and with one subject, in the same way, in the
    predicates. Hence the order of all lines is known from that of the subjects and, where a subject has a predicate
    several times, that of the objects. It depends on slots only where these are IRIs, and they can only change places
    with IRIs of the same scheme. An IRI ends with ``>``, which is compared, too: it sorts after ``#``.
    """

    def __init__(self, quads: Sequence[Quad], schemes: Sequence[str]):
        compared = _compared(quads)
        holes = {term.hole for term in compared if term.hole is not None}
        self._holes = sorted(holes)
        own = tuple(f"<{schemes[hole]}" for hole in self._holes)
        known = {term.text for term in compared if term.hole is None and term.text.startswith(own)}
        self._among = places.among([text[1:].encode("utf-8") for text in known])

    def places(self, values: Sequence[bytes]) -> Places:
        """
        The places of all IRIs whose order counts, among themselves and the fixed ones.

        Raises CompositionError ``not_templatable`` where one is a fixed one: then two things of the document are one.
        """
        return self._among([values[hole] + b">" for hole in self._holes])


def _compared(quads: Sequence[Quad]) -> set[Term]:
    """The IRIs whose order counts: all subjects, and where one of several objects differs, these objects."""
    groups = defaultdict(list)
    for quad in quads:
        groups[quad.subject, quad.predicate].append(quad.object)
    found = {quad.subject for quad in quads}
    for objects in groups.values():
        if len(objects) > 1 and any(term.has_slot for term in objects):
            if any(term.has_slot and term.kind is TermKind.LITERAL for term in objects):
                raise not_templatable("One of several texts of the same member differs.")
            found.update(objects)
    return {term for term in found if term.kind is TermKind.IRI}
