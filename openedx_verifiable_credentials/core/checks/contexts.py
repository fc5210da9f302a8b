"""
Which lists of JSON-LD contexts are accepted.

The signature covers what the contexts make of a document, not the list itself: a context more, or another order, can
leave the RDF as it is and change what a reader sees. So a list is accepted only where it begins with that of a data
model, names pinned contexts alone, each at most once, in the one order of ``contexts.json``, and none that the
document does not need.

``contexts.json`` is read by the verifier in the browser too. Each of its rows, in their order, is one place in a list:

``contexts``   one of these may stand here; the first row's must
``types``      … where one of these types stands in the credential (credentials inside it left out),
``proofs``     … or where one of its proofs is of one of these types,
``only_with``  … and only where the list begins with this one, because the other data model has its terms already

That of ``Ed25519Signature2020`` may stand with a ``MerkleProof2019`` alone, too: the anchored form of ``obv3-vc1`` has
the contexts that it was signed with. Three may stand where nothing needs them, and change nothing there: that of
bitstring status lists, with an ``OpenBadgeCredential`` under the data model 1.1 (the credential profile ``obv3-vc1``
lists it whether or not there is a status); that of the Open Badges extensions, three types, which stands in most
examples; and that of Data Integrity, whose terms the data model 2.0 has alike.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from collections.abc import Mapping
from importlib import resources
from typing import Any

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.checks.coverage import Path
from openedx_verifiable_credentials.core.checks.coverage import pointer
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

MAX_CONTEXTS = 10
# Where a credential stands inside another document, with contexts of its own.
_EMBEDDING = frozenset({"verifiableCredential", "endorsement"})


def require_accepted(document: JsonObject) -> None:
    """
    The contexts of ``document``, and of every credential in it, are a list that is accepted here.

    A proof may repeat the contexts of what it secures (Data Integrity §4.3); they stand nowhere else.

    Raises DocumentError, with the place as a JSON pointer: ``malformed`` (no list, or no data model's), and, which says
    nothing against the document, ``unknown_context`` and ``context_not_accepted``.
    """
    for node, path in _credentials(document, ()):
        _require_list(node, path)


def _credentials(node: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """``node`` and every credential with contexts of its own in it, outermost first."""
    yield node, path
    for inner, where in _embedded(node, path):
        yield from _credentials(inner, where)


def _embedded(node: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    for name, child, where in _children(node, path):
        if "@context" in child and name in _EMBEDDING:
            yield child, where
        elif "@context" in child and not (name == "proof" and child["@context"] == node.get("@context")):
            raise DocumentError(
                "context_not_accepted", "Contexts stand where none are accepted.", field=pointer((*where, "@context"))
            )
        else:
            yield from _embedded(child, where)


def _children(node: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Mapping[str, Any], Path]]:
    for name, value in node.items():
        if isinstance(value, Mapping) and name != "@context":
            yield name, value, (*path, name)
        elif isinstance(value, list) and name != "@context":
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield name, item, (*path, name, index)


def _require_list(node: Mapping[str, Any], path: Path) -> None:
    named = node.get("@context")
    where = pointer((*path, "@context"))
    first = named[0] if isinstance(named, list) and named else named
    if first not in _rows()[0]["contexts"]:
        raise DocumentError("malformed", "The contexts do not begin with those of a credential.", field=where)
    if not isinstance(named, list) or not all(isinstance(url, str) for url in named) or len(named) > MAX_CONTEXTS:
        raise DocumentError("context_not_accepted", "The contexts are not a list of addresses.", field=where)
    if any(url not in contexts.known_contexts() for url in named):
        raise DocumentError("unknown_context", "The document names a context that is not known here.", field=where)
    if not _accepted(named, _types(node), _proof_types(node) if "proof" in node else None):
        raise DocumentError("context_not_accepted", "The list of contexts is not accepted here.", field=where)


def _accepted(urls: list[str], types: frozenset[str], proofs: frozenset[str] | None) -> bool:
    """``proofs``: None where nothing is signed in the document, so that any context of a proof may stand ready."""
    remaining = urls[1:]
    for row in _rows()[1:]:
        needed = types.intersection(row.get("types", ()))
        needed |= frozenset(row.get("proofs", ())).intersection(row.get("proofs", ()) if proofs is None else proofs)
        if remaining and remaining[0] in row["contexts"] and needed and row.get("only_with", urls[0]) == urls[0]:
            remaining = remaining[1:]
    return not remaining


def _types(node: Mapping[str, Any]) -> frozenset[str]:
    found = _texts(node.get("type"))
    for name, child, _ in _children(node, ()):
        if name != "proof" and "@context" not in child:
            found |= _types(child)
    return found


def _proof_types(node: Mapping[str, Any]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for name, child, _ in _children(node, ()):
        if name == "proof":
            # What a ChainedProof2021 wraps needs its context as the wrapped proof alone would.
            found |= _texts(child.get("type")) | _texts(child.get("chainedProofType"))
    return found


def _texts(value: Any) -> frozenset[str]:
    values = value if isinstance(value, list) else [value]
    return frozenset(item for item in values if isinstance(item, str))


@functools.cache
def _rows() -> list[dict[str, Any]]:
    text = resources.files(__package__).joinpath("contexts.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows
