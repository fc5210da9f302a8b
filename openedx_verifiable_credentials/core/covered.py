"""
JSON-LD → RDF Dataset Canonicalization (RDFC-1.0) of documents from outside, so that a signature over the result
covers every member.

pyoxigraph reads the document with the pinned contexts in the place of their addresses, and with one more behind them
that gives a meaning to whatever has none: an undefined term or type, or a relative IRI, then stands in the RDF under a
name that says so, and is refused. Of a document without such terms the canonical form is the one that every other
canonicaliser computes. What JSON-LD drops before it gets that far, :mod:`.checks.coverage` refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from typing import Final

import pyoxigraph

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.checks.coverage import Path
from openedx_verifiable_credentials.core.checks.coverage import pointer
from openedx_verifiable_credentials.core.checks.coverage import require_covered
from openedx_verifiable_credentials.core.configurations import canonical_configuration
from openedx_verifiable_credentials.core.doubles import with_signed_digits
from openedx_verifiable_credentials.core.inlining import BASE
from openedx_verifiable_credentials.core.inlining import RELATIVE_SCHEME
from openedx_verifiable_credentials.core.inlining import UNDEFINED
from openedx_verifiable_credentials.core.inlining import ContextText
from openedx_verifiable_credentials.core.inlining import Urls
from openedx_verifiable_credentials.core.inlining import context_lists
from openedx_verifiable_credentials.core.inlining import inlined
from openedx_verifiable_credentials.core.inlining import whole_contexts
from openedx_verifiable_credentials.core.joint_scopes import has_joint_scopes
from openedx_verifiable_credentials.core.joint_scopes import quads_of
from openedx_verifiable_credentials.core.labelling import canonical_quads
from openedx_verifiable_credentials.core.small_contexts import Kind
from openedx_verifiable_credentials.core.small_contexts import kind_of
from openedx_verifiable_credentials.core.small_contexts import small_contexts
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import DocumentError

_MAX_KINDS: Final = 256
# Kinds of documents for which small contexts were found to do what whole ones do.
_PROVEN: set[Kind] = set()


def canonicalize_covered(document: JsonObject) -> str:
    """
    The canonical N-Quads of ``document`` (RDFC-1.0 §4), LF after each.

    What was learnt of earlier documents of the same kind makes it faster, and changes nothing in the result.

    Raises DocumentError: ``undefined_term``, ``uncovered_member``, ``relative_iri``, ``blank_node_identifier``,
    ``malformed``, ``too_many_alike``, ``too_large``, ``unknown_context``, ``context_not_accepted``, ``not_canonical``.
    """
    known = canonical_configuration(document, canonicalize_in_full)
    if known is not None:
        return known
    lists = list(context_lists(document))
    if len(lists) != 1 or "@context" not in document:
        return canonicalize_in_full(document)
    return _canonicalize_by_kind(document, lists[0])


def canonicalize_in_full(document: JsonObject) -> str:
    """As :func:`canonicalize_covered`, with nothing left out and nothing remembered."""
    _require_known_and_covered(document, frozenset(url for urls in context_lists(document) for url in urls))
    return _canonicalize(document, whole_contexts)


def remembering(canonicalize: Canonicalizer = canonicalize_covered) -> Canonicalizer:
    """
    ``canonicalize``, each document computed once: for the checks of one document, which ask for the same form twice.

    What it returns keeps every document it has seen; use one for each verification.
    """
    known: dict[str, str] = {}

    def canonicalize_once(document: JsonObject) -> str:
        key = json.dumps(document)
        if key not in known:
            known[key] = canonicalize(document)
        return known[key]

    return canonicalize_once


def _canonicalize_by_kind(document: JsonObject, urls: Urls) -> str:
    _require_known_and_covered(document, frozenset(urls))
    if has_joint_scopes(document):
        return _canonicalize(document, whole_contexts)
    kind = kind_of(document, urls)
    if kind in _PROVEN:
        return _canonicalize(document, lambda _: small_contexts(kind))
    found = _canonicalize(document, whole_contexts)
    if _canonicalize(document, lambda _: small_contexts(kind)) == found:
        if len(_PROVEN) >= _MAX_KINDS:
            _PROVEN.clear()
        _PROVEN.add(kind)
    return found


def _require_known_and_covered(document: JsonObject, urls: frozenset[str]) -> None:
    try:
        identifiers = contexts.identifier_terms(urls)
    except CompositionError as error:
        raise DocumentError("unknown_context", error.message) from None
    try:
        require_covered(document, identifiers)
    except RecursionError as error:
        raise DocumentError("too_large", "The document is nested too deeply.") from error


def _canonicalize(document: JsonObject, context_text: ContextText) -> str:
    try:
        if has_joint_scopes(document):
            lines = quads_of(document, inlined(document, whole_contexts), BASE)
            dataset = pyoxigraph.Dataset(pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS))
        else:
            text = inlined(document, context_text)
            dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD, base_iri=BASE))
    except (SyntaxError, ValueError, RecursionError, TypeError) as error:
        raise DocumentError("not_canonical", "The document is not JSON-LD that can be canonicalised.") from error
    serialized = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    assert serialized is not None
    quads = serialized.decode("utf-8")
    if UNDEFINED in quads or RELATIVE_SCHEME in quads:
        _require_defined(dataset, document)
    return canonical_quads(with_signed_digits(quads, document))


def _require_defined(dataset: pyoxigraph.Dataset, document: JsonObject) -> None:
    names = {_iri(term) for quad in dataset for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)}
    undefined = sorted(name.removeprefix(UNDEFINED) for name in names if name.startswith(UNDEFINED))
    if undefined:
        place = _find(document, undefined[0], ())
        raise DocumentError("undefined_term", "No context of the document defines a member.", field=place)
    if any(name.startswith(RELATIVE_SCHEME) for name in names):
        raise DocumentError("relative_iri", "An identifier is not an absolute IRI.")


def _iri(term: Any) -> str:
    """The IRI that ``term`` is, or that says what kind of literal it is; "" for none."""
    if isinstance(term, pyoxigraph.Literal):
        term = term.datatype
    return term.value if isinstance(term, pyoxigraph.NamedNode) else ""


def _find(node: Any, term: str, path: Path) -> str | None:
    """Where ``term`` is a member or a type first."""
    if isinstance(node, list):
        found = (_find(item, term, (*path, index)) for index, item in enumerate(node))
        return next((place for place in found if place is not None), None)
    if not isinstance(node, Mapping):
        return None
    if term in node:
        return pointer((*path, term))
    types = node.get("type")
    if term in (types if isinstance(types, list) else [types]):
        return pointer((*path, "type"))
    found = (_find(value, term, (*path, name)) for name, value in node.items())
    return next((place for place in found if place is not None), None)
