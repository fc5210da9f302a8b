"""
Pinned contexts without the terms that a document does not use.

Nearly all the time of canonicalisation goes into reading contexts, of which a credential uses an eighth. A term that
stands nowhere in the document, neither as a member nor as a type nor before a colon, and in no definition of one that
does, changes nothing in its RDF. It can only make the document fail where it contradicts another context; so what is
left out was compared with the whole once, and is left out of documents alone in which the same terms stand at the same
places, so that the same contexts meet in them.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.inlining import Urls
from openedx_verifiable_credentials.core.inlining import with_fallback
from openedx_verifiable_credentials.data import JsonObject


@dataclasses.dataclass(frozen=True)
class Kind:
    """The contexts of a document, the terms of theirs that it uses, and a hash of where it uses them."""

    urls: Urls
    used: frozenset[str]
    places: bytes


def kind_of(document: JsonObject, urls: Urls) -> Kind:
    """What documents have in common that the same small contexts do for."""
    words: set[str] = set()
    terms = _terms(urls)
    places = _places(document, terms, words)
    return Kind(urls, terms.intersection(words), hashlib.sha256(places.encode("utf-8")).digest())


def small_contexts(kind: Kind) -> str:
    """The contexts of ``kind`` with its terms and those that these lean on, and the fallback."""
    return _small_contexts(kind.urls, kind.used)


@functools.lru_cache(maxsize=256)
def _small_contexts(urls: Urls, used: frozenset[str]) -> str:
    terms = set(used)
    while True:
        found = [_only(contexts.get_context(url)["@context"], terms) for url in urls]
        leaned_on = set(_texts(found)) | {text.partition(":")[0] for text in _texts(found)}
        if leaned_on <= terms:
            return with_fallback(found)
        terms |= leaned_on


def _places(node: Any, terms: frozenset[str], words: set[str]) -> str:
    """``node`` with every word that is no term, nor has one before a colon, left empty; each shape in an array once."""
    if isinstance(node, Mapping):
        members = [
            f"{_places(name, terms, words)}:{_places(value, terms, words)}"
            for name, value in node.items()
            if name != "@context"
        ]
        return "{" + ",".join(sorted(members)) + "}"
    if isinstance(node, list):
        return "[" + ",".join(sorted({_places(item, terms, words) for item in node})) + "]"
    if not isinstance(node, str):
        return "0"
    word = node if node in terms else node.partition(":")[0]
    if word not in terms:
        return '""'
    words.update((word, node.partition(":")[0]))
    # No term of a pinned context has a quotation mark in it.
    return f'"{word}"'


def _only(context: Any, terms: set[str]) -> Any:
    if isinstance(context, list):
        return [_only(item, terms) for item in context]
    if not isinstance(context, Mapping):
        return context
    return {name: _shortened(term, terms) for name, term in context.items() if name.startswith("@") or name in terms}


def _shortened(term: Any, terms: set[str]) -> Any:
    if isinstance(term, Mapping) and "@context" in term:
        return {**term, "@context": _only(term["@context"], terms)}
    return term


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, str):
        yield node


@functools.lru_cache(maxsize=64)
def _terms(urls: Urls) -> frozenset[str]:
    found: set[str] = set()
    pending: list[Any] = [contexts.get_context(url)["@context"] for url in urls]
    while pending:
        context = pending.pop()
        if isinstance(context, list):
            pending += context
        elif isinstance(context, Mapping):
            found.update(context)
            pending += [term.get("@context") for term in context.values() if isinstance(term, Mapping)]
    return frozenset(found)
