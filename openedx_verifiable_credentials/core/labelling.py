"""
RDF Dataset Canonicalization (RDFC-1.0) of a dataset in canonical N-Quads, with a limit on its work.

A blank node is labelled at once where the quads around it are like those of no other. The others are compared by way of
their neighbours, in every order of neighbours that are alike: exponential time for a graph made for it ("dataset
poisoning", RDFC-1.0 §7.1). Libraries give no say in that, so the algorithm stands here, counts its steps and gives up.

A neighbour that is met in several quads is listed as often, as the implementations behind today's signatures do; orders
that differ in nothing are tried once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from openedx_verifiable_credentials.exceptions import DocumentError

MAX_BLANK_NODES: Final = 500
MAX_STEPS: Final = 4_000

# Blank node, IRI, or literal with datatype or language.
_TERM = re.compile(r'_:[A-Za-z0-9]+|<[^>]*>|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9\-]+)?')
_POSITIONS: Final = ((0, "s"), (2, "o"), (3, "g"))

# Subject, predicate, object and, where there is one, graph, each as N-Quads writes it.
Quad = list[str]
# Labels in the order in which they were issued.
Issued = dict[str, str]


def canonical_quads(n_quads: str) -> str:
    """
    ``n_quads``, any labels and any order, in the canonical form (RDFC-1.0 §4.4): LF after each, by code points.

    Raises DocumentError: ``too_large``, ``too_many_alike``.
    """
    # A dataset is a set: what was said in two ways that are one in RDF counts once.
    quads = [_TERM.findall(line) for line in dict.fromkeys(n_quads.split("\n")) if line]
    issued = _Labelling(quads).labels() if "_:" in n_quads else {}
    return "".join(sorted(_line([issued.get(term, term) for term in quad]) for quad in quads))


def _line(quad: Quad) -> str:
    return " ".join(quad) + " .\n"


def _is_blank(term: str) -> bool:
    return term.startswith("_:")


@dataclasses.dataclass
class _Compared:
    """What Hash N-Degree Quads found: its hash, and the labels it issued on the way."""

    hash: str
    issued: Issued


class _Labelling:
    def __init__(self, quads: list[Quad]):
        self._quads: dict[str, list[Quad]] = defaultdict(list)
        for quad in quads:
            for label in {quad[place] for place, _ in _POSITIONS if place < len(quad) and _is_blank(quad[place])}:
                self._quads[label].append(quad)
        if len(self._quads) > MAX_BLANK_NODES:
            raise DocumentError("too_large", f"The document has more than {MAX_BLANK_NODES} unnamed objects.")
        self._looks = {label: self._first_degree(label) for label in self._quads}
        self._canonical: Issued = {}
        self._steps = 0

    def labels(self) -> Issued:
        """The canonical label of each blank node (§4.4.3)."""
        alike = defaultdict(list)
        for label, look in self._looks.items():
            alike[look].append(label)
        for _, labels in sorted(alike.items()):
            if len(labels) == 1:
                _issue(self._canonical, labels[0], "_:c14n")
        for _, labels in sorted(alike.items()):
            if len(labels) > 1:
                self._label_alike(labels)
        return self._canonical

    def _label_alike(self, labels: list[str]) -> None:
        found = []
        for label in labels:
            if label not in self._canonical:
                issued: Issued = {}
                _issue(issued, label, "_:b")
                found.append(self._n_degree(label, issued))
        for compared in sorted(found, key=lambda one: one.hash):
            for label in compared.issued:
                _issue(self._canonical, label, "_:c14n")

    def _first_degree(self, label: str) -> str:
        """§4.6.3: the quads of the node, itself as ``_:a``, every other node as ``_:z``."""

        def rename(place: int, term: str) -> str:
            return term if place == 1 or not _is_blank(term) else "_:a" if term == label else "_:z"

        lines = [_line([rename(place, term) for place, term in enumerate(quad)]) for quad in self._quads[label]]
        return _sha256("".join(sorted(lines)))

    def _related(self, label: str, issued: Issued) -> dict[str, list[str]]:
        """The neighbours of ``label``, by the hash of how each stands to it (§4.7.3, §4.8.3 step 3)."""
        found = defaultdict(list)
        for quad in self._quads[label]:
            for place, position in _POSITIONS:
                if place < len(quad) and _is_blank(quad[place]) and quad[place] != label:
                    other = quad[place]
                    name = self._canonical.get(other) or issued.get(other) or self._looks[other]
                    found[_sha256(position + (quad[1] if position != "g" else "") + name)].append(other)
        return found

    def _n_degree(self, label: str, issued: Issued) -> _Compared:
        """§4.8.3."""
        data = []
        for related_hash, others in sorted(self._related(label, issued).items()):
            best_path, best_issued = "", issued
            for order in _orders(others):
                self._count_a_step()
                path, so_far = self._walk(order, issued, best_path)
                if path and (not best_path or path < best_path):
                    best_path, best_issued = path, so_far
            data += [related_hash, best_path]
            issued = best_issued
        return _Compared(_sha256("".join(data)), issued)

    def _walk(self, order: list[str], issued: Issued, best_path: str) -> tuple[str, Issued]:
        """One order of neighbours, to its end or until it is worse than the best: its path (else "") and labels."""
        issued, path, onward = dict(issued), "", []
        for other in order:
            if other in self._canonical:
                path += self._canonical[other]
            else:
                if other not in issued:
                    onward.append(other)
                path += _issue(issued, other, "_:b")
            if _is_worse(path, best_path):
                return "", issued
        for other in onward:
            compared = self._n_degree(other, issued)
            path += _issue(issued, other, "_:b") + f"<{compared.hash}>"
            issued = compared.issued
            if _is_worse(path, best_path):
                return "", issued
        return path, issued

    def _count_a_step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise DocumentError("too_many_alike", "Too many unnamed objects of the document cannot be told apart.")


def _is_worse(path: str, best: str) -> bool:
    return bool(best) and len(path) >= len(best) and path > best


def _issue(issued: Issued, label: str, prefix: str) -> str:
    """§4.5."""
    return issued.setdefault(label, f"{prefix}{len(issued)}")


def _orders(labels: list[str]) -> Iterator[list[str]]:
    """Every order of ``labels`` once, however often one of them is listed."""
    order = sorted(labels)
    while True:
        yield order
        falling = next((at for at in range(len(order) - 2, -1, -1) if order[at] < order[at + 1]), None)
        if falling is None:
            return
        order = list(order)
        larger = next(at for at in range(len(order) - 1, falling, -1) if order[at] > order[falling])
        order[falling], order[larger] = order[larger], order[falling]
        order[falling + 1 :] = reversed(order[falling + 1 :])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
