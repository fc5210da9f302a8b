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
from typing import NoReturn

import pyoxigraph

from openedx_verifiable_credentials.exceptions import DocumentError

Path = tuple[str | int, ...]

# What stands in a graph of its own: an object that says no more than its id leaves nothing in that graph.
_GRAPHS = frozenset({"proof", "verifiableCredential"})
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
    ``blank_node_identifier``, ``malformed``.
    """
    _Walk(identifiers).through(document, ())


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

    def through(self, node: Mapping[str, Any], path: Path) -> None:
        if not node:
            _refuse("uncovered_member", "An object is empty.", path)
        if "@value" in node:
            _require_value_object(node, path)
            return
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
            _refuse("uncovered_member", "An array is empty.", path)
        for index, item in enumerate(values):
            if isinstance(item, list):
                _refuse("malformed", "An array stands in an array.", (*path, index))
            self._value(name, item, (*path, index))

    def _value(self, name: str, value: Any, path: Path) -> None:
        if isinstance(value, Mapping):
            if name in _GRAPHS and not value.keys() - {"@context", "id"}:
                _refuse("uncovered_member", "An object says nothing but its identifier.", path)
            self.through(value, path)
        elif value is None:
            _refuse("uncovered_member", "A member is null.", path)
        elif name in _GRAPHS:
            _refuse("uncovered_member", "A member is not the object it must be.", path)
        elif isinstance(value, str) and name in self.identifiers:
            _require_visible(value, path)


def _require_name(name: str, path: Path) -> None:
    if _PLAIN_NAME.fullmatch(name):
        return
    if name.startswith("@"):
        _refuse("uncovered_member", "A member has the form of a keyword.", path)
    if name.startswith("_:"):
        _refuse("blank_node_identifier", "A member is named by a blank node.", path)
    if not is_iri(name if ":" in name else _SOME_VOCABULARY + name):
        _refuse("undefined_term", "No context defines a member.", path)


def _require_identifier(value: Any, path: Path) -> None:
    if not isinstance(value, str):
        _refuse("malformed" if value is not None else "uncovered_member", "An identifier is not text.", path)
    _refuse_blank(value, path)
    if not is_iri(value):
        _refuse("relative_iri", "An identifier is not an absolute IRI.", path)


def _require_types(value: Any, path: Path) -> None:
    if value is None or value == []:
        _refuse("uncovered_member", "A type is empty or null.", path)
    for name in value if isinstance(value, list) else [value]:
        if not isinstance(name, str):
            _refuse("malformed", "A type is not text.", path)
        _refuse_blank(name, path)
        if not (is_iri(name) if ":" in name else name and _PLAIN_NAME.fullmatch(name)):
            _refuse("undefined_term", "No context defines a type.", path)


def _require_visible(value: str, path: Path) -> None:
    """The text is an IRI, or becomes one that shows that it was relative."""
    _refuse_blank(value, path)
    if is_iri(value):
        return
    if _KEYWORD.fullmatch(value) or ":" in value or not is_iri(_SOME_BASE + value):
        _refuse("relative_iri", "An identifier is not an absolute IRI.", path)


def _refuse_blank(value: str, path: Path) -> None:
    if value.startswith("_:"):
        _refuse("blank_node_identifier", "The document names a blank node.", path)


def _require_value_object(node: Mapping[str, Any], path: Path) -> None:
    """JSON-LD 1.1 §9.5, narrowed to what every canonicaliser reads alike."""
    if node.keys() - _VALUE_MEMBERS:
        _refuse("uncovered_member", "A value says more than values can.", path)
    if node["@value"] is None:
        _refuse("uncovered_member", "A value is null.", path)
    tagged = node.keys() & {"@language", "@direction"}
    if not isinstance(node["@value"], str if tagged else str | int | float) or (tagged and "@type" in node):
        _refuse("malformed", "A value has the wrong form.", path)
    if "@type" in node and not (isinstance(node["@type"], str) and is_iri(node["@type"])):
        _refuse("relative_iri", "The type of a value is not an absolute IRI.", path)
    language = node.get("@language", "und")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        _refuse("uncovered_member", "A language tag is not well-formed.", path)
    if node.get("@direction", "ltr") not in ("ltr", "rtl"):
        _refuse("malformed", "A base direction is neither ltr nor rtl.", path)


def _refuse(code: str, message: str, path: Path) -> NoReturn:
    raise DocumentError(code, message, field=pointer(path))
