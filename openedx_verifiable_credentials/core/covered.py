"""
JSON-LD → RDF Dataset Canonicalization (RDFC-1.0) of documents from outside, so that a signature over the result
covers every member.

pyoxigraph reads the document with the pinned contexts in the place of their addresses, and with one more behind them
that gives a meaning to whatever has none: an undefined term or type, or a relative IRI, then stands in the RDF under a
name that says so, and is refused. Of a document without such terms the canonical form is the one that every other
canonicaliser computes. What JSON-LD drops before it gets that far, :mod:`.checks.coverage` refuses.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from typing import Any

import pyoxigraph

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.checks.coverage import Path
from openedx_verifiable_credentials.core.checks.coverage import pointer
from openedx_verifiable_credentials.core.checks.coverage import require_covered
from openedx_verifiable_credentials.core.configurations import Canonicalizer
from openedx_verifiable_credentials.core.configurations import canonical_configuration
from openedx_verifiable_credentials.core.labelling import canonical_quads
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import DocumentError

_UNDEFINED = "urn:x-no-context-defines:"
_RELATIVE_SCHEME = "x-relative:"
_BASE = _RELATIVE_SCHEME + "///"
_FALLBACK = json.dumps({"@vocab": _UNDEFINED})
_I18N = "https://www.w3.org/ns/i18n#"


def canonicalize_covered(document: JsonObject) -> str:
    """
    The canonical N-Quads of ``document`` (RDFC-1.0 §4), LF after each.

    Raises DocumentError: ``undefined_term``, ``uncovered_member``, ``relative_iri``, ``blank_node_identifier``,
    ``malformed``, ``too_many_alike``, ``too_large``, ``unknown_context``, ``context_not_accepted``, ``not_canonical``.
    """
    known = canonical_configuration(document, canonicalize_in_full)
    return canonicalize_in_full(document) if known is None else known


def canonicalize_in_full(document: JsonObject) -> str:
    """As :func:`canonicalize_covered`, nothing remembered."""
    try:
        urls = _context_urls(document)
        require_covered(document, contexts.identifier_terms(urls))
        quads = pyoxigraph.parse(input=_write(document), format=pyoxigraph.RdfFormat.JSON_LD, base_iri=_BASE)
        dataset = pyoxigraph.Dataset(quads)
    except CompositionError as error:
        raise DocumentError("unknown_context", error.message) from None
    except (SyntaxError, ValueError, RecursionError, TypeError) as error:
        raise DocumentError("not_canonical", "The document is not JSON-LD that can be canonicalised.") from error
    text = _n_quads(dataset)
    if _UNDEFINED in text or _RELATIVE_SCHEME in text:
        _require_defined(dataset, document)
    return canonical_quads(text)


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


def _n_quads(dataset: pyoxigraph.Dataset) -> str:
    serialized = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    assert serialized is not None
    return serialized.decode("utf-8")


def _context_urls(node: Any) -> frozenset[str]:
    """Every context that ``node`` names, wherever. Raises DocumentError ``context_not_accepted``: one is not named."""
    found: set[str] = set()
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, Mapping):
            named = node.get("@context", [])
            found.update(map(_require_url, named if isinstance(named, list) else [named]))
            pending += [value for name, value in node.items() if name != "@context"]
    return frozenset(found)


def _require_url(context: Any) -> str:
    if not isinstance(context, str):
        raise DocumentError("context_not_accepted", "A context is not given by its address.")
    return context


def _write(node: Any) -> str:
    if isinstance(node, list):
        return "[" + ",".join(map(_write, node)) + "]"
    if isinstance(node, Mapping):
        if "@direction" in node:
            node = _directed(node)
        return "{" + ",".join(_write_member(name, value) for name, value in node.items()) + "}"
    return json.dumps(_plain(node) if isinstance(node, float) else node)


def _write_member(name: str, value: Any) -> str:
    if name == "@context":
        return '"@context":' + _context_text(tuple(value) if isinstance(value, list) else (value,))
    return json.dumps(name) + ":" + _write(value)


@functools.lru_cache(maxsize=64)
def _context_text(urls: tuple[str, ...]) -> str:
    return "[" + ",".join([*(json.dumps(contexts.get_context(url)["@context"]) for url in urls), _FALLBACK]) + "]"


def _plain(number: float) -> float | int:
    """Integral numbers as integers, others to the 16 digits of the canonical form (JSON-LD 1.1 API §8.6)."""
    if not math.isfinite(number):
        raise DocumentError("not_json", "A number is not one of JSON.")
    return int(number) if number.is_integer() else float(f"{number:.15e}")


def _directed(node: Mapping[str, Any]) -> JsonObject:
    # Cryptosuites put the base direction into the datatype (JSON-LD 1.1 §10.2, i18n-datatype): so it is signed.
    datatype = f"{_I18N}{str(node.get('@language', '')).lower()}_{node['@direction']}"
    return {"@value": node["@value"], "@type": datatype}


def _require_defined(dataset: pyoxigraph.Dataset, document: JsonObject) -> None:
    for quad in dataset:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            name = term.datatype.value if isinstance(term, pyoxigraph.Literal) else getattr(term, "value", "")
            if name.startswith(_UNDEFINED):
                place = _find(document, name.removeprefix(_UNDEFINED), ())
                raise DocumentError("undefined_term", "No context of the document defines a member.", field=place)
            if name.startswith(_RELATIVE_SCHEME):
                raise DocumentError("relative_iri", "An identifier is not an absolute IRI.")


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
