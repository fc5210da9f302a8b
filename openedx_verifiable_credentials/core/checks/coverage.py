"""
What a document must not hold, because JSON-LD drops it in silence and no signature over RDF would cover it.

Nulls and empty arrays, members that look like keywords, names and identifiers that are no IRIs, arrays in arrays: each
disappears on the way to RDF (JSON-LD 1.1 API §5.1.2, §7.2), so it could be added to a signed document without a trace.
Blank node identifiers of the document's own making are refused too: only they can build the graphs that take
exponential time. This walk sees what vanishes; a term that no context defines stays visible in the RDF, and
:mod:`..covered` finds it there.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from collections.abc import Mapping
from typing import Any

import pyoxigraph

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.exceptions import DocumentError

Path = tuple[str | int, ...]

# What the checks read of a document, and read nowhere but in the document itself.
_OF_THE_DOCUMENT = frozenset(
    ("issuer", "holder", "issuanceDate", "expirationDate", "validFrom", "validUntil", "credentialStatus")
)
# What stands in a graph of its own: an object that says no more than its id leaves nothing in that graph.
_GRAPHS = frozenset({"proof", "verifiableCredential"})
# The data model 2.0 forgets every context there (``@context`` null): what has none of its own would vanish.
_OWN_CONTEXT = "verifiableCredential"
# RDF has sets where JSON has arrays, and those who look for what is in one twice compare each with each.
_MAX_ITEMS = 1_000
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_$.\-]*")
_KEYWORD = re.compile(r"@[A-Za-z]+")
_VALUE_MEMBERS = frozenset({"@value", "@language", "@direction", "@type"})
# BCP 47 as RDF 1.1 asks for it (§3.3: well-formed); what is not is dropped with its text.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SOME_BASE = "relative:///"
_SOME_VOCABULARY = "urn:vocabulary:"


def require_covered(document: Mapping[str, Any], identifiers: Collection[str]) -> None:
    """
    Nothing of ``document`` would vanish on the way to RDF; ``identifiers`` are the terms whose text is read as an IRI.

    Raises DocumentError, with the place as a JSON pointer: ``uncovered_member``, ``undefined_term``, ``relative_iri``,
    ``blank_node_identifier``, ``malformed``, ``too_large`` (an array or object).
    """
    _Walk(identifiers, document.get("id")).through(document, ())


def pointer(path: Path) -> str:
    """``path`` as a JSON pointer (RFC 6901 §3, §4)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def is_iri(value: str) -> bool:
    """Whether ``value`` is an absolute IRI (RFC 3987) as the canonicaliser reads it: any other one it would drop."""
    try:
        pyoxigraph.NamedNode(value)
    except ValueError:
        return False
    return True


@dataclasses.dataclass(frozen=True)
class _Walk:
    identifiers: Collection[str]
    document_id: Any

    def through(self, node: Mapping[str, Any], path: Path) -> None:
        if not node:
            raise DocumentError("uncovered_member", "An object is empty.", field=pointer(path))
        _require_few(node, path)
        if "@value" in node:
            _require_value_object(node, path)
            return
        if path and node.get("id") == self.document_id is not None and node.keys() & _OF_THE_DOCUMENT:
            # As RDF it says so of the document, wherever in it: what was moved would not be found.
            raise DocumentError("malformed", "A member of the document stands elsewhere.", field=pointer(path))
        for name, value in node.items():
            if name == "@context":
                continue
            here = (*path, name)
            _require_name(name, here)
            if name == "id":
                _require_identifier(value, here)
            elif name == "type":
                _require_types(value, here)
            elif isinstance(value, list):
                self._each(name, value, here)
            else:
                self._value(name, value, here)

    def _each(self, name: str, values: list[Any], path: Path) -> None:
        if not values:
            raise DocumentError("uncovered_member", "An array is empty.", field=pointer(path))
        _require_few(values, path)
        for index, item in enumerate(values):
            if isinstance(item, list):
                raise DocumentError("malformed", "An array stands in an array.", field=pointer((*path, index)))
            self._value(name, item, (*path, index))

    def _value(self, name: str, value: Any, path: Path) -> None:
        if isinstance(value, Mapping):
            if name in _GRAPHS and not value.keys() - {"@context", "id"}:
                raise DocumentError(
                    "uncovered_member", "An object says nothing but its identifier.", field=pointer(path)
                )
            if name == _OWN_CONTEXT and not value.get("@context"):
                raise DocumentError("uncovered_member", "A credential has no contexts.", field=pointer(path))
            self.through(value, path)
        elif value is None:
            raise DocumentError("uncovered_member", "A member is null.", field=pointer(path))
        elif name in _GRAPHS:
            raise DocumentError("uncovered_member", "A member is not the object it must be.", field=pointer(path))
        elif isinstance(value, str) and name in self.identifiers:
            _require_visible(value, path)


