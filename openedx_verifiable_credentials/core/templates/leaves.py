"""
SHA-256 of the canonical N-Quads of a document with the proof that it was signed with: what an anchor behind that proof
covers.

A proof is a graph of its own under a blank node. Both of its nodes are others in every document, so that nodes come in
too many orders to keep a plan for each, as :mod:`.rdf` does. Here each node's lines are written as one block, and the
blocks are put in the order of their labels.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence
from typing import Final
from typing import NamedTuple

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring import Cover
from openedx_verifiable_credentials.core.templates import holes
from openedx_verifiable_credentials.core.templates import places
from openedx_verifiable_credentials.core.templates import rdf
from openedx_verifiable_credentials.core.templates.blank_nodes import BlankNodes
from openedx_verifiable_credentials.core.templates.holes import Part
from openedx_verifiable_credentials.core.templates.places import Places
from openedx_verifiable_credentials.core.templates.proofs import Proofs
from openedx_verifiable_credentials.core.templates.quads import Quad
from openedx_verifiable_credentials.core.templates.quads import Term
from openedx_verifiable_credentials.core.templates.slots import CREATED
from openedx_verifiable_credentials.core.templates.slots import PROOF_VALUE
from openedx_verifiable_credentials.core.templates.slots import Marked
from openedx_verifiable_credentials.core.templates.slots import Slot
from openedx_verifiable_credentials.core.templates.slots import SlotKind
from openedx_verifiable_credentials.core.templates.slots import not_templatable
from openedx_verifiable_credentials.core.templates.subjects import Subjects
from openedx_verifiable_credentials.data import JsonObject

# Between blocks while they are in one text: no value holds it.
_BETWEEN: Final = b"\0"


class Pressed(NamedTuple):
    """
    A document that was signed by a template. ``written``: its values as :meth:`.Outline.write` takes them;
    ``canonical``: the same as they stand in canonical N-Quads; ``digest``: what the signature was made of, the hash of
    the canonical document without its proof.
    """

    written: list[bytes]
    canonical: list[bytes]
    digest: bytes


# 32 bytes; it raises CompositionError ``not_templatable`` where two things of the document are the same.
LeafOf = Callable[[Pressed], bytes]


def compile_leaves(
    suite: str, document: JsonObject, slots: Sequence[Slot], marked: Marked, covers: str, *, proofs: Proofs
) -> LeafOf:
    """
    The leaves of all documents that differ from ``document``, which is unsigned, in ``slots`` only; ``marked`` is the
    same with marks in them. ``covers``: a :class:`.Cover`.

    Raises what canonicalising raises; CompositionError ``not_templatable``; KeyError for a suite that is not ours.
    """
    if suite == v.EDDSA_JCS_2022:
        raise not_templatable("What this suite signs is no canonical N-Quads.")
    if Cover(covers) is Cover.DOCUMENT:
        return lambda pressed: pressed.digest
    digest = _compile(document, slots, marked, proofs).digest
    return lambda pressed: digest(pressed.canonical)


def _compile(document: JsonObject, slots: Sequence[Slot], marked: Marked, proofs: Proofs) -> SignedHash:
    proof = {**proofs.members(marked.created), PROOF_VALUE: marked.proof_value}
    marks = (*marked.marks, marked.created, marked.proof_value)
    signed = dataclasses.replace(
        marked, document={**marked.document, "proof": proof}, marks=marks, schemes=(*marked.schemes, "", "")
    )
    of_proof = [Slot(name, SlotKind.PLAIN, (("proof", name),)) for name in (CREATED, PROOF_VALUE)]
    statements = rdf.read_statements(document, [*slots, *of_proof], signed)
    _require_simple_graphs(statements)
    values = [text.encode("utf-8") for text in marks]
    return SignedHash(statements, Subjects(statements, signed.schemes), BlankNodes(statements, values))


def _require_simple_graphs(statements: Sequence[Quad]) -> None:
    """In them a subject says everything once, and elsewhere nothing: then graphs do not decide the order of lines."""
    graphs: defaultdict[Term, set[Term | None]] = defaultdict(set)
    for statement in statements:
        graphs[statement.subject].add(statement.graph)
    said = Counter((one.subject, one.predicate) for one in statements if one.graph is not None)
    if any(len(found) > 1 for found in graphs.values()) or any(count > 1 for count in said.values()):
        raise not_templatable("A proof says the same more than once.")


class SignedHash:
    """By the values of the slots, escaped as inside a literal, then the proof's moment and value."""

    def __init__(self, statements: Sequence[Quad], subjects: Subjects, nodes: BlankNodes):
        self._subjects = subjects
        self._nodes = nodes
        self._blocks = [nodes.number(one.subject) + 1 if one.subject.is_blank else 0 for one in statements]
        groups = _groups(statements)
        self._groups = [holes.picker([nodes.number(statements[at].object) for at in group]) for group in groups]
        self._lines = _lines(statements, groups, nodes.next_hole)
        self._write = holes.filler(*holes.merge(part for line in self._lines for part in line))
        self._layouts: dict[Places, holes.Fill] = {}

    def digest(self, values: list[bytes]) -> bytes:
        """32 bytes. Raises CompositionError ``not_templatable`` where two things of the document are the same."""
        labels = self._nodes.labels(self._nodes.places(values))
        filled = values + labels
        for pick in self._groups:
            filled += sorted(pick(labels))
        key = self._subjects.places(values)
        layout = self._layouts.get(key) or self._first_time(key, filled)
        of_iris, *blocks = layout(filled).split(_BETWEEN)
        in_order = [block for _, block in sorted(zip(labels, blocks, strict=True))]
        return hashlib.sha256(of_iris + b"".join(in_order)).digest()

    def _first_time(self, key: Places, filled: list[bytes]) -> holes.Fill:
        """The lines of IRIs in their order, then those of each blank node, by the nodes' numbers."""
        places.require_distinct(key)
        # A literal holds its line feeds escaped.
        lines = self._write(filled).split(b"\n")[:-1]
        blocks: list[list[Part]] = [[] for _ in range(self._nodes.count + 1)]
        for number in sorted(range(len(lines)), key=lines.__getitem__):
            blocks[self._blocks[number]] += self._lines[number]
        parts = [part for block in blocks for part in (*block, _BETWEEN)][:-1]
        layout = holes.filler(*holes.merge(parts))
        if len(self._layouts) < rdf.MAX_PLANS:
            self._layouts[key] = layout
        return layout


def _groups(statements: Sequence[Quad]) -> list[list[int]]:
    """Where one subject says the same of several blank nodes: the numbers of these statements."""
    said: defaultdict[tuple[Term, str], list[int]] = defaultdict(list)
    for number, statement in enumerate(statements):
        if statement.object.is_blank:
            said[statement.subject, statement.predicate].append(number)
    return [group for group in said.values() if len(group) > 1]


def _lines(statements: Sequence[Quad], groups: Sequence[Sequence[int]], next_hole: int) -> list[list[Part]]:
    """
    In a group's lines are holes of their own, for its labels as they sort: the order of lines is always the same, while
    it differs which node stands where. Whatever else a subject says with a predicate sorts before blank nodes.
    """
    lines = [statement.parts for statement in statements]
    for hole, number in enumerate(itertools.chain(*groups), start=next_hole):
        named = dataclasses.replace(statements[number].object, parts=(b"_:", hole))
        lines[number] = dataclasses.replace(statements[number], object=named).parts
    return lines
