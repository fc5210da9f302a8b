"""Canonical N-Quads of a marked document → quads with holes for what its slots and labels will be."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Callable
from collections.abc import Sequence
from typing import Final

from openedx_verifiable_credentials.core.templates.holes import Part
from openedx_verifiable_credentials.core.templates.slots import Slot
from openedx_verifiable_credentials.core.templates.slots import SlotKind
from openedx_verifiable_credentials.core.templates.slots import not_templatable

# Blank node, IRI, or literal with datatype or language.
_TERM = re.compile(r'_:c14n[0-9]+|<[^>]*>|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9\-]+)?')
_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


class TermKind(enum.IntEnum):
    """In the order in which N-Quads of one subject and predicate sort: by ``"``, ``<`` and ``_``."""

    LITERAL = 0
    IRI = 1
    BLANK = 2


@dataclasses.dataclass(frozen=True)
class Term:
    """
    A term and its text with marks. ``hole``: the number of the slot in it; of a blank node, the number of its label,
    which comes after all slots; else None.
    """

    kind: TermKind
    text: str
    hole: int | None
    parts: tuple[Part, ...]

    @property
    def is_blank(self) -> bool:
        """Whether it is a blank node."""
        return self.kind is TermKind.BLANK

    @property
    def has_slot(self) -> bool:
        """Whether it differs between documents, labels left aside."""
        return self.hole is not None and not self.is_blank


@dataclasses.dataclass(frozen=True)
class Quad:
    """
    A statement. ``graph``: the unnamed one that it is in, as what a proof says; None for the default graph, the only
    one that a credential without its proof makes.
    """

    subject: Term
    predicate: str
    object: Term
    graph: Term | None

    @property
    def terms(self) -> tuple[Term, ...]:
        """What a blank node can be."""
        return (self.subject, self.object) if self.graph is None else (self.subject, self.object, self.graph)

    @property
    def parts(self) -> list[Part]:
        """The line that it is, with its line feed."""
        return self.written(lambda term: term.parts)

    def written(self, parts_of: Callable[[Term], tuple[Part, ...]]) -> list[Part]:
        """The line with its terms as ``parts_of`` says."""
        subject, *others = map(parts_of, self.terms)
        return [*subject, f" {self.predicate}".encode(), *(part for term in others for part in (b" ", *term)), b" .\n"]


def read(n_quads: str, slots: Sequence[Slot], marks: Sequence[str]) -> list[Quad]:
    """
    The statements of ``n_quads``, in their order. Blank node n has the hole number ``len(slots) + n``.

    Raises CompositionError ``not_templatable``: a slot that says nothing, or stands elsewhere than as a whole literal
    or, an IRI slot, as a whole IRI; that makes a type; graphs with names.
    """
    reader = _Reader(slots, marks)
    quads = [reader.quad(line) for line in n_quads.split("\n") if line]
    seen = {term.hole for quad in quads for term in quad.terms}
    for number, slot in enumerate(slots):
        if number not in seen:
            raise not_templatable(f"The slot {slot.name} says nothing in JSON-LD.")
    return quads


class _Reader:
    def __init__(self, slots: Sequence[Slot], marks: Sequence[str]):
        self._slots = slots
        self._iris = {f"<{mark}>": number for number, mark in enumerate(marks)}
        self._literals = {f'"{mark}"': number for number, mark in enumerate(marks)}
        self._marks = marks

    def quad(self, line: str) -> Quad:
        terms = _TERM.findall(line)
        if len(terms) not in (3, 4) or " ".join(terms) + " ." != line or not all(map(_is_blank, terms[3:])):
            raise not_templatable("The document makes a graph that has a name.")
        subject, predicate, other, *graph = terms
        self._require_no_mark(predicate)
        quad = Quad(self._term(subject), predicate, self._term(other), self._term(graph[0]) if graph else None)
        if predicate == _TYPE and quad.object.has_slot:
            raise not_templatable("A slot makes a type.")
        return quad

    def _term(self, text: str) -> Term:
        if _is_blank(text):
            number = len(self._slots) + int(text.removeprefix("_:c14n"))
            return Term(TermKind.BLANK, text, number, (b"_:", number))
        if text.startswith("<"):
            return self._iri(text)
        content, rest = _content(text)
        self._require_no_mark(rest)
        number_of = self._literals.get(content)
        if number_of is not None:
            return Term(TermKind.LITERAL, text, number_of, (b'"', number_of, f'"{rest}'.encode()))
        return self._static(TermKind.LITERAL, text)

    def _iri(self, text: str) -> Term:
        number = self._iris.get(text)
        if number is None:
            return self._static(TermKind.IRI, text)
        if self._slots[number].kind is not SlotKind.IRI:
            raise not_templatable(f"The slot {self._slots[number].name} makes an IRI.")
        return Term(TermKind.IRI, text, number, (b"<", number, b">"))

    def _static(self, kind: TermKind, text: str) -> Term:
        self._require_no_mark(text)
        return Term(kind, text, None, (text.encode("utf-8"),))

    def _require_no_mark(self, text: str) -> None:
        """A mark that is only a part, as in a compact IRI, says that its value would be changed or come elsewhere."""
        if any(mark in text for mark in self._marks):
            raise not_templatable("A slot is a part of something else.")


def _is_blank(text: str) -> bool:
    return text.startswith("_:")


def _content(literal: str) -> tuple[str, str]:
    """The literal in its quotation marks, and its datatype or language."""
    end = literal.rindex('"') + 1
    return literal[:end], literal[end:]