def _require_name(name: str, path: Path) -> None:
    if _PLAIN_NAME.fullmatch(name):
        return
    if name.startswith("@"):
        raise DocumentError("uncovered_member", "A member has the form of a keyword.", field=pointer(path))
    if name.startswith("_:"):
        raise DocumentError("blank_node_identifier", "A member is named by a blank node.", field=pointer(path))
    if not is_iri(name if ":" in name else _SOME_VOCABULARY + name):
        raise DocumentError("undefined_term", "No context defines a member.", field=pointer(path))
    if contexts.has_a_term(name):
        # As RDF the same as the term that readers look for: a revoked credential would seem to have no status.
        raise DocumentError("malformed", "A member is named by an IRI that has a term.", field=pointer(path))


def _require_identifier(value: Any, path: Path) -> None:
    if value is None:
        raise DocumentError("uncovered_member", "An identifier is null.", field=pointer(path))
    if not isinstance(value, str):
        raise DocumentError("malformed", "An identifier is not text.", field=pointer(path))
    _refuse_blank(value, path)
    if not is_iri(value):
        raise DocumentError("relative_iri", "An identifier is not an absolute IRI.", field=pointer(path))


def _require_types(value: Any, path: Path) -> None:
    if value is None or value == []:
        raise DocumentError("uncovered_member", "A type is empty or null.", field=pointer(path))
    names = value if isinstance(value, list) else [value]
    _require_few(names, path)
    for name in names:
        if not isinstance(name, str):
            raise DocumentError("malformed", "A type is not text.", field=pointer(path))
        _refuse_blank(name, path)
        if not (is_iri(name) if ":" in name else name and _PLAIN_NAME.fullmatch(name)):
            raise DocumentError("undefined_term", "No context defines a type.", field=pointer(path))


def _require_few(values: Collection[Any], path: Path) -> None:
    if len(values) > _MAX_ITEMS:
        raise DocumentError("too_large", f"An array or object has more than {_MAX_ITEMS} items.", field=pointer(path))


def _require_visible(value: str, path: Path) -> None:
    """The text is an IRI, or becomes one that shows that it was relative."""
    _refuse_blank(value, path)
    if is_iri(value):
        return
    if _KEYWORD.fullmatch(value) or ":" in value or not is_iri(_SOME_BASE + value):
        raise DocumentError("relative_iri", "An identifier is not an absolute IRI.", field=pointer(path))


def _refuse_blank(value: str, path: Path) -> None:
    if value.startswith("_:"):
        raise DocumentError("blank_node_identifier", "The document names a blank node.", field=pointer(path))


def _require_value_object(node: Mapping[str, Any], path: Path) -> None:
    """JSON-LD 1.1 §9.5, narrowed to what every canonicaliser reads alike."""
    if node.keys() - _VALUE_MEMBERS:
        raise DocumentError("uncovered_member", "A value says more than values can.", field=pointer(path))
    if node["@value"] is None:
        raise DocumentError("uncovered_member", "A value is null.", field=pointer(path))
    tagged = node.keys() & {"@language", "@direction"}
    if not isinstance(node["@value"], str if tagged else str | int | float) or (tagged and "@type" in node):
        raise DocumentError("malformed", "A value has the wrong form.", field=pointer(path))
    if "@type" in node and not (isinstance(node["@type"], str) and is_iri(node["@type"])):
        raise DocumentError("relative_iri", "The type of a value is not an absolute IRI.", field=pointer(path))
    language = node.get("@language", "und")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise DocumentError("uncovered_member", "A language tag is not well-formed.", field=pointer(path))
    if node.get("@direction", "ltr") not in ("ltr", "rtl"):
        raise DocumentError("malformed", "A base direction is neither ltr nor rtl.", field=pointer(path))
