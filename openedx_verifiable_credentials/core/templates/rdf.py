"""
The hash of a document's canonical N-Quads, for suites that canonicalise RDF.

The order of statements, and the labels in them, are one of a few *plans*: which one follows from the places that IRIs
and hashes of blank nodes take. A plan is made when it is met for the first time, by sorting; then it is bytes with
holes.
"""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any
from typing import Final

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.templates import holes
from openedx_verifiable_credentials.core.templates import places
from openedx_verifiable_credentials.core.templates import quads
from openedx_verifiable_credentials.core.templates.blank_nodes import BlankNodes
from openedx_verifiable_credentials.core.templates.holes import Part
from openedx_verifiable_credentials.core.templates.places import Places
from openedx_verifiable_credentials.core.templates.slots import Marked
from openedx_verifiable_credentials.core.templates.slots import Slot
from openedx_verifiable_credentials.core.templates.slots import SlotKind
from openedx_verifiable_credentials.core.templates.slots import mark_apart
from openedx_verifiable_credentials.core.templates.slots import not_templatable
from openedx_verifiable_credentials.core.templates.subjects import Subjects
from openedx_verifiable_credentials.data import JsonObject

# Each keeps the end of a document. Shapes with more orders than these sort what has no plan.
MAX_PLANS: Final = 256


def compile_rdf(document: JsonObject, slots: Sequence[Slot], marked: Marked) -> RdfHash:
    """
    The hash of all documents that differ from ``document`` in ``slots`` only.

    Raises what canonicalising raises; CompositionError ``not_templatable``.
    """
    statements = read_statements(document, slots, marked)
    if any(statement.graph is not None for statement in statements):
        raise not_templatable("The document makes more than one graph.")
    marks = [text.encode("utf-8") for text in marked.marks]
    return RdfHash(statements, Subjects(statements, marked.schemes), BlankNodes(statements, marks))


def read_statements(document: JsonObject, slots: Sequence[Slot], marked: Marked) -> list[quads.Quad]:
    """
    What ``marked`` says, which is ``document`` with marks in ``slots``, or that with its proof.

    Raises what canonicalising raises; CompositionError ``not_templatable`` where the canonicalisers differ, or a slot
    could say something else in another document.
    """
    _require_no_terms(document.get("@context"), marked.schemes)
    n_quads = canonicalize(marked.document)
    if n_quads != canonicalize_independently(marked.document):
        raise not_templatable("Two canonicalisers do not agree about the document.")
    statements = quads.read(n_quads, slots, marked.marks)
    _require_every_path(document, slots, statements)
    return statements


def _require_every_path(document: JsonObject, slots: Sequence[Slot], statements: Sequence[quads.Quad]) -> None:
    """
    A slot that is seen may still have a path at which JSON-LD sees nothing. A literal is one statement at each path;
    an IRI may be any number of them, so that a document is looked at in which each path has an IRI of its own.
    """
    seen = Counter(statement.object.hole for statement in statements)
    found = [seen[number] == len(slot.paths) for number, slot in enumerate(slots) if slot.kind is not SlotKind.IRI]
    of_iris = [slot for slot in slots if slot.kind is SlotKind.IRI and len(slot.paths) > 1]
    if of_iris:
        apart = mark_apart(document, of_iris)
        n_quads = canonicalize(apart.document)
        found += [text in n_quads for text in apart.marks]
    if not all(found):
        raise not_templatable("A slot says nothing in JSON-LD at one of its paths.")


def _require_no_terms(context: Any, schemes: Sequence[str]) -> None:
    """An IRI may be a term, too, of which a context says that it means nothing (JSON-LD API §5.2.2)."""
    own = tuple(filter(None, schemes))
    if any(term.startswith(own) for term in _terms(context)):
        raise not_templatable("A context of the document defines IRIs of a slot as terms.")


def _terms(context: Any) -> Iterator[str]:
    """Every member of a context and of those inside it: its terms, and some words more."""
    if isinstance(context, str):
        yield from _pinned_terms(context)
    for inner in context if isinstance(context, list) else ():
        yield from _terms(inner)
    for name, definition in context.items() if isinstance(context, dict) else ():
        yield name
        if name == "@context" or isinstance(definition, dict):
            yield from _terms(definition)


@functools.cache
def _pinned_terms(url: str) -> frozenset[str]:
    """Those of a pinned context that an IRI could be. Raises CompositionError ``unknown_context``."""
    return frozenset(term for term in _terms(contexts.get_context(url)["@context"]) if ":" in term)


class RdfHash:
    """SHA-256 of canonical N-Quads (RDFC-1.0 §4.4) by the values of the slots, escaped as inside a literal."""

    def __init__(self, statements: Sequence[quads.Quad], subjects: Subjects, nodes: BlankNodes):
        self._lines = [statement.parts for statement in statements]
        self._write = holes.filler(*holes.merge(part for line in self._lines for part in line))
        self._subjects = subjects
        self._nodes = nodes
        self._plans: dict[tuple[Places, Places], holes.Fill] = {}
        # Plans are made of the same pieces for the most part.
        self._pieces: dict[bytes, bytes] = {}

    def digest(self, values: list[bytes]) -> bytes:
        """32 bytes. Raises CompositionError ``not_templatable`` where two things of the document are the same."""
        key = (self._subjects.places(values), self._nodes.places(values))
        plan = self._plans.get(key)
        if plan is not None:
            return plan(values)
        return self._first_time(key, values)

    def _first_time(self, key: tuple[Places, Places], values: list[bytes]) -> bytes:
        of_subjects, of_nodes = key
        places.require_distinct(of_subjects)
        labels = self._nodes.labels(of_nodes)
        # A literal holds its line feeds escaped.
        lines = self._write(values + labels).split(b"\n")[:-1]
        order = sorted(range(len(lines)), key=lines.__getitem__)
        if len(self._plans) < MAX_PLANS:
            self._plans[key] = self._plan(order, len(values), labels)
        return hashlib.sha256(b"".join(lines[number] + b"\n" for number in order)).digest()

    def _plan(self, order: list[int], slots: int, labels: list[bytes]) -> holes.Fill:
        def labelled(part: Part) -> Part:
            return labels[part - slots] if isinstance(part, int) and part >= slots else part

        (first, *pieces), numbers = holes.merge(labelled(part) for number in order for part in self._lines[number])
        # The first piece is hashed, not kept.
        return holes.hasher([first, *(self._pieces.setdefault(piece, piece) for piece in pieces)], numbers)
