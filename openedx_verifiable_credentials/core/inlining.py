"""Documents as JSON-LD text with pinned contexts in the place of their addresses, for a parser that takes no loader."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core.doubles import marked
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

# A list of contexts by address, and what becomes of one: the text of a JSON array.
Urls = tuple[str, ...]
ContextText = Callable[[Urls], str]

# Whatever has no meaning gets one under this IRI, or, where it is a relative reference, under that one.
UNDEFINED = "urn:x-no-context-defines:"
RELATIVE_SCHEME = "x-relative:"
BASE = RELATIVE_SCHEME + "///"

_I18N = "https://www.w3.org/ns/i18n#"


def context_lists(node: Any) -> Iterator[Urls]:
    """Every list of contexts in ``node``. Raises DocumentError ``context_not_accepted``: one is not an address."""
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, Mapping):
            if "@context" in node:
                yield _urls(node["@context"])
            pending += [value for name, value in node.items() if name != "@context"]


def inlined(document: JsonObject, context_text: ContextText) -> str:
    """``document`` as JSON text, ``context_text`` of each list of contexts in its place."""
    return _Writer(context_text).write(document)


@functools.lru_cache(maxsize=64)
def whole_contexts(urls: Urls) -> str:
    """All that the contexts say, and the fallback. Raises CompositionError ``unknown_context``."""
    return with_fallback([contexts.get_context(url)["@context"] for url in urls])


def with_fallback(found: list[Any]) -> str:
    """``found`` as JSON text, and behind it the context that gives undefined terms a meaning."""
    return json.dumps([*found, {"@vocab": UNDEFINED}])


def _urls(named: Any) -> Urls:
    urls = named if isinstance(named, list) else [named]
    if not all(isinstance(url, str) for url in urls):
        raise DocumentError("context_not_accepted", "A context is not given by its address.")
    return tuple(urls)


class _Writer:
    def __init__(self, context_text: ContextText):
        self._context_text = context_text

    def write(self, node: Any) -> str:
        """``node`` as JSON text."""
        if isinstance(node, list):
            return "[" + ",".join(map(self.write, node)) + "]"
        if isinstance(node, Mapping):
            if "@direction" in node:
                node = _directed(node)
            return "{" + ",".join(self._member(name, value) for name, value in node.items()) + "}"
        if isinstance(node, str):
            return json.dumps(marked(node))
        # An integral number is an integer to JSON-LD, however it is written (JSON-LD 1.1 API §8.2.2).
        return json.dumps(int(node) if isinstance(node, float) and node.is_integer() else node)

    def _member(self, name: str, value: Any) -> str:
        if name == "@context":
            return '"@context":' + self._context_text(_urls(value))
        return json.dumps(name) + ":" + self.write(value)


def _directed(node: Mapping[str, Any]) -> JsonObject:
    # Cryptosuites put the base direction into the datatype (JSON-LD 1.1 §10.2, i18n-datatype): so it is signed.
    datatype = f"{_I18N}{str(node.get('@language', '')).lower()}_{node['@direction']}"
    return {"@value": node["@value"], "@type": datatype}
