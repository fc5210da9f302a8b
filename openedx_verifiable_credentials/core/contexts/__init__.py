"""
The JSON-LD contexts we know, pinned by hash. There is no path from here to the network.

The files under ``data/`` come from published packages; ``provenance.json`` names package, version, licence and hash
of each. A document that names any other context is refused, so a signature can never depend on a fetched byte.
"""

from __future__ import annotations

import functools
import hashlib
import json
from importlib import resources
from typing import Any

from openedx_verifiable_credentials.exceptions import CompositionError


def known_contexts() -> frozenset[str]:
    """The URLs of every pinned context."""
    return frozenset(_provenance())


def get_context(url: str) -> dict[str, Any]:
    """
    The context document behind ``url``; shared, so never change it.

    Raises CompositionError ``unknown_context`` for any URL that is not pinned.
    """
    try:
        entry = _provenance()[url]
    except KeyError:
        raise CompositionError("unknown_context", "The document names a JSON-LD context that is not pinned.") from None
    return _read(entry["file"], entry["sha256"])


@functools.lru_cache(maxsize=64)
def identifier_terms(urls: frozenset[str]) -> frozenset[str]:
    """
    Every term whose text values one of the contexts ``urls`` reads as IRIs (JSON-LD 1.1 §4.2.3, ``@type`` of ``@id``).

    Raises CompositionError ``unknown_context``.
    """
    pending: list[Any] = [get_context(url)["@context"] for url in urls]
    found = set()
    while pending:
        context = pending.pop()
        if isinstance(context, list):
            pending += context
        elif isinstance(context, dict):
            terms = {name: term for name, term in context.items() if isinstance(term, dict)}
            found |= {name for name, term in terms.items() if term.get("@type") in ("@id", "@vocab")}
            pending += [term.get("@context") for term in terms.values()]
    return frozenset(found)


def has_a_term(name: str) -> bool:
    """
    Whether ``name`` is an IRI, in full or behind a prefix, that a term of any pinned context stands for (JSON-LD 1.1
    §4.1.5): as RDF it is the same as the term, which is what readers of JSON look for.
    """
    return name.partition(":")[0] in _terms() or name in _term_iris()


@functools.cache
def _terms() -> dict[str, frozenset[str]]:
    """Every term of every pinned context, with what it stands for, as it is written."""
    pending: list[Any] = [get_context(url)["@context"] for url in known_contexts()]
    found: dict[str, set[str]] = {}
    while pending:
        context = pending.pop()
        if isinstance(context, list):
            pending += context
        elif isinstance(context, dict):
            for name, term in context.items():
                meaning = term.get("@id", name) if isinstance(term, dict) else term
                if not name.startswith("@") and isinstance(meaning, str):
                    found.setdefault(name, set()).add(meaning)
                if isinstance(term, dict):
                    pending.append(term.get("@context"))
    return {name: frozenset(meanings) for name, meanings in found.items()}


@functools.cache
def _term_iris() -> frozenset[str]:
    terms = _terms()
    pending = {meaning for meanings in terms.values() for meaning in meanings}
    found: set[str] = set()
    while pending:
        meaning = pending.pop()
        found.add(meaning)
        prefix, colon, rest = meaning.partition(":")
        # A name may be a prefix of its own in several contexts, with several meanings.
        pending |= {known + rest for known in terms.get(prefix, ()) if colon and ":" in known} - found
    return frozenset(found)


@functools.cache
def _provenance() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("provenance.json").read_text(encoding="utf-8")
    return {entry["url"]: entry for entry in json.loads(text)}


@functools.cache
def _read(file: str, sha256: str) -> dict[str, Any]:
    raw = resources.files(__package__).joinpath("data", file.rsplit("/", 1)[-1]).read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise CompositionError("context_changed", f"The pinned context {file} does not have its recorded hash.")
    document: dict[str, Any] = json.loads(raw)
    return document
