"""
JSON-LD → RDF Dataset Canonicalization (RDFC-1.0), in safe mode, by two independent implementations.

Safe mode: a member or type that no context defines, a relative IRI, or a context that is not pinned is an error, never
silently dropped. A signature therefore covers every member of the document.

:func:`canonicalize` (PyLD) is what signs; :func:`canonicalize_independently` (pyoxigraph) is what checks. They share no
code but the pinned contexts.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import pyoxigraph
from pyld import jsonld

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.text import is_absolute_iri
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

# PyLD keeps resolved contexts in shared caches without a lock of its own.
_PYLD = threading.Lock()
_NOT_CANONICAL = "The document is not JSON-LD that can be canonicalised."
# PyLD resolves relative references against a base of its own where it is given none: ours makes them recognisable.
_NO_BASE_SCHEME = "relative:"
_NO_BASE = _NO_BASE_SCHEME + "///"


def canonicalize(document: dict[str, Any]) -> str:
    """
    The canonical N-Quads of ``document`` (RDFC-1.0 §4), LF after each.

    Raises CompositionError: ``unknown_context``, ``undefined_term``, ``relative_iri``, ``not_canonical``.
    """
    dropped: list[str] = []
    options = {"base": _NO_BASE, "documentLoader": _load, "processingMode": "json-ld-1.1"}
    with _PYLD:
        try:
            expanded = jsonld.expand(document, options, on_property_dropped=lambda name, *_: dropped.append(str(name)))
            _require_absolute(expanded)
            quads: str = jsonld.normalize(
                expanded, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
            )
        except jsonld.JsonLdError as error:
            own = _own_cause(error)
            if own is not None:
                raise own from None
            raise CompositionError("not_canonical", _NOT_CANONICAL) from error
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            # Odd contexts and depths come as built-in errors.
            raise CompositionError("not_canonical", _NOT_CANONICAL) from error
    if dropped:
        raise CompositionError("undefined_term", f"No context of the document defines {_name(dropped[0])}.")
    return quads


def canonicalize_independently(document: dict[str, Any]) -> str:
    """
    The canonical N-Quads of ``document``, computed without PyLD.

    pyoxigraph takes no loader, so the pinned contexts are put in the place of their URLs first.

    Raises CompositionError: ``unknown_context``, ``not_canonical``.
    """
    try:
        inlined = json.dumps(_inline_contexts(document))
        quads = pyoxigraph.parse(input=inlined, format=pyoxigraph.RdfFormat.JSON_LD)
        dataset = pyoxigraph.Dataset(quads)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise CompositionError("not_canonical", _NOT_CANONICAL) from error
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    serialized = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    assert serialized is not None
    # By LF alone: a literal may hold other characters that Python takes for the end of a line.
    return "".join(sorted(line + "\n" for line in serialized.decode("utf-8").split("\n") if line))


def to_quads(document: dict[str, Any], base: str) -> str:
    """
    The N-Quads of ``document``, as PyLD reads it, not yet canonical; relative IRIs are resolved against ``base``.

    Raises CompositionError: ``not_canonical``.
    """
    options = {
        "base": base, "format": "application/n-quads", "documentLoader": _load, "processingMode": "json-ld-1.1",
    }  # fmt: skip
    with _PYLD:
        try:
            quads: str = jsonld.to_rdf(document, options)
        except (jsonld.JsonLdError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise CompositionError("not_canonical", _NOT_CANONICAL) from error
    return quads


def _load(url: str, _options: Any = None) -> dict[str, Any]:
    # "static" lets PyLD keep what it resolved: the bytes behind a pinned URL cannot change.
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": contexts.get_context(url),
        "tag": "static",
    }


def _inline_contexts(node: Any) -> Any:
    if isinstance(node, list):
        return [_inline_contexts(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _inlined(value) if key == "@context" else _inline_contexts(value) for key, value in node.items()}


def _inlined(value: Any) -> Any:
    if isinstance(value, list):
        return [_inlined(item) for item in value]
    return contexts.get_context(value)["@context"] if isinstance(value, str) else value


def _require_absolute(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _require_absolute(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("@id", "@type"):
                _require_iris(value)
            elif key not in ("@value", "@language", "@direction", "@index"):
                _require_absolute(value)


def _require_iris(value: Any) -> None:
    for iri in value if isinstance(value, list) else [value]:
        if iri != "@json" and (not is_absolute_iri(iri) or iri.startswith(_NO_BASE_SCHEME)):
            raise CompositionError("relative_iri", "An identifier or type of the document is not an absolute IRI.")


def _own_cause(error: jsonld.JsonLdError) -> VerifiableCredentialsError | None:
    """What our loader raised, where PyLD only wrapped it: ours says more."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, VerifiableCredentialsError):
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    return None


def _name(term: str) -> str:
    return f"the member {term[:64]!r}"
